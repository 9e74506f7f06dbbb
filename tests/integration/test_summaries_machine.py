"""Five hundred steps of a centre that changes at random, with crashes: each month's summary is a recount."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from service.database import Db
from tests.summaries_machine import Centre

EXAMPLES, STEPS = 11, 50


@pytest.mark.timeout(300)
def test_summaries_are_a_recount_after_every_step(db: Db) -> None:
    Centre.steps = 0
    run_state_machine_as_test(
        lambda: Centre(db),  # type: ignore[arg-type]  # any callable that gives a machine will do
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
            database=None,
        ),
    )
    assert Centre.steps >= 500
