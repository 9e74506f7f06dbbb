"""A survey goes out while its workers are killed: nobody gets it twice, nobody is forgotten."""

import random
import signal
from collections import Counter

import pytest

from service.database import Db
from tests import survey_centre, survey_kills
from tests.mail_sink import MailServer
from tests.survey_sending import Sending

MAILS, KILLS = 60, 3


@pytest.mark.parametrize("seed", range(5))
def test_killed_at_random_moments(db: Db, sending: Sending, server: MailServer, seed: int) -> None:
    survey_centre.adults(db, MAILS)
    survey_kills.send_and_kill(sending, db, server, KILLS, random.Random(seed))

    states = survey_kills.check(db, server)

    assert states.total() == MAILS
    assert states["unconfirmed"] <= KILLS, "at most one a death"


@pytest.mark.parametrize(
    ("place", "arrived", "expected"),
    [
        ("claimed", 8, {"sent": 8}),
        ("handing", 7, {"sent": 7, "unconfirmed": 1}),
        ("answered", 8, {"sent": 7, "unconfirmed": 1}),
    ],
)
def test_killed_at_a_place(
    db: Db, sending: Sending, server: MailServer, place: str, arrived: int, expected: dict[str, int]
) -> None:
    survey_centre.adults(db, 8)
    sending.dispatch()
    killed = sending.start(server.url, (place, 3))
    killed.join(timeout=20)
    assert killed.exitcode == -signal.SIGKILL
    sending.start(server.url)
    sending.until_settled(db)

    assert survey_kills.check(db, server) == Counter(expected)
    assert server.count() == arrived
    sending.sweep()
    sending.until_settled(db)
    assert server.count() == arrived, "the unconfirmed does not go again by itself"
