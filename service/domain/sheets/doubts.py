"""What an import does, but a person should look at: clients that may have been taken for another."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.names import fold
from service.domain.sheets.identity import KnownClient, Matching
from service.domain.sheets.persons import Person
from service.texts import _


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row worth a look: `client` is the id or key it was given; `reason` is Spanish and names nobody."""

    row: int
    code: str
    client: str
    reason: str


_REASONS = {
    "name_differs": _("El documento es de un cliente con otro nombre: la cita se registra a ese cliente."),
    "birth_date_differs": _("Se tomó por el mismo cliente aunque la fecha de nacimiento es otra."),
    "same_name": _("Ya hay otro cliente con este nombre: puede ser la misma persona."),
}


def doubts(persons: Mapping[int, Person], known: Sequence[KnownClient], matching: Matching) -> list[Doubt]:
    """The doubts of a matching by row, each once per client and spelling."""
    taken = {client.id: client.person for client in known} | {new.key: new.person for new in matching.new}
    found: dict[tuple[str, str, str], Doubt] = {}
    for row in sorted(matching.clients):
        client, person = matching.clients[row], persons[row]
        for code in _differences(person, taken[client]):
            detail = fold(person.name) if code == "name_differs" else person.birth_date or ""
            found.setdefault((client, code, detail), Doubt(row, code, client, _REASONS[code]))
    return sorted([*found.values(), *_namesakes(taken, matching)], key=lambda doubt: (doubt.row, doubt.code))


def _differences(person: Person, client: Person) -> Iterator[str]:
    if person.document is None:
        if person.birth_date and client.birth_date and person.birth_date != client.birth_date:
            yield "birth_date_differs"
    elif set(fold(person.name).split()).isdisjoint(fold(client.name).split()):
        yield "name_differs"


def _namesakes(taken: Mapping[str, Person], matching: Matching) -> list[Doubt]:
    """New clients with the name of another client, known or new; of two new ones the later one."""
    holders: dict[str, list[str]] = defaultdict(list)
    for client, person in taken.items():
        holders[fold(person.name)].append(client)
    return [
        Doubt(new.row, "same_name", new.key, _REASONS["same_name"])
        for new in matching.new
        if holders[fold(new.person.name)][0] != new.key
    ]
