"""What people without a document are recognised by: a folded name with a birth date, an e-mail or a phone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from service.domain.names import fold
from service.domain.sheets.persons import Person


class Trait(NamedTuple):
    """What a name is told apart by: "birth_date", "email", "phone", or "nothing" for a bare name."""

    name: str
    kind: str
    value: str


#: The better reason to take two people for one comes first.
_KINDS = ("birth_date", "email", "phone", "nothing")


def traits(person: Person) -> list[Trait]:
    """What a person without a document can be recognised by."""
    name = fold(person.name)
    values = {"birth_date": person.birth_date, "email": person.email, "phone": person.phone}
    found = [Trait(name, kind, value) for kind, value in values.items() if value]
    if not found and person.document is None:
        return [Trait(name, "nothing", "")]
    return found


def alike(persons: Mapping[int, Person]) -> list[list[int]]:
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


class Anchors:
    """The clients that rows without a document can belong to, by trait."""

    def __init__(self) -> None:
        self._clients: dict[Trait, set[str]] = defaultdict(set)
        self._documented: set[str] = set()

    def add(self, client: str, person: Person) -> None:
        """Takes what is known, or what a row says, of a client."""
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
