"""Excel files (.xlsx, .xlsm). What is inside is measured before it is given to the reader.

A few kilobytes can hold gigabytes, and one cell in the last row and column makes the reader (calamine)
reserve a whole sheet and take the process with it. So each part is unpacked within a limit, searched for its
outermost cells, and packed again; the reader sees only what was measured.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import python_calamine

from service.domain.sheets.cells import Cell
from service.domain.sheets.headings import ROWS_TO_LOOK_AT, Table
from service.domain.sheets.xlsx_extent import BadXml, Extent
from service.errors import InvalidInput
from service.texts import _

MAX_UNPACKED = 150 * 1024 * 1024
MAX_PARTS = 1000
MAX_SHEETS = 60
#: Cells of the rectangles that the reader will reserve, all sheets together: 50,000 rows of 100 columns.
MAX_AREA = 5_000_000
_CHUNK = 256 * 1024
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, BadXml)

#: Other things that come in a zip, by a part that only they have.
_OTHER_FORMATS = {
    "xl/workbook.bin": _("Este formato (.xlsb) no se puede leer. Ábralo en Excel y guárdelo como .xlsx."),
    "content.xml": _("Este formato no se puede leer. Guárdelo como .xlsx."),
    "index/document.iwa": _("Este formato (Numbers) no se puede leer. Expórtelo como .xlsx."),
}
_NO_SPREADSHEET = _("El archivo no es una hoja de cálculo. Suba un .csv o un .xlsx.")
_PROTECTED = _("El archivo está protegido con contraseña. Quítele la contraseña y súbalo de nuevo.")
_DAMAGED = _("El archivo está dañado. Ábralo en Excel, guárdelo otra vez como .xlsx y súbalo de nuevo.")
_TOO_LARGE = _(
    "El archivo es demasiado grande por dentro. Copie solo los datos a un libro nuevo o guárdelo como .csv."
)


def xlsx_tables(content: bytes, max_rows: int) -> dict[str, Table]:
    """The cells of each visible worksheet by its name; row 1 is the first, empty cells are None.

    InvalidInput on `file`: no Excel file, protected, damaged, too large unpacked, many more than `max_rows`.
    """
    try:
        measured = _measured(content, _Limits(max_rows + ROWS_TO_LOOK_AT))
    except _BAD_ZIP as error:
        raise _refused(_DAMAGED) from error
    try:
        return dict(_worksheets(measured))
    except (InvalidInput, MemoryError):
        raise
    except python_calamine.PasswordError as error:
        raise _refused(_PROTECTED) from error
    except Exception as error:
        raise _refused(_DAMAGED) from error
    except BaseException as error:  # a panic of the reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise _refused(_DAMAGED) from error


@dataclass(slots=True)
class _Limits:
    """What is still allowed."""

    rows: int
    area: int = MAX_AREA


def _worksheets(file: io.BytesIO) -> Iterator[tuple[str, Table]]:
    left = MAX_AREA
    with python_calamine.load_workbook(file) as workbook:
        for n in _visible_worksheets(workbook):
            sheet = workbook.get_sheet_by_index(n)
            last_row, last_column = sheet.end or (-1, -1)
            left -= (last_row + 1) * (last_column + 1)
            if left < 0:  # the same part can stand for many sheets
                raise _refused(_TOO_LARGE)
            yield sheet.name, [[_cell(value) for value in row] for row in sheet.iter_rows()]


def _visible_worksheets(workbook: python_calamine.CalamineWorkbook) -> list[int]:
    wanted = (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible)
    found = [n for n, sheet in enumerate(workbook.sheets_metadata) if (sheet.typ, sheet.visible) == wanted]
    if len(found) > MAX_SHEETS:
        raise _refused(
            _(
                "El libro tiene más de %(most)s hojas. Copie la de los datos a un libro nuevo.",
                most=MAX_SHEETS,
            )
        )
    return found


def _cell(value: Cell) -> Cell:
    return None if value == "" else value


def _measured(content: bytes, limits: _Limits) -> io.BytesIO:
    """The same workbook with only its XML parts, all within the limits."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = source.infolist()
        _require_workbook(parts)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _copy_part(source, part, copy, limits)
    target.seek(0)
    return target


def _require_workbook(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise _refused(
            next((text for name, text in _OTHER_FORMATS.items() if name in names), _NO_SPREADSHEET)
        )
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(_PROTECTED)
    if len(names) < len(parts) or any(part.compress_type not in _COMPRESSIONS for part in parts):
        raise _refused(_DAMAGED)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _refused(_TOO_LARGE)


def _copy_part(
    source: zipfile.ZipFile, part: zipfile.ZipInfo, copy: zipfile.ZipFile, limits: _Limits
) -> None:
    extent = Extent()  # what is read is never more than the size that the part declares
    with source.open(part) as packed, copy.open(part.filename, "w") as unpacked:
        while chunk := packed.read(_CHUNK):
            extent.feed(chunk)
            _check(extent, limits)
            unpacked.write(chunk)
    extent.close()
    limits.area -= _check(extent, limits)


def _check(extent: Extent, limits: _Limits) -> int:
    """How much of the allowed area a part takes so far."""
    if extent.rows > limits.rows:
        raise _refused(
            _("El archivo tiene más de 50 000 filas. Divídalo en varios, por ejemplo uno por año.")
        )
    area = max(extent.rows * extent.columns, extent.values)
    if area > limits.area:
        raise _refused(_TOO_LARGE)
    return area


def _refused(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})
