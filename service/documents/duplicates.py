"""Clients that are probably the same person as one who is stored, or who is being typed into a form."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from service.database import Db
from service.documents import clients
from service.documents.store import Document
from service.domain import duplicates
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
    them.
    """
    return of_people(db, [person])[0]


def of_people(db: Db, people: Sequence[Mapping[str, Any]]) -> list[list[Document]]:
    """What `of_person` finds of each, looked up for all of them at once.

    Looked at is only who has the document, e-mail, phone, birth date or whole name of one of them.
    """
    by_mark: dict[tuple[str, str], dict[str, Document]] = defaultdict(dict)
    for found in _candidates(db, people):
        for mark in duplicates.marks(found):
            by_mark[mark][found["_id"]] = found
    return [_likely(person, by_mark) for person in people]


def _likely(
    person: Mapping[str, Any], by_mark: Mapping[tuple[str, str], dict[str, Document]]
) -> list[Document]:
    alike = {id: found for mark in duplicates.marks(person) for id, found in by_mark.get(mark, {}).items()}
    family = {link["client_id"] for link in person.get("relationships", {}).get("clients", [])}
    likely = [
        {**found, "reasons": why}
        for id, found in alike.items()
        if id not in (*family, person.get("_id")) and (why := duplicates.reasons(person, found))
    ]
    return sorted(likely, key=_rank)


def _candidates(db: Db, people: Sequence[Mapping[str, Any]]) -> Iterator[Document]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for name, value in (mark for person in people for mark in duplicates.marks(person)):
        field, key = _LOOK_UPS[name](value)
        wanted[field].add(key)
    for field, keys in wanted.items():
        found = db.clients.find(
            {field: {"$in": sorted(keys)}, "merged_into": {"$exists": False}}, {"search": 0}
        )
        yield from found.limit(MOST_CANDIDATES * len(people))


#: The field that finds who has a mark, and what it has to say.
_LOOK_UPS: dict[str, Callable[[str], tuple[str, str]]] = {
    "name": lambda key: ("search", key),
    "phone": lambda phone: ("search", phone_digits(phone)[0]),
    "birth_date": lambda day: ("birth_date", day),
    "email": lambda email: ("email", email),
    "document": lambda number: ("document.number", number),
}


def _rank(found: Document) -> tuple[int, int, str]:
    first = min(duplicates.REASONS.index(reason) for reason in found["reasons"])
    return first, -len(found["reasons"]), found["_id"]
