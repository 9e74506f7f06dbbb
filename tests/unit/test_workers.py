"""Names of jobs: they lead to our own functions and nowhere else."""

import pytest

from workers import job, scheduler


@pytest.mark.parametrize("name", ["os.system", "statements", "statements.render.x", "../x.y", "job.Job", ""])
def test_only_a_module_and_a_function_of_ours_is_a_job(name: str) -> None:
    with pytest.raises((ValueError, ImportError, AttributeError)):
        job.find(name)


@pytest.mark.parametrize("name", scheduler.QUESTIONS)
def test_every_question_of_the_scheduler_exists(name: str) -> None:
    assert callable(job.find(name))


def test_an_error_comes_out_without_its_text(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise ValueError("María Quispe")

    with pytest.raises(job.JobFailed) as caught:
        job.attempt(fails, job="statements.render", record="0" * 32)

    assert "María" not in str(caught.value)
    assert "ValueError" in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
