"""What the store knows of the people and sessions that a spreadsheet names, as domain.sheets asks for it."""

from typing import Any

from service.database import Db
from service.documents import psychotherapists
from service.documents.store import Document
from service.domain.money import Money
from service.domain.names import fold
from service.domain.people import full_name
from service.domain.sheets import persons
from service.domain.sheets.identity import KnownClient
from service.domain.sheets.known import Known, KnownSession, Wanted
from service.domain.sheets.persons import Person
from service.domain.sheets.psychotherapists import KnownPsychotherapist
from service.domain.sheets.sessions import Psychotherapists

_PERSON = ("given_names", "family_names", "document", "email", "phone", "birth_date")


def psychotherapists_by_name(db: Db) -> Psychotherapists:
    """Folded full name → ids, of all psychotherapists, active or not."""
    found: dict[str, list[str]] = {}
    for person in psychotherapists.names(db).values():
        found.setdefault(fold(full_name(person)), []).append(person["_id"])
    return found


def known(db: Db, wanted: Wanted, batch: str) -> Known:
    """All clients, and the sessions of the days that are wanted; without what import `batch` itself added.

    A centre has some thousands of clients: reading them once costs less than looking for each name.
    """
    others = {"batch": {"$ne": batch}}
    people = db.clients.find(others, dict.fromkeys((*_PERSON, "merged_into"), 1))
    days = {"local_date": {"$gte": wanted.first_day, "$lte": wanted.last_day}}
    stored = db.sessions.find({**days, **others}) if wanted.first_day else ()
    return Known(
        clients=_clients(list(people)),
        sessions=[_session(session) for session in stored],
    )


def _clients(people: list[Document]) -> list[KnownClient]:
    """Clients as sheets name them; one who was merged stands for whoever has their sessions now."""
    into = {client["_id"]: client["merged_into"] for client in people if "merged_into" in client}

    def now(client_id: str) -> str:
        while client_id in into:
            client_id = into[client_id]
        return client_id

    return [KnownClient(now(client["_id"]), person_of(client)) for client in people]


def known_psychotherapists(db: Db, batch: str) -> list[KnownPsychotherapist]:
    """All psychotherapists with their first terms; without those that import `batch` itself added."""
    return [_psychotherapist(person) for person in db.psychotherapists.find({"batch": {"$ne": batch}})]


def person_of(document: Document) -> Person:
    """A stored client or psychotherapist as a sheet would describe them."""
    fields: dict[str, Any] = {name: document.get(name) for name in _PERSON}
    identity = fields["document"]
    return Person(**{**fields, "document": persons.Document(**identity) if identity else None})


def _session(session: Document) -> KnownSession:
    names = (
        "client_id",
        "psychotherapist_id",
        "starts_at",
        "ends_at",
        "modality",
        "status",
        "note",
        "counts",
    )
    fields = {name: session[name] for name in names}
    return KnownSession(id=session["_id"], price=Money(session["price_cents"], session["currency"]), **fields)


def _psychotherapist(person: Document) -> KnownPsychotherapist:
    terms = person["terms"][0]
    price = Money(terms["price_cents"], terms["currency"])
    return KnownPsychotherapist(person["_id"], person_of(person), terms["commission_bp"], price)
