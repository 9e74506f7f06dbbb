"""`make soak`: 30 surveys of 300 mails, ten workers killed in each; writes docs/soak.md.

Too long for every run of the tests, so its name is none that pytest looks for by itself.
"""

import platform
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from service.database import Db
from tests import survey_centre, survey_kills
from tests.conftest import ROOT
from tests.mail_sink import MailServer
from tests.survey_sending import Sending

RUNS, MAILS, KILLS = 30, 300, 10


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[tuple[Counter[str], int, float]]]:
    """(states, mails that arrived, seconds) of each run; written down at the end."""
    outcomes: list[tuple[Counter[str], int, float]] = []
    yield outcomes
    (ROOT / "docs" / "soak.md").write_text(_told(outcomes), "utf-8")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(RUNS))
def test_a_long_run(
    db: Db,
    sending: Sending,
    server: MailServer,
    seed: int,
    outcomes: list[tuple[Counter[str], int, float]],
) -> None:
    survey_centre.adults(db, MAILS)
    began = time.monotonic()
    survey_kills.send_and_kill(sending, db, server, KILLS, random.Random(1000 + seed))
    states = survey_kills.check(db, server)
    assert states.total() == MAILS
    outcomes.append((states, server.count(), time.monotonic() - began))


def _told(outcomes: list[tuple[Counter[str], int, float]]) -> str:
    states: Counter[str] = sum((each for each, _, _ in outcomes), Counter())
    arrived = sum(count for _, count, _ in outcomes)
    seconds = sorted(each for _, _, each in outcomes)
    unconfirmed_arrived = arrived - states["sent"]
    return f"""# Soak: surveys sent while workers are killed

Written by `make soak` on {datetime.now(UTC):%Y-%m-%d} ({platform.system()} {platform.machine()}, Python
{platform.python_version()}): {len(outcomes)} of {RUNS} runs passed.

Each run sends {MAILS} mails over a real mail server, with two workers of which one at a time is killed
(`kill -9`) at a random moment up to 20 ms after a mail arrived, {KILLS} times, and replaced; leases last one
second. It passes when no mail arrived twice and every invitation is `sent` (one mail arrived) or
`unconfirmed` (none or one).

| | |
|---|---|
| invitations | {states.total()} |
| sent, each arrived once | {states["sent"]} |
| unconfirmed, shown to staff | {states["unconfirmed"]}, of which {unconfirmed_arrived} had arrived |
| arrived twice | 0 |
| lost and not shown | 0 |
| workers killed | {len(outcomes) * KILLS} |
| seconds a run | {f"{seconds[0]:.0f} to {seconds[-1]:.0f}" if seconds else "–"} |
"""
