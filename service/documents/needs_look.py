"""What needs a look before a month is closed, read from the store (domain.needs_look)."""

from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import clients, duplicates, psychotherapists, sessions
from service.documents.store import Document
from service.domain import needs_look as domain


def of_month(db: Db, month: str, today: str, now: datetime) -> dict[str, list[Any]]:
    """{kind of domain.needs_look.KINDS: what it found}, kinds without anything left out.

    Sessions: [session]; overlaps: [(session, session)]; minors: [client]; without e-mail: [(client, person
    who would get the mail)]; duplicates: [(client, likely duplicate with its reasons)]. Looked at are the
    month's sessions and their clients, with who answers for these and who is like them.
    """
    listed = sessions.find(db, {"month": month})
    terms = {person_id: person["terms"] for person_id, person in psychotherapists.names(db).items()}
    active = clients.by_ids(db, [one["client_id"] for one in listed if one["counts"]])
    answering = [other for client in active.values() if (other := domain.answering(client))]
    found: dict[str, list[Any]] = {
        domain.STILL_SCHEDULED: domain.still_scheduled(listed, now),
        domain.OVERLAPS: domain.overlaps(listed),
        domain.ODD_PRICES: domain.odd_prices(listed, terms),
        domain.MINORS_ALONE: domain.minors_alone(active.values(), today),
        domain.WITHOUT_EMAIL: domain.without_email(active.values(), clients.by_ids(db, answering), today),
        domain.DUPLICATES: _duplicates(db, active),
    }
    return {kind: items for kind, items in found.items() if items}


def _duplicates(db: Db, active: dict[str, Document]) -> list[tuple[Document, Document]]:
    """Each pair once."""
    pairs: dict[frozenset[str], tuple[Document, Document]] = {}
    people = list(active.values())
    for client, likely in zip(people, duplicates.of_people(db, people), strict=True):
        for like in likely:
            if not like.get("archived_at"):
                pairs.setdefault(frozenset((client["_id"], like["_id"])), (client, like))
    return list(pairs.values())
