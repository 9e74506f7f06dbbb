"""Queueing and working off jobs, with a real queue server and a real worker process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from service import queue
from service.config import Settings
from tests.integration.fake_jobs import SECRET
from tests.processes import ROOT, free_port, wait_until

RECORD, OTHER = "a" * 32, "b" * 32

StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def connection(settings: Settings) -> Iterator[redis.Redis]:
    with queue.connect(settings.redis_url) as connection:
        yield connection


@pytest.fixture
def start_worker(settings: Settings, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts the real worker with the fake jobs; what it writes goes to tmp_path/log."""
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_DB": settings.mongodb_db,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(tmp_path),
        "FAKE_JOBS_FOLDER": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(*queues: str, **more: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / "log").open("ab") as log:
            command = [sys.executable, "-m", "tests.integration.fake_jobs", *queues]
            where = {"env": environ | more, "cwd": tmp_path, "stdout": log, "stderr": subprocess.STDOUT}
            process: subprocess.Popen[bytes] = subprocess.Popen(command, **where)  # type: ignore[call-overload]
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def waiting(connection: redis.Redis, name: str = "pdf") -> list[str]:
    return Queue(name, connection=connection, serializer=JSONSerializer).job_ids


def only_job(connection: redis.Redis) -> Job:
    (job_id,) = waiting(connection)
    return Job.fetch(job_id, connection=connection, serializer=JSONSerializer)


def test_a_job_carries_its_name_and_the_records_id_and_nothing_else(connection: redis.Redis) -> None:
    assert queue.enqueue(connection, "pdf", "statements.render", RECORD)

    job = only_job(connection)
    assert (job.func_name, list(job.args), job.kwargs) == (queue.RUNNER, ["statements.render", RECORD], {})
    assert job.description == f"statements.render {RECORD}"
    assert job.timeout == queue.QUEUES["pdf"]


def test_the_same_job_waits_once_and_another_record_beside_it(connection: redis.Redis) -> None:
    for record in (RECORD, RECORD, OTHER, RECORD):
        assert queue.enqueue(connection, "pdf", "statements.render", record)
    assert len(waiting(connection)) == 2


def test_a_failed_job_can_be_queued_again(connection: redis.Redis) -> None:
    for _ in range(2 * len(queue.NUMBERS)):
        queue.enqueue(connection, "pdf", "statements.render", RECORD)
        only_job(connection).set_status(JobStatus.FAILED)
        connection.delete("rq:queue:pdf")

    queue.enqueue(connection, "pdf", "statements.render", RECORD)

    assert only_job(connection).get_status() is JobStatus.QUEUED


def test_an_abandoned_job_does_not_block_its_record(connection: redis.Redis) -> None:
    queue.enqueue(connection, "pdf", "statements.render", RECORD)
    abandoned = only_job(connection)
    abandoned.set_status(JobStatus.STARTED)
    connection.delete("rq:queue:pdf")

    for _ in range(2):
        queue.enqueue(connection, "pdf", "statements.render", RECORD)

    assert len(waiting(connection)) == 1
    assert waiting(connection) != [abandoned.id]


def test_a_queue_that_is_away_does_not_fail_the_request(capfd: pytest.CaptureFixture[str]) -> None:
    with queue.connect(f"redis://127.0.0.1:{free_port()}") as nowhere:
        assert queue.enqueue(nowhere, "pdf", "statements.render", RECORD) is False
    written = capfd.readouterr()
    assert RECORD in written.err + written.out


def test_the_worker_runs_jobs_and_finishes_the_one_under_way_on_sigterm(
    connection: redis.Redis, start_worker: StartWorker, settings: Settings, tmp_path: Path
) -> None:
    worker = start_worker("pdf")
    for record in (RECORD, OTHER):
        queue.enqueue(connection, "pdf", "fake.patient", record)
    wait_until((tmp_path / f"begun-{RECORD}").exists, "the first job's begin")

    worker.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(timeout=0.5)
    (tmp_path / "go").touch()

    assert worker.wait(timeout=20) == 0
    assert (tmp_path / "done").read_text() == f"{RECORD} {settings.mongodb_db}\n"
    assert len(waiting(connection)) == 1, "the second job waits for another worker"
    assert not connection.exists(f"rq:job:fake-patient-{RECORD}-0"), "nothing is kept of a job that is done"


def test_an_idle_worker_ends_at_once_on_sigterm(connection: redis.Redis, start_worker: StartWorker) -> None:
    worker = start_worker("mail")
    wait_until(lambda: connection.smembers("rq:workers:mail"), "the worker's registration")
    worker.terminate()
    assert worker.wait(timeout=10) == 0


def test_a_killed_worker_takes_its_job_with_it(
    connection: redis.Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    worker = start_worker("pdf")
    queue.enqueue(connection, "pdf", "fake.patient", RECORD)
    begun = tmp_path / f"begun-{RECORD}"
    wait_until(lambda: begun.exists() and begun.read_text(), "the job's begin")
    horse = int(begun.read_text())
    assert horse != worker.pid

    worker.kill()
    worker.wait()

    wait_until(lambda: not _alive(horse), "the work-horse's end", 10)


def test_a_failing_job_tells_nobody_whom_it_was_about(
    connection: redis.Redis, start_worker: StartWorker, tmp_path: Path
) -> None:
    start_worker("pdf")
    queue.enqueue(connection, "pdf", "fake.talkative", RECORD)
    job_id = f"fake-talkative-{RECORD}-0"
    wait_until(
        lambda: Job.fetch(job_id, connection=connection, serializer=JSONSerializer).is_failed, "the failure"
    )

    log = (tmp_path / "log").read_text()
    kept = b"".join(connection.dump(key) or b"" for key in connection.scan_iter("*"))
    kept += repr(Job.fetch(job_id, connection=connection, serializer=JSONSerializer).latest_result()).encode()
    latest = Job.fetch(job_id, connection=connection, serializer=JSONSerializer).latest_result()
    assert latest is not None
    for word in SECRET.split():
        assert word not in log
        assert word not in str(latest.exc_string)
        assert word.encode() not in kept
    assert "ValueError" in log
    assert "fake_jobs.py" in log
    assert f"fake.talkative {RECORD}: ValueError" in str(latest.exc_string)


@pytest.mark.parametrize("queues", [(), ("pdf", "mail"), ("nonsense",)])
def test_a_worker_takes_exactly_one_known_queue(
    start_worker: StartWorker, tmp_path: Path, queues: tuple[str, ...]
) -> None:
    assert start_worker(*queues).wait(timeout=20) == 2
    assert "una sola cola" in (tmp_path / "log").read_text()


def test_a_worker_waits_for_a_queue_that_is_not_there_yet(start_worker: StartWorker, tmp_path: Path) -> None:
    worker = start_worker("pdf", REDIS_URL=f"redis://127.0.0.1:{free_port()}")
    wait_until(lambda: "waiting for the queue" in (tmp_path / "log").read_text(), "the line in the log")
    assert worker.poll() is None
    worker.terminate()
    assert worker.wait(timeout=10) == 0


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and ") Z" in status.read_text())
