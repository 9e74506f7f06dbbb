"""`make soak`: ten thousand steps of a centre that changes at random, with crashes; writes
docs/soak-summaries.md.

Too long for every run of the tests, so its name is none that pytest looks for by itself.
"""

import platform
import time
from datetime import UTC, datetime

import pytest
from hypothesis import Phase

from service.database import Db
from tests import summaries_machine
from tests.conftest import ROOT
from tests.summaries_machine import Centre

STEPS = 10_000


@pytest.mark.timeout(7200)
def test_summaries_are_a_recount_after_each_of_ten_thousand_steps(db: Db) -> None:
    began = time.monotonic()
    summaries_machine.run(db, STEPS, (Phase.generate, Phase.shrink))
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
