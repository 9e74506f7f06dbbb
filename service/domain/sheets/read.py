"""A file's bytes as a sheet: .csv of any usual making, or .xlsx; its content decides, not its name.

Old .xls and .ods files are refused: saved as .xlsx they lose nothing, and one reader less is open to what
strangers send.
"""

from dataclasses import dataclass

from service.domain.sheets import headings
from service.domain.sheets.cells import Cell, is_blank
from service.domain.sheets.columns import Kind
from service.domain.sheets.csv_file import csv_table
from service.domain.sheets.headings import Headings, Table
from service.domain.sheets.xlsx_file import xlsx_tables
from service.errors import InvalidInput
from service.texts import _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row below the headings; `number` counts as the spreadsheet does."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose headings are known, and all rows below them, empty ones too."""

    headings: Headings
    rows: list[SheetRow]

    @property
    def kind(self) -> Kind:
        """What the file lists."""
        return self.headings.kind

    def row(self, number: int) -> SheetRow:
        """The row with this number, below the headings."""
        return self.rows[number - self.headings.row - 1]


def read_sheet(content: bytes) -> Sheet:
    """The one sheet with known headings in a file.

    InvalidInput on `file`: too large, empty, no spreadsheet, damaged, unknown or double headings, too many
    rows.
    """
    if len(content) > MAX_BYTES:
        raise _refused(_("El archivo pesa más de 10 MB. Divídalo en varios, por ejemplo uno por año."))
    tables = _tables(content)
    if not tables:
        raise _refused(_("El archivo está vacío."))
    found = {name: known for name, table in tables.items() if (known := headings.recognised(table))}
    if not found:
        raise headings.unknown(max(tables.values(), key=headings.likeness))
    if len(found) > 1:
        names = ", ".join(f"«{name}»" for name in found)
        raise _refused(
            _("Varias hojas del libro tienen datos: %(names)s. Guarde cada una en un archivo.", names=names)
        )
    [(name, known)] = found.items()
    return _sheet(known, tables[name])


def _tables(content: bytes) -> dict[str, Table]:
    """The visible sheets by name, without those that have nothing in them."""
    if content.startswith(_ZIP):
        tables = xlsx_tables(content, MAX_ROWS)
    elif content.startswith(_OLD_EXCEL):
        raise _refused(_old_excel_message(content))
    else:
        tables = {"": csv_table(content, MAX_ROWS)}
    return {
        name: table for name, table in tables.items() if not all(all(map(is_blank, cells)) for cells in table)
    }


def _old_excel_message(content: bytes) -> str:
    if _ENCRYPTED in content:
        return _("El archivo está protegido con contraseña. Quítele la contraseña y súbalo de nuevo.")
    return _("Este formato no se puede leer. Ábralo en Excel y guárdelo como .xlsx.")


def _sheet(known: Headings, table: Table) -> Sheet:
    width = len(known.titles)
    below = table[known.row :]
    filled = [n for n, cells in enumerate(below) if not all(map(is_blank, cells))]
    if not filled:
        raise _refused(_("El archivo no tiene filas debajo de los encabezados."))
    if filled[-1] >= MAX_ROWS:
        raise _refused(
            _("El archivo tiene más de 50 000 filas. Divídalo en varios, por ejemplo uno por año.")
        )
    rows = [
        SheetRow(n, [*cells, *[None] * (width - len(cells))])
        for n, cells in enumerate(below[:MAX_ROWS], known.row + 1)
    ]
    return Sheet(known, rows)


def _refused(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})
