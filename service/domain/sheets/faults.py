"""What is wrong with a cell and with its row. Texts are Spanish; values may name people: never log them."""

from dataclasses import dataclass


class Fault(Exception):
    """A cell that cannot be accepted: a stable `code`, and a `reason` that says what would be right."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with its place: the column's heading as it stands in the file, and the cell's text."""

    column: str
    value: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is not imported: its first finding, the `further` ones, and all its cells as text.

    `row` counts as a spreadsheet does; `cells` stand in the order of the sheet's columns.
    """

    row: int
    column: str
    value: str
    code: str
    reason: str
    cells: tuple[str, ...]
    further: tuple[Finding, ...] = ()
