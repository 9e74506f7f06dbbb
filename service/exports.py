"""A list as a file: the same rows as CSV or as an Excel workbook, in the language in force."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from service import formats
from service.domain.exported import Column, ColumnKind, Table, Value
from service.domain.spreadsheet_cells import harmless
from service.languages import translated

#: More rows than this no file takes; what an import reads has the same limit.
MAX_ROWS = 50_000

_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER_FORMATS: dict[ColumnKind, str] = {
    "time": "hh:mm",
    "count": "0",
    "money": "#,##0.00",
    "decimal": "0.00",
    "percent": "0.00%",
}
_DAY_FORMATS = {"es": "dd/mm/yyyy", "en": "d mmm yyyy"}
_NARROWEST, _WIDEST = 9, 40
#: Rows whose texts say how wide a column has to be.
_LOOKED_AT = 500


def csv_file(table: Table) -> bytes:
    """Comma-separated UTF-8 with BOM; days and times as ISO 8601, amounts as "1234.50", percents as "37.5".

    No text begins with what a spreadsheet would run.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(translated(column.heading) for column in table.columns)
    for row in table.rows:
        writer.writerow(_written(value, column.kind) for value, column in _cells(row, table))
    return text.getvalue().encode("utf-8-sig")


def xlsx_file(table: Table) -> bytes:
    """An Excel workbook of one sheet: real days, times and numbers; text is only ever text."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(translated(table.name)[:31])
        forms = {**_NUMBER_FORMATS, "day": _DAY_FORMATS[formats.locale().language]}
        styles = {kind: book.add_format({"num_format": form}) for kind, form in forms.items()}
        bold = book.add_format({"bold": True, "bottom": 1})
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, _width(table, index))
            sheet.write_string(0, index, translated(column.heading), bold)
        for number, row in enumerate(table.rows, 1):
            for index, (value, column) in enumerate(_cells(row, table)):
                _put(sheet, number, index, value, styles.get(column.kind))
        sheet.freeze_panes(1, 0)
    return file.getvalue()


#: Ending of a file's name → how it is written, and its media type.
FORMATS: dict[str, tuple[Callable[[Table], bytes], str]] = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_file, _XLSX_TYPE),
}


def _cells(row: tuple[Value, ...], table: Table) -> Iterator[tuple[Value, Column]]:
    return zip(map(translated, row), table.columns, strict=True)


def _written(value: Value, kind: ColumnKind) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, Decimal):
        text = f"{value:.2f}"
        return text.rstrip("0").rstrip(".") if kind == "percent" else text
    return value.isoformat() if isinstance(value, date) else str(value)


def _put(sheet: Any, row: int, column: int, value: Value, form: Any) -> None:
    """Excel counts days from 1900 and keeps a percent as its hundredth."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, date | time):
        sheet.write_datetime(row, column, value, form)
    else:
        hundredth = isinstance(value, Decimal) and form.num_format == _NUMBER_FORMATS["percent"]
        sheet.write_number(row, column, value / 100 if hundredth else value, form)


def _width(table: Table, index: int) -> int:
    texts = (translated(row[index]) for row in table.rows[:_LOOKED_AT])
    longest = max((len(str(text)) for text in texts if text is not None), default=0)
    return min(max(longest, len(translated(table.columns[index].heading)), _NARROWEST) + 1, _WIDEST)
