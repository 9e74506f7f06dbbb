"""Two records of one person, Rosa, with family and sessions; and how their documents are compared."""

from dataclasses import dataclass
from typing import Any

from service.database import Db
from service.documents import clients, sessions
from service.documents.store import Document
from service.domain.marks import MARKS
from tests.conftest import NOW
from tests.people_data import LIMA, book, client, psychotherapist

COMPARED = ("clients", "sessions", "psychotherapists")
Documents = dict[str, dict[str, Document]]


@dataclass(frozen=True)
class Rosas:
    """Ids: `first` is to be merged into `second`; `luis` is the first's child, `juan` related to both."""

    first: str
    second: str
    luis: str
    juan: str
    session: str
    others_session: str


def fill(db: Db) -> Rosas:
    """Stores them: four sessions of the first with two psychotherapists, one deleted; one of the second."""
    emard, fisher = psychotherapist(db, "Ronald", "Emard"), psychotherapist(db, "Logan", "Fisher")
    seen = [{"psychotherapist_id": emard["_id"], "since": "2025-01-01"}]
    document = {"type": "DNI", "number": "04531088"}
    first = client(
        db,
        "Rosa",
        "Quispe",
        document=document,
        email="rosa@example.com",
        relationships={
            "psychotherapists": [*seen, {"psychotherapist_id": fisher["_id"], "since": "2026-01-01"}]
        },
    )
    since = [{"psychotherapist_id": emard["_id"], "since": "2026-02-01"}]
    second = client(
        db, "Rosa", "Quispe Ñahui", phone="+51990083450", relationships={"psychotherapists": since}
    )
    luis = client(db, "Luis", "Ríos Quispe", relationships={"clients": [_link(first, "parent", True)]})
    both = [_link(first, "sibling", False), _link(second, "other", False)]
    juan = client(db, "Juan", "Quispe", relationships={"clients": both})
    booked = [book(db, first, emard, day) for day in (1, 2, 3)]
    book(db, first, fisher, 4, "no_show")
    sessions.delete(db, booked[2]["_id"], None, NOW)
    other = book(db, second, emard, 5)
    ids = (first["_id"], second["_id"], luis["_id"], juan["_id"], booked[0]["_id"], other["_id"])
    return Rosas(*ids)


def documents(db: Db) -> Documents:
    """Everything that a merge could touch, by collection and id."""
    return {name: {found["_id"]: found for found in db[name].find()} for name in COMPARED}


def put_back(db: Db, state: Documents) -> None:
    """The database as it was, without merges and reservations."""
    for name in (*COMPARED, "merges", "calendars"):
        db[name].delete_many({})
        if state.get(name):
            db[name].insert_many(list(state[name].values()))


def contents(state: Documents) -> dict[str, dict[str, Any]]:
    """The documents without versions, which never go back, and without marks."""
    return {
        name: {
            id: {key: value for key, value in found.items() if key not in _TECHNICAL}
            for id, found in own.items()
        }
        for name, own in state.items()
    }


def edit_session(db: Db, session_id: str, **changes: Any) -> Document:
    """A change that staff make."""
    return sessions.update(db, session_id, changes, None, NOW, LIMA)


def edit_client(db: Db, client_id: str, **changes: Any) -> Document:
    """A change that staff make."""
    return clients.update(db, client_id, changes, None, NOW)


_TECHNICAL = ("version", "merges", "batch_version", *MARKS)


def _link(other: Document, kind: str, answers: bool) -> dict[str, Any]:
    return {"client_id": other["_id"], "kind": kind, "answers_surveys": answers}
