"""Going through a sheet's rows: which are ignored, which are rejected and why, and what the others say."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from service.domain.names import fold
from service.domain.sheets.cells import Cell, is_blank, text_of
from service.domain.sheets.faults import Fault, Finding, Rejection
from service.domain.sheets.headings import Headings
from service.domain.sheets.read import Sheet, SheetRow

Value = TypeVar("Value")

#: A rejected value is shown, not kept whole.
LONGEST_SHOWN = 200

_NAMES = ("full_name", "given_names", "family_names")
_TOTAL = re.compile(r"(sub[\s-]*total|total|suma)(es|s)?\b")
_ONLY_TOTAL = re.compile(r"(sub[\s-]*total|total|suma)(es|s)?( general)?\W*")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Value]):
    """What a sheet says: good rows and rejected ones, each in the file's order, and how many are ignored."""

    rows: list[Value] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    ignored: int = 0


class RowReader:
    """One row's cells by field, and what was found wrong with them."""

    def __init__(self, headings: Headings, row: SheetRow) -> None:
        self.number = row.number
        self.headings = headings
        self._row = row
        self._faulty: set[str] = set()
        self._findings: list[Finding] = []

    def cell(self, name: str) -> Cell:
        """The cell of a field; None also where the file has no such column."""
        index = self.headings.columns.get(name)
        return None if index is None else self._row.cells[index]

    def take(self, name: str, rule: Callable[[Cell], Value]) -> Value:
        """What `rule` reads in a field's cell.

        A Fault is kept and None comes back under the value's type: a row with faults is never used.
        """
        try:
            return rule(self.cell(name))
        except Fault as fault:
            self.fault(name, fault)
            return cast(Value, None)

    def fault(self, name: str, fault: Fault) -> None:
        """Keeps a fault that several cells make together, at one field of them."""
        self._faulty.add(name)
        value = text_of(self.cell(name))[:LONGEST_SHOWN]
        self._findings.append(Finding(self.headings.title(name), value, fault.code, fault.reason))

    def good(self, *names: str) -> bool:
        """Whether nothing was found wrong with these fields so far."""
        return self._faulty.isdisjoint(names)

    def rejection(self) -> Rejection | None:
        """The row's rejection, None for a good row."""
        if not self._findings:
            return None
        first, *further = self._findings
        cells = tuple(map(text_of, self._row.cells))
        return Rejection(
            self.number, first.column, first.value, first.code, first.reason, cells, tuple(further)
        )


def parse_rows(sheet: Sheet, parse: Callable[[RowReader], Value]) -> Parsed[Value]:
    """Each row of a sheet through `parse`; a row with any fault is rejected, whatever `parse` returned."""
    rows: list[Value] = []
    rejections: list[Rejection] = []
    ignored = 0
    for row in sheet.rows:
        if _says_nothing(row, sheet.headings):
            ignored += 1
            continue
        reader = RowReader(sheet.headings, row)
        value = parse(reader)
        rejection = reader.rejection()
        if rejection is None:
            rows.append(value)
        else:
            rejections.append(rejection)
    return Parsed(rows, rejections, ignored)


def rejected(sheet: Sheet, number: int, name: str, fault: Fault) -> Rejection:
    """The rejection of a row that is good by itself, for a fault seen at one field beside other rows."""
    reader = RowReader(sheet.headings, sheet.row(number))
    reader.fault(name, fault)
    rejection = reader.rejection()
    assert rejection is not None
    return rejection


def _says_nothing(row: SheetRow, headings: Headings) -> bool:
    """Whether a row is empty in all columns that are read, or is a typed total."""
    return all(is_blank(row.cells[index]) for index in headings.columns.values()) or _is_total(row, headings)


def _is_total(row: SheetRow, headings: Headings) -> bool:
    """First filled cell total, subtotal or suma, and no client; the word may stand in the client's column."""
    first = next(index for index, cell in enumerate(row.cells) if not is_blank(cell))
    label = fold(text_of(row.cells[first]))
    names = {headings.columns[name] for name in _NAMES if name in headings.columns}
    if first in names:
        others = [row.cells[headings.columns[name]] for name in _IDENTIFYING if name in headings.columns]
        return bool(_ONLY_TOTAL.fullmatch(label)) and all(map(is_blank, others))
    return bool(_TOTAL.match(label)) and all(is_blank(row.cells[index]) for index in names)


#: With any of these a row is meant, whoever it names.
_IDENTIFYING = ("date", "start_time", "end_time", "psychotherapist", "document", "commission")
