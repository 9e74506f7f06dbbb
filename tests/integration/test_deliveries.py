"""How far a mail is: what an earlier attempt said is not what happened to a later one."""

import pytest

from service.database import Db
from service.documents import deliveries
from service.documents.deliveries import LEASE, Claim, Mail
from tests.conftest import NOW


@pytest.fixture
def handed(db: Db) -> Claim:
    """A mail that was put off once, and is being handed over the second time."""
    db.invitations.insert_one({"_id": "a", "version": 1, "link_hash": "a", "state": "pending", "attempts": 0})
    first = deliveries.claim(Mail(db.invitations, "a"), NOW)
    assert first is not None
    deliveries.later(first, "451 4.7.1 Greylisted", NOW)
    second = deliveries.claim(first.mail, NOW)
    assert second is not None and deliveries.handing(second, NOW)
    return second


def test_of_a_lost_answer_nobody_says_what_an_earlier_try_was_told(db: Db, handed: Claim) -> None:
    deliveries.unconfirmed(handed, NOW)
    record = db.invitations.find_one({"_id": "a"})
    assert record is not None
    assert (record["state"], record.get("error")) == ("unconfirmed", None)


def test_nor_of_a_worker_that_was_killed(db: Db, handed: Claim) -> None:
    [lost] = deliveries.lost(db.invitations, "", NOW + LEASE)
    deliveries.give_up(handed.mail, NOW + LEASE, NOW)
    record = db.invitations.find_one({"_id": lost["_id"]})
    assert record is not None
    assert (record["state"], record.get("error")) == ("unconfirmed", None)
    deliveries.sent(handed, NOW)
    assert db.invitations.count_documents({"state": "sent"}) == 1, "it was only slow"
