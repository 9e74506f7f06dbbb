"""Which rows speak of the same client, and which of them are clients already.

A client is found by document. A row without one belongs to the client of the same folded name with the same
birth date, e-mail or phone, be it a known one or that of another row before or after it; else it is a new
client. Rows that say nothing but a name are one client, or importing a file twice would create them twice.
Where a document is known its name does not matter; where a row fits two clients equally, a person decides. A row
without document whose session is stored, for a client of that name, is that client's whatever else is known now.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple

from service.domain.names import fold
from service.domain.sheets.persons import Document, Person


class Trait(NamedTuple):
    """What a name is told apart by: "birth_date", "email", "phone", or "nothing" for a bare name."""

    name: str
    kind: str
    value: str


#: The better reason to take two people for one comes first.
_KINDS = ("birth_date", "email", "phone", "nothing")


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

    `settled` says of rows without document whose they are for another reason: their session is stored already.
    """
    matching = Matching(clients=_by_document(persons, known) | dict(settled))
    anchors = _Anchors(known)
    for row, client in matching.clients.items():
        anchors.add(client, persons[row])
    bare = {row: person for row, person in persons.items() if row not in matching.clients}
    for rows in _alike(bare):
        _place({row: tuple(traits(bare[row])) for row in rows}, anchors, matching)
    matching.new.extend(_new_clients(persons, matching, {client.id for client in known}))
    matching.unclear.sort()
    return matching


class _Anchors:
    """The clients that rows without a document can belong to, by trait."""

    def __init__(self, known: Iterable[KnownClient]) -> None:
        self._clients: dict[Trait, set[str]] = defaultdict(set)
        self._documented: set[str] = set()
        for client in known:
            self.add(client.id, client.person)

    def add(self, client: str, person: Person) -> None:
        for trait in traits(person):
            self._clients[trait].add(client)
        if person.document is not None:
            self._documented.add(client)

    def sharing(self, wanted: Iterable[Trait]) -> set[str]:
        """Clients with at least one of the traits."""
        return {client for trait in wanted for client in self._clients.get(trait, ())}

    def best(self, wanted: Sequence[Trait]) -> str | None:
        """The client that shares the best trait, of equals one without document; None if several are left."""
        scores = {client: self._score(client, wanted) for client in self.sharing(wanted)}
        best = max(scores.values(), default=())
        found = [client for client, score in scores.items() if score == best]
        return found[0] if len(found) == 1 else None

    def _score(self, client: str, wanted: Sequence[Trait]) -> tuple[bool, ...]:
        shared = {trait.kind for trait in wanted if client in self._clients.get(trait, ())}
        return (*(kind in shared for kind in _KINDS), client not in self._documented)


def traits(person: Person) -> list[Trait]:
    """What a person without a document can be recognised by."""
    name = fold(person.name)
    values = (person.birth_date, person.email, person.phone)
    found = [Trait(name, kind, value) for kind, value in zip(_KINDS, values, strict=False) if value]
    if not found and person.document is None:
        return [Trait(name, "nothing", "")]
    return found


def _by_document(persons: Mapping[int, Person], known: Sequence[KnownClient]) -> dict[int, str]:
    clients = {client.person.document: client.id for client in known if client.person.document}
    found: dict[int, str] = {}
    for row, person in persons.items():
        if person.document is not None:
            found[row] = clients.setdefault(person.document, _key(row))
    return found


def _alike(persons: Mapping[int, Person]) -> list[list[int]]:
    """Rows in groups that share traits, directly or through others (union-find)."""
    leader = {row: row for row in persons}

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    first: dict[Trait, int] = {}
    for row, person in persons.items():
        for trait in traits(person):
            other, own = find(first.setdefault(trait, row)), find(row)
            leader[max(other, own)] = min(other, own)
    groups: dict[int, list[int]] = defaultdict(list)
    for row in persons:
        groups[find(row)].append(row)
    return list(groups.values())


def _place(group: Mapping[int, tuple[Trait, ...]], anchors: _Anchors, matching: Matching) -> None:
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
