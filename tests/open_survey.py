"""A survey that is out: a centre with families, its invitations as sent, and their links."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from service.database import Db
from service.documents import invitations
from service.documents.store import Document
from service.domain import survey_links
from tests.conftest import NOW
from tests.people_data import book, client, psychotherapist

#: The month asked about is the one that runs: the tests' sessions are in it.
MONTH, DAY = "2026-10", "2026-10-15"
CLOSES = NOW + timedelta(days=14)


@dataclass(frozen=True)
class Survey:
    """Links by the given names of who answers; `people` and `therapists` by given names too."""

    db: Db
    key: bytes
    people: dict[str, Document]
    therapists: dict[str, Document]

    def link(self, given: str, month: str = MONTH) -> str:
        """The path of somebody's link."""
        invitation = self.invitation(given, month)
        return f"/encuesta/{survey_links.secret(self.key, invitation['_id'], invitation['nonce'])}"

    def invitation(self, given: str, month: str = MONTH) -> Document:
        """Somebody's invitation as it is stored now."""
        return invitations.get(self.db, f"{month}-{self.people[given]['_id']}")


def send(app: Flask, db: Db) -> Survey:
    """Rosa answers for three children, José for himself in two therapies, Emily in English; all were sent."""
    therapists = {
        "Ronald": psychotherapist(db, "Ronald", "Emard"),
        "Hellen": psychotherapist(db, "Hellen María del Pilar", "Fernández-Larrañaga Goyeneche"),
    }
    people = {
        "Rosa": client(db, "Rosa", "Quispe Mamani", email="rosa@example.com"),
        "José": client(db, "José Ángel", "Ríos", email="jose@example.com", survey_consent=True),
        "Emily": client(db, "Emily", "Stone", email="emily@example.com", survey_consent=True, language="en"),
    }
    answers = [{"client_id": people["Rosa"]["_id"], "kind": "guardian", "answers_surveys": True}]
    minor = {"birth_date": "2016-05-01", "survey_consent": True, "relationships": {"clients": answers}}
    children = [
        client(db, given, "Quispe", **minor)
        for given in ("Mateo", "Ana Lucía", "Maximiliano Sebastián Alejandro")
    ]
    for day, child in enumerate(children, 1):
        book(db, child, therapists["Ronald" if day < 3 else "Hellen"], day)
    for day, (given, therapist) in enumerate(
        (("José", "Ronald"), ("José", "Hellen"), ("Emily", "Hellen")), 4
    ):
        book(db, people[given], therapists[therapist], day)
    key = survey_links.survey_key(app.config["SETTINGS"].secret_key)
    invitations.prepare(db, MONTH, key, DAY, NOW, CLOSES)
    db.invitations.update_many({}, {"$set": {"state": "sent", "sent_at": NOW}})
    return Survey(db, key, people, therapists)
