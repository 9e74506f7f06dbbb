"""Which kind of file a sheet is, and which of its columns says what: in any order, case and accents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.names import fold
from service.domain.sheets.cells import Cell, is_blank, text_of
from service.domain.sheets.columns import HEADINGS, REQUIRED, Kind
from service.errors import InvalidInput
from service.texts import Text, _

#: The cells of a sheet; row 1 is the first.
Table = list[list[Cell]]

#: A title or the centre's name may stand above the headings.
ROWS_TO_LOOK_AT = 20


@dataclass(frozen=True, slots=True)
class Headings:
    """The row with the headings (1 is the sheet's first), and field → index of its column."""

    kind: Kind
    row: int
    titles: tuple[str, ...]
    columns: dict[str, int]

    def title(self, field: str) -> str:
        """The heading of a field as it stands in the file; its usual one where it has no such column."""
        index = self.columns.get(field)
        return HEADINGS[self.kind][field][0] if index is None else self.titles[index]

    @property
    def unread(self) -> list[str]:
        """Headings of columns that are not read."""
        return [title for n, title in enumerate(self.titles) if title and n not in self.columns.values()]


def recognised(table: Table) -> Headings | None:
    """The headings of a sheet, None where no row near its top has all that are needed.

    InvalidInput where two columns say the same.
    """
    for number, cells in enumerate(table[:ROWS_TO_LOOK_AT], 1):
        titles = _titles(cells)
        for kind, required in REQUIRED.items():
            columns = _columns(kind, titles)
            if columns.keys() >= set(required):
                _refuse_doubles(kind, titles, columns)
                return Headings(kind, number, titles, columns)
    return None


def likeness(table: Table) -> int:
    """How many headings of one kind the most similar row near the top has."""
    rows = table[:ROWS_TO_LOOK_AT]
    return max((len(_columns(kind, _titles(cells))) for cells in rows for kind in REQUIRED), default=0)


def unknown(table: Table) -> InvalidInput:
    """The error for a sheet without recognised headings: what the most similar row lacks, and what it has."""
    rows = [_titles(cells) for cells in table[:ROWS_TO_LOOK_AT] if not all(map(is_blank, cells))] or [()]
    guesses: list[tuple[Kind, tuple[str, ...]]] = [(kind, titles) for kind in REQUIRED for titles in rows]
    kind, titles = max(guesses, key=lambda guess: len(_columns(*guess)))
    columns = _columns(kind, titles)
    found = [title for title in titles if title]
    if len(columns) < 2:
        needed = {name: _usual(name, columns) for name, columns in REQUIRED.items()}
        return _error(
            _(
                "No reconocemos los encabezados. Una hoja necesita estas columnas: "
                "una de citas: %(sessions)s; una de psicoterapeutas: %(psychotherapists)s.",
                **needed,
            ),
            found,
        )
    missing = _usual(kind, [field for field in REQUIRED[kind] if field not in columns])
    if kind == "sessions":
        return _error(_("Faltan columnas para una hoja de citas: %(missing)s.", missing=missing), found)
    return _error(_("Faltan columnas para una hoja de psicoterapeutas: %(missing)s.", missing=missing), found)


def _error(message: Text, found: Sequence[str]) -> InvalidInput:
    shown = ", ".join(f"«{title[:40]}»" for title in found[:20]) or _("ninguna")
    return InvalidInput({"file": [_("%(message)s Encontramos: %(found)s.", message=message, found=shown)]})


def _usual(kind: Kind, fields: Sequence[str]) -> str:
    return ", ".join(f"«{HEADINGS[kind][field][0]}»" for field in fields)


def _titles(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(text_of(cell) if isinstance(cell, str) else "" for cell in cells)


def _columns(kind: Kind, titles: Sequence[str]) -> dict[str, int]:
    """Field → its first column. "Nombre" beside "Apellidos" means the given names; "Nombres" alone, all."""
    columns: dict[str, int] = {}
    for index, title in enumerate(titles):
        field = _MEANINGS[kind].get(_bare(title))
        if field is not None:
            columns.setdefault(field, index)
    given, family, full = (name in columns for name in ("given_names", "family_names", "full_name"))
    if family and full and not given:
        columns["given_names"] = columns["full_name"]
    elif given and not family and not full:
        columns["full_name"] = columns.pop("given_names")
    elif given and family and not full:
        columns["full_name"] = columns["given_names"]
    return columns


def _refuse_doubles(kind: Kind, titles: Sequence[str], columns: dict[str, int]) -> None:
    meanings: dict[str, str] = {}
    for title in titles:
        field = _MEANINGS[kind].get(_bare(title))
        if field in meanings:
            same = _(
                "Las columnas «%(one)s» y «%(other)s» dicen lo mismo: deje solo una de las dos.",
                one=meanings[field],
                other=title,
            )
            raise InvalidInput({"file": [same]})
        if field is not None:
            meanings[field] = title


def _bare(title: str) -> str:
    """A heading as it is compared: letters and digits only, folded."""
    return " ".join(re.findall(r"\w+", fold(title)))


_MEANINGS: dict[Kind, dict[str, str]] = {
    kind: {_bare(name): field for field, names in fields.items() for name in names}
    for kind, fields in HEADINGS.items()
}
