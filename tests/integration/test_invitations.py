"""Preparing invitations: once each, also by many at once, and found again by the secret of their link."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from service.database import Db
from service.documents import invitations
from service.domain import survey_links
from tests.conftest import NOW
from tests.people_data import book, client, psychotherapist

KEY = survey_links.survey_key("k" * 32)
MONTH, DAY, CLOSES_AT = "2026-10", "2026-10-15", NOW + timedelta(days=14)


def prepare(db: Db) -> list[Any]:
    return invitations.prepare(db, MONTH, KEY, DAY, NOW, CLOSES_AT)


@pytest.fixture
def people(db: Db) -> dict[str, Any]:
    """A mother who comes herself and with two children, and one client who never agreed."""
    emard, roberts = psychotherapist(db, "Ronald", "Emard"), psychotherapist(db, "Hellen", "Roberts")
    rosa = client(db, "Rosa", "Quispe", email="rosa@example.com", survey_consent=True, language="en")
    mother = {"clients": [{"client_id": rosa["_id"], "kind": "parent", "answers_surveys": True}]}
    minor = {"birth_date": "2016-05-01", "survey_consent": True, "relationships": mother}
    luz, leo = client(db, "Luz", "Quispe", **minor), client(db, "Leo", "Quispe", **minor)
    ana = client(db, "Ana", "Ríos", email="ana@example.com")
    for day, (who, therapist) in enumerate([(rosa, emard), (luz, emard), (leo, roberts), (ana, roberts)]):
        book(db, who, therapist, day + 1)
    book(db, luz, roberts, 9, "no_show")
    return {"emard": emard, "roberts": roberts, "rosa": rosa, "luz": luz, "leo": leo, "ana": ana}


def test_one_invitation_for_a_family_with_a_pair_for_each_done_session(
    db: Db, people: dict[str, Any]
) -> None:
    left_out = prepare(db)

    (invitation,) = invitations.find(db, MONTH)
    assert [(each.client_id, each.reason) for each in left_out] == [(people["ana"]["_id"], "no_consent")]
    assert invitation["_id"] == f"2026-10-{people['rosa']['_id']}"
    assert (invitation["email"], invitation["language"]) == ("rosa@example.com", "en")
    assert {(pair["client_id"], pair["psychotherapist_id"]) for pair in invitation["pairs"]} == {
        (people["rosa"]["_id"], people["emard"]["_id"]),
        (people["luz"]["_id"], people["emard"]["_id"]),
        (people["leo"]["_id"], people["roberts"]["_id"]),
    }
    assert (invitation["state"], invitation["closes_at"]) == ("pending", CLOSES_AT)


def test_prepared_by_five_at_once_there_is_one_each(db: Db, people: dict[str, Any]) -> None:
    for number in range(30):
        fields = {"email": f"c{number}@example.com", "survey_consent": True}
        book(db, client(db, f"C{number}", "Ríos", **fields), people["emard"], 10, "cancelled")
    db.sessions.update_many({"status": "cancelled"}, {"$set": {"status": "done"}})
    start = threading.Barrier(5)

    def one(_: int) -> int:
        start.wait()
        return len(prepare(db))

    with ThreadPoolExecutor(5) as threads:
        assert list(threads.map(one, range(5))) == [1] * 5
    found = invitations.find(db, MONTH)
    assert len(found) == len({each["person_id"] for each in found}) == 31
    prepare(db)
    assert invitations.find(db, MONTH) == found, "the same documents, nonces and all"


def test_an_invitation_is_found_by_its_secret_alone(db: Db, people: dict[str, Any]) -> None:
    prepare(db)
    (invitation,) = invitations.find(db, MONTH)
    secret = survey_links.secret(KEY, invitation["_id"], invitation["nonce"])

    assert invitations.find_by_secret(db, secret) == invitation
    assert secret not in str(invitation)
    for wrong in (secret[:-1], secret + "A", "", "x" * 5000, invitation["nonce"], invitation["link_hash"]):
        assert invitations.find_by_secret(db, wrong) is None
