"""People change between preparing, sending and starting again: each is asked once, where they read it."""

from email import message_from_bytes
from typing import Any

import pytest
from flask import Flask

from service.config import Settings
from service.database import Db
from service.documents import clients, invitations, merges
from service.documents.store import Document
from service.domain import survey_links
from tests.conftest import NOW, STAFF_ID
from tests.open_survey import CLOSES, DAY, MONTH
from tests.people_data import book, client, psychotherapist
from workers import surveys


class Centre:
    """Rosa, who answers for Luz; Pepe and José, who are one person in two records; one psychotherapist."""

    def __init__(self, app: Flask, db: Db, settings: Settings) -> None:
        self._app, self._db = app, db
        self._outbox = settings.data_dir / "outbox"
        self._key = survey_links.survey_key(settings.secret_key)
        self.emard = psychotherapist(db, "Ronald", "Emard")
        self.rosa = client(db, "Rosa", "Quispe", email="rosa@example.com")
        self.luis = client(db, "Luis", "Quispe", email="luis@example.com")
        child = {"birth_date": "2016-05-01", "survey_consent": True}
        self.luz = client(db, "Luz", "Quispe", **child, relationships={"clients": [answers(self.rosa)]})
        grown = {"survey_consent": True, "birth_date": "1980-01-01"}
        self.pepe = client(db, "Pepe", "Ríos", email="pepe@example.com", **grown)
        self.jose = client(db, "José", "Ríos", email="jose@example.com", **grown)
        book(db, self.luz, self.emard, 1)
        book(db, self.pepe, self.emard, 2)

    def prepare(self) -> None:
        """Starts the month, or starts it again."""
        invitations.prepare(self._db, MONTH, self._key, DAY, NOW, CLOSES)

    def send(self) -> list[str]:
        """Sends whatever waits; the addresses of all mails so far."""
        with self._app.app_context():
            for each in invitations.find(self._db, MONTH):
                surveys.send(self._app, each["_id"])
        files = sorted(self._outbox.glob("*.eml"))
        return sorted(str(message_from_bytes(file.read_bytes())["To"]) for file in files)

    def change(self, person: Document, **fields: Any) -> None:
        """Edits a client as staff do."""
        clients.update(self._db, person["_id"], fields, None, NOW)

    def merge(self, one: Document, into: Document) -> None:
        """Two clients turn out to be one."""
        merges.merge(self._db, one["_id"], into["_id"], None, STAFF_ID, NOW)

    def invitation(self, person: Document) -> Document:
        """Somebody's invitation."""
        return invitations.get(self._db, f"{MONTH}-{person['_id']}")


def answers(person: Document) -> dict[str, Any]:
    return {"client_id": person["_id"], "kind": "guardian", "answers_surveys": True}


@pytest.fixture
def centre(app: Flask, db: Db, settings: Settings) -> Centre:
    return Centre(app, db, settings)


def test_the_mail_goes_where_the_person_reads_it_by_then(centre: Centre) -> None:
    centre.prepare()
    centre.change(centre.pepe, email="nuevo@example.com")
    centre.change(centre.rosa, email=None)
    assert centre.send() == ["nuevo@example.com"]
    assert centre.invitation(centre.pepe)["email"] == "nuevo@example.com"
    assert centre.invitation(centre.rosa)["error"] == "no_email"


def test_who_no_longer_answers_for_a_minor_is_not_written_to_and_the_other_can_be_asked(
    centre: Centre,
) -> None:
    centre.prepare()
    centre.change(centre.luz, relationships={"clients": [answers(centre.luis)]})
    assert centre.send() == ["pepe@example.com"]
    assert centre.invitation(centre.rosa)["error"] == "not_responsible"
    centre.prepare()
    assert centre.send() == ["luis@example.com", "pepe@example.com"]


def test_what_one_guardian_was_asked_the_next_is_not_asked_again(centre: Centre) -> None:
    centre.prepare()
    asked = ["pepe@example.com", "rosa@example.com"]
    assert centre.send() == asked
    centre.change(centre.luz, relationships={"clients": [answers(centre.luis)]})
    centre.prepare()
    assert centre.send() == asked
    centre.change(centre.luz, birth_date="2000-05-01", email="luz@example.com")
    centre.prepare()
    assert centre.send() == asked, "nor the client, who was of age after all"


def test_who_was_merged_after_the_mail_is_not_asked_again_as_the_other(centre: Centre) -> None:
    centre.prepare()
    asked = centre.send()
    centre.merge(centre.pepe, centre.jose)
    centre.prepare()
    assert centre.send() == asked == ["pepe@example.com", "rosa@example.com"]


def test_two_records_that_become_one_person_before_the_mails_get_one(db: Db, centre: Centre) -> None:
    book(db, centre.jose, centre.emard, 3)
    centre.prepare()
    centre.merge(centre.pepe, centre.jose)
    assert centre.send() == ["jose@example.com", "rosa@example.com"]
    assert centre.invitation(centre.pepe)["error"] == "merged"


def test_of_two_records_the_one_that_was_written_to_is_enough(app: Flask, db: Db, centre: Centre) -> None:
    book(db, centre.jose, centre.emard, 3)
    centre.prepare()
    with app.app_context():
        surveys.send(app, centre.invitation(centre.pepe)["_id"])
    centre.merge(centre.pepe, centre.jose)
    assert centre.send() == ["pepe@example.com", "rosa@example.com"]
    assert centre.invitation(centre.jose)["error"] == "merged"


def test_who_asked_for_no_more_as_another_record_gets_none(db: Db, centre: Centre) -> None:
    centre.prepare()
    db.clients.update_one({"_id": centre.jose["_id"]}, {"$set": {"unsubscribed_at": NOW}})
    centre.merge(centre.pepe, centre.jose)
    assert centre.send() == ["rosa@example.com"]
    assert centre.invitation(centre.pepe)["error"] == "unsubscribed"
