"""Clients that are probably the same person as one who is stored, or who is being typed into a form."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.database import Db
from service.documents import clients
from service.documents.store import Document
from service.domain import duplicates
from service.domain.names import LONGEST_WORD
from service.domain.people import phone_digits

#: A look-up that finds more than these says nothing about one person.
MOST_CANDIDATES = 200


def of_client(db: Db, client_id: str) -> list[Document]:
    """The likely duplicates of a stored client (see `of_person`); NotFound without it."""
    client = clients.get(db, client_id)
    return [] if "merged_into" in client else of_person(db, client)


def of_person(db: Db, person: Mapping[str, Any]) -> list[Document]:
    """Stored clients, archived ones too, that are probably `person`, with `reasons`, the likeliest first.

    `person` may lack any field, so a form can ask while it is typed. Whoever is their family is not taken for
    them. Only what indexes find is looked at: same document, e-mail, phone, birth date, or all the words of
    the name.
    """
    family = {link["client_id"] for link in person.get("relationships", {}).get("clients", [])}
    candidates = {found["_id"]: found for found in _candidates(db, person)}
    for id in (*family, person.get("_id")):
        candidates.pop(id, None)
    likely = [
        {**found, "reasons": why}
        for found in candidates.values()
        if (why := duplicates.reasons(person, found))
    ]
    return sorted(likely, key=_rank)


def _candidates(db: Db, person: Mapping[str, Any]) -> Iterator[Document]:
    for condition in _look_ups(person):
        found = db.clients.find({**condition, "merged_into": {"$exists": False}}, {"search": 0})
        yield from found.limit(MOST_CANDIDATES)


def _look_ups(person: Mapping[str, Any]) -> Iterator[Document]:
    words = {word[:LONGEST_WORD] for word in duplicates.name_words(person) if len(word) > 1}
    if len(words) > 1:
        yield {"$and": [{"search": word} for word in sorted(words)]}
    for name in ("birth_date", "email"):
        if person.get(name):
            yield {name: person[name]}
    if person.get("phone"):
        yield {"search": phone_digits(person["phone"])[0], "phone": person["phone"]}
    if person.get("document"):
        yield {"document.number": person["document"]["number"]}


def _rank(found: Document) -> tuple[int, int, str]:
    first = min(duplicates.REASONS.index(reason) for reason in found["reasons"])
    return first, -len(found["reasons"]), found["_id"]
