"""A table as CSV and as Excel: the same rows come back, and no cell of either is ever run."""

import csv
import io
import zipfile
from datetime import date, time
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from service.domain.exported import Column, Table, Value
from service.domain.spreadsheet_cells import carried
from service.exports import csv_file, xlsx_file
from tests.unit.domain.test_spreadsheet_cells import DANGEROUS, nasty

COLUMNS = (
    Column("Texto"),
    Column("Día", "day"),
    Column("Hora", "time"),
    Column("Número", "count"),
    Column("Monto", "money"),
    Column("Comisión (%)", "percent"),
)
hundredths = st.integers(0, 99_999_999_99).map(lambda cents: Decimal(cents).scaleb(-2))
rows = st.lists(
    st.tuples(
        st.none() | nasty.map(carried),
        st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31)),
        st.none() | st.times().map(lambda clock: clock.replace(microsecond=0)),
        st.none() | st.integers(0, 10**6),
        st.none() | hundredths,
        st.integers(0, 10_000).map(lambda points: Decimal(points).scaleb(-2)),
    ),
    max_size=6,
)


def table(rows: list[Any]) -> Table:
    return Table("citas-2026-10", COLUMNS, rows)


def csv_cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@given(rows)
def test_no_text_of_a_csv_file_begins_as_a_formula(rows: list[tuple[Value, ...]]) -> None:
    cells = csv_cells(csv_file(table(rows)))
    assert len(cells) == len(rows) + 1
    assert not [cell for row in cells for cell in row if cell.startswith(DANGEROUS)]


@given(rows)
@settings(max_examples=40, deadline=None)
def test_an_excel_file_read_back_has_the_same_rows(rows: list[tuple[Value, ...]]) -> None:
    content = xlsx_file(table(rows))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    headings, *read = sheet.to_python()
    assert headings == [column.heading for column in COLUMNS]
    assert [as_written(row) for row in read] == [tuple("" if v is None else v for v in row) for row in rows]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def as_written(row: list[Any]) -> tuple[Any, ...]:
    """A row as calamine reads it: a count and an amount are floats there, a percent its hundredth."""
    text, day, clock, count, amount, percent = row
    numbers = (
        count if count == "" else int(count),
        amount if amount == "" else round(Decimal(repr(amount)), 2),
        round(Decimal(repr(percent)) * 100, 2),
    )
    return (text, day, clock, *numbers)


def test_how_a_csv_file_writes_each_kind_of_cell() -> None:
    cells = ("=1+1", date(2026, 7, 31), time(9, 50), 3, Decimal("1234.50"), Decimal("37.50"))
    content = csv_file(
        table([cells, (None,) * 6, ("a", None, time(9, 50, 30), 0, Decimal("0.00"), Decimal(0))])
    )
    assert content.startswith("\ufeffTexto,".encode())
    assert csv_cells(content)[1:] == [
        ["'=1+1", "2026-07-31", "09:50", "3", "1234.50", "37.5"],
        [""] * 6,
        ["a", "", "09:50:30", "0", "0.00", "0"],
    ]


def test_an_excel_file_keeps_its_headings_in_sight_and_columns_wide_enough() -> None:
    content = xlsx_file(table([("Lucía Fernández Ñahui", None, None, None, None, None)]))
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert '<col min="1" max="1" width="22.7' in xml
