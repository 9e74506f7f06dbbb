"""What a list of sessions shows of each: the session with the names of its people."""

from collections.abc import Sequence
from typing import Any

from service.database import Db
from service.documents import clients, psychotherapists
from service.documents.store import Document
from service.domain.people import full_name


def rows(db: Db, sessions: Sequence[Document]) -> list[dict[str, Any]]:
    """[{session, client_name, psychotherapist_name}], in the order given."""
    people = clients.by_ids(db, [session["client_id"] for session in sessions])
    therapists = psychotherapists.names(db)
    return [
        {
            "session": session,
            "client_name": _name(people.get(session["client_id"])),
            "psychotherapist_name": _name(therapists.get(session["psychotherapist_id"])),
        }
        for session in sessions
    ]


def _name(person: Document | None) -> str:
    return full_name(person) if person else "–"
