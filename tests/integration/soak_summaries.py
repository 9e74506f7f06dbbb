"""`make soak`: ten thousand steps of a centre that changes at random, with crashes; writes
docs/soak-summaries.md.

Too long for every run of the tests, so its name is none that pytest looks for by itself.
"""

import platform
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from service.database import Db
from tests.conftest import ROOT
from tests.summaries_machine import Centre

EXAMPLES, STEPS = 205, 50


@pytest.mark.timeout(7200)
def test_summaries_are_a_recount_after_each_of_ten_thousand_steps(db: Db) -> None:
    Centre.steps = Centre.kills = 0
    began = time.monotonic()
    run_state_machine_as_test(
        lambda: Centre(db),  # type: ignore[arg-type]  # any callable that gives a machine will do
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            database=None,
        ),
    )
    assert Centre.steps >= 10_000
    (ROOT / "docs" / "soak-summaries.md").write_text(_told(time.monotonic() - began), "utf-8")


def _told(seconds: float) -> str:
    return f"""# Soak: month summaries under changes and crashes

Written by `make soak` on {datetime.now(UTC):%Y-%m-%d} ({platform.system()} {platform.machine()}, Python
{platform.python_version()}).

{Centre.steps} steps in {seconds:.0f} s, {Centre.kills} of them killed before one of their writes. A step
books, moves, reprices, cancels, hands over or deletes a session, takes a deletion back, merges or unmerges
clients, imports a sheet or undoes it, stores a survey answer, reads a month, or is the scheduler's turn
(`tests/summaries_machine.py`). What a kill left stayed until somebody met it. After each step every month,
read as a page reads it, was equal to a full recount by the named aggregations and to its sessions counted one
by one; so was every summary as stored.
"""
