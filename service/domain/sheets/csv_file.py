"""Text files of cells: comma, semicolon or tab between them; UTF-8, UTF-16 or Windows' Latin-1."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from service.domain.sheets.headings import ROWS_TO_LOOK_AT, Table, likeness
from service.errors import InvalidInput
from service.texts import _

DELIMITERS = (",", ";", "\t")
#: Longer is no cell but a quotation mark that is never closed.
LONGEST_CELL = 32_767

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[,;\t])"?\r?\n', re.IGNORECASE)
#: Control characters that no text has; \x1a ends a file of old.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def csv_table(content: bytes, max_rows: int) -> Table:
    """All rows of a text file, as a spreadsheet would number them; empty cells are None.

    InvalidInput on `file`: no text, quotation marks that do not match, many more than `max_rows`.
    """
    text = _text(content)
    delimiter, text = _delimiter(text)
    table: Table = []
    for cells in _rows(text, delimiter):
        filled = any(map(str.strip, cells))
        if len(table) >= max_rows + ROWS_TO_LOOK_AT and filled:
            raise _refused(
                _("El archivo tiene más de 50 000 filas. Divídalo en varios, por ejemplo uno por año.")
            )
        if len(table) < max_rows + ROWS_TO_LOOK_AT:
            table.append([cell or None for cell in cells])
    while table and not table[-1]:
        table.pop()
    return table


def _text(content: bytes) -> str:
    if content.startswith(b"%PDF") or content.lstrip()[:1] == b"<":
        raise _no_spreadsheet()
    text = _decoded(content)
    if _BINARY.search(text):
        raise _no_spreadsheet()
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter with which the headings are best understood, and the text without Excel's "sep=" line."""
    said = _SEPARATOR_LINE.match(text)
    if said:
        return said["delimiter"], text[said.end() :]
    return max(DELIMITERS, key=lambda delimiter: likeness(_first_rows(text, delimiter))), text


def _first_rows(text: str, delimiter: str) -> Table:
    lines = islice(io.StringIO(text, newline=""), ROWS_TO_LOOK_AT)
    try:
        return [[*cells] for cells in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text.rstrip("\x1a"), newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _bad_quotes(number) from error
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise _bad_quotes(number)
        yield cells


def _bad_quotes(row: int) -> InvalidInput:
    return _refused(
        _("Las comillas de la fila %(row)s no cierran bien: corríjala y suba el archivo de nuevo.", row=row)
    )


def _no_spreadsheet() -> InvalidInput:
    return _refused(_("El archivo no es una hoja de cálculo. Suba un .csv o un .xlsx."))


def _refused(message: str) -> InvalidInput:
    return InvalidInput({"file": [message]})
