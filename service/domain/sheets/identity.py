"""Which rows speak of the same client, and which of them are clients already.

A client is found by document. A row without one belongs to the client of the same folded name with the same
birth date, e-mail or phone, be it a known one or that of another row before or after it; else it is a new
client. Rows that say nothing but a name are one client, or importing a file twice would create them twice.
Where a document is known its name does not matter; where a row fits two clients equally, a person decides.
A row without document whose session is stored for a client of that name is that client's, come what may.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from service.domain.names import fold
from service.domain.sheets.persons import Person
from service.domain.sheets.traits import Anchors, Trait, alike, traits


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client of the store, archived or not."""

    id: str
    person: Person


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client to create, without survey consent: `key` stands for the id to come, `row` is its first row.

    What the first row leaves empty is taken from the later ones with the same name.
    """

    key: str
    row: int
    person: Person


@dataclass(frozen=True, slots=True)
class Matching:
    """Row → id of a known client or key of a new one.

    Rows that fit several clients equally are `unclear`; rows `chosen` fit one of several best.
    """

    clients: dict[int, str] = field(default_factory=dict)
    new: list[NewClient] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)
    chosen: set[int] = field(default_factory=set)


def match_clients(
    persons: Mapping[int, Person], known: Sequence[KnownClient], settled: Mapping[int, str]
) -> Matching:
    """The client of each row (number → person); `known`: at least all with their documents or names.

    `settled` says whose rows without document are for another reason: their session is stored already.
    """
    matching = Matching(clients=_by_document(persons, known) | dict(settled))
    anchors = Anchors()
    for client in known:
        anchors.add(client.id, client.person)
    for row, key in matching.clients.items():
        anchors.add(key, persons[row])
    bare = {row: person for row, person in persons.items() if row not in matching.clients}
    for rows in alike(bare):
        _place({row: tuple(traits(bare[row])) for row in rows}, anchors, matching)
    matching.new.extend(_new_clients(persons, matching, {client.id for client in known}))
    matching.unclear.sort()
    return matching


def _by_document(persons: Mapping[int, Person], known: Sequence[KnownClient]) -> dict[int, str]:
    clients = {client.person.document: client.id for client in known if client.person.document}
    found: dict[int, str] = {}
    for row, person in persons.items():
        if person.document is not None:
            found[row] = clients.setdefault(person.document, _key(row))
    return found


def _place(group: Mapping[int, tuple[Trait, ...]], anchors: Anchors, matching: Matching) -> None:
    """Gives a group of rows to the one client it shares a trait with, or to a new one; else row by row."""
    candidates = anchors.sharing({trait for wanted in group.values() for trait in wanted})
    if len(candidates) < 2:
        client = candidates.pop() if candidates else _key(min(group))
        matching.clients.update(dict.fromkeys(group, client))
        return
    best = {wanted: anchors.best(wanted) for wanted in set(group.values())}
    for row, wanted in group.items():
        client_of_row = best[wanted]
        if client_of_row is None:
            matching.unclear.append(row)
        else:
            matching.clients[row] = client_of_row
            matching.chosen.add(row)


def _new_clients(persons: Mapping[int, Person], matching: Matching, known: set[str]) -> list[NewClient]:
    """The clients that are not known, with what their rows say.

    Nothing is taken from a row that could also be another client's: the stored client would share that trait
    with the other, and the same sheet would match otherwise the next time.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for row in sorted(matching.clients):
        rows[matching.clients[row]].append(row)
    return [
        NewClient(
            key, own[0], reduce(_completed, [persons[row] for row in own if row not in matching.chosen])
        )
        for key, own in rows.items()
        if key not in known
    ]


def _completed(person: Person, other: Person) -> Person:
    """`person` with what it lacks taken from `other`; from one with another name only the document."""
    completed = replace(person, document=person.document or other.document)
    if fold(person.name) != fold(other.name):
        return completed
    return replace(
        completed,
        email=person.email or other.email,
        phone=person.phone or other.phone,
        birth_date=person.birth_date or other.birth_date,
    )


def _key(row: int) -> str:
    return f"row-{row}"
