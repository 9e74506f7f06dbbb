"""Files made to hurt, or damaged: refused within bounds, whatever is in them."""

import contextlib
import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.domain.sheets import xlsx_file
from service.domain.sheets.read import read_sheet
from service.errors import InvalidInput
from tests.unit.domain.sheets.builders import (
    CELLS,
    HEADINGS,
    SHEET_XML,
    changed_part,
    refusal,
    xlsx_bytes,
)

GOOD = xlsx_bytes([HEADINGS, CELLS])


def test_a_protected_zip_is_refused() -> None:
    content = bytearray(GOOD)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert "contraseña" in refusal(bytes(content))


def sheet_data(inside: bytes) -> Callable[[bytes], bytes]:
    return lambda _: b"<worksheet><sheetData>" + inside + b"</sheetData></worksheet>"


#: In UTF-16 a comment, which the reader would take for a far cell in UTF-8.
HIDDEN = (
    "<?xml version='1.0'?><worksheet><!--".encode("utf-16")
    + b'<sheetData><row><c r="A1"><v>1</v></c><c r="A1048576"><v>1</v></c></row></sheetData> '
    + "--></worksheet>".encode("utf-16-le")
)


@pytest.mark.parametrize(
    ("part", "change", "part_of_the_message"),
    [
        # One cell at the end of the sheet: the reader would reserve 17 thousand million cells and abort.
        (SHEET_XML, sheet_data(b'<row><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'), "50 000"),
        (SHEET_XML, sheet_data(b'<row><c r="A1"><v>1</v></c><c r="XFD4000"><v>1</v></c></row>'), "demasiado"),
        (SHEET_XML, sheet_data(b'<row><c r="A1"><v>1</v></c><c r="A99999999"><v>1</v></c></row>'), "dañado"),
        (SHEET_XML, sheet_data(b'<row r="-1"><c><v>1</v></c></row>'), "dañado"),
        (SHEET_XML, sheet_data(b"<row><c><v>1</v></row>"), "dañado"),
        (SHEET_XML, lambda xml: xml.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1), "dañado"),
        (SHEET_XML, lambda _: HIDDEN, "dañado"),
    ],
)  # fmt: skip
def test_an_excel_file_made_to_hurt_is_refused(
    part: str, change: Callable[[bytes], bytes], part_of_the_message: str
) -> None:
    assert part_of_the_message in refusal(changed_part(GOOD, part, change))


def test_an_excel_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_UNPACKED", 1_000_000)
    bomb = changed_part(
        GOOD, SHEET_XML, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 1_000_000)
    )
    assert len(bomb) < 20_000
    assert "demasiado grande por dentro" in refusal(bomb)


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    size = 3_000_000
    bomb = changed_part(
        GOOD, SHEET_XML, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * size)
    )
    with zipfile.ZipFile(io.BytesIO(bomb)) as file:
        true_size = struct.pack("<I", file.getinfo(SHEET_XML).file_size)
    assert bomb.count(true_size) == 2
    assert "dañado" in refusal(bomb.replace(true_size, struct.pack("<I", 5000)))


def test_many_small_values_cannot_add_up_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file._Limits, "__init__", _with_area(1000))
    assert read_sheet(GOOD).rows
    strings = changed_part(GOOD, "xl/sharedStrings.xml", lambda _: b"<sst>" + b"<si/>" * 1001 + b"</sst>")
    same_cell = changed_part(
        GOOD, SHEET_XML, sheet_data(b"<row>" + b'<c r="A1"><v>1</v></c>' * 1001 + b"</row>")
    )
    assert "demasiado grande por dentro" in refusal(strings)
    assert "demasiado grande por dentro" in refusal(same_cell)


def _with_area(area: int) -> Callable[..., None]:
    def init(self: Any, rows: int) -> None:
        self.rows, self.area = rows, area

    return init


def test_one_part_that_stands_for_many_sheets_cannot_add_up_to_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def more(workbook: Any, worksheet: Any) -> None:
        for n in range(9):
            workbook.add_worksheet(f"Hoja {n}")

    content = xlsx_bytes([HEADINGS, CELLS], more)
    same = changed_part(content, "xl/_rels/workbook.xml.rels", _all_to_the_first)
    monkeypatch.setattr(xlsx_file, "MAX_AREA", 10 * 24 - 1)
    assert "demasiado grande por dentro" in refusal(same)


def _all_to_the_first(rels: bytes) -> bytes:
    for n in range(2, 11):
        rels = rels.replace(f"worksheets/sheet{n}.xml".encode(), b"worksheets/sheet1.xml")
    return rels


def test_a_book_of_very_many_sheets_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_SHEETS", 1)
    content = xlsx_bytes([HEADINGS, CELLS], lambda workbook, _: workbook.add_worksheet("Otra"))
    assert "más de 1 hojas" in refusal(content)


def test_a_panic_of_the_reader_is_a_damaged_file() -> None:
    def far_away(workbook: xlsxwriter.Workbook, worksheet: Any) -> None:
        worksheet.write_number(1, 0, -1e300, workbook.add_format({"num_format": "dd/mm/yyyy"}))

    assert "dañado" in refusal(xlsx_bytes([HEADINGS, CELLS], far_away))


@settings(deadline=None, max_examples=300)
@given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda tail: b"PK\x03\x04" + tail))
@example(b'"')
@example(b"\xff\xfe\x00")
@example(b"sep=;\n")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
def test_no_bytes_at_all_make_reading_crash(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_sheet(content)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_damaged_excel_file_reads_or_is_refused(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from([SHEET_XML, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]))

    def damage(xml: bytes) -> bytes:
        at = data.draw(st.integers(0, len(xml)))
        return xml[:at] + data.draw(st.binary(max_size=8)) + xml[at + data.draw(st.integers(0, 40)) :]

    with contextlib.suppress(InvalidInput):
        read_sheet(changed_part(GOOD, part, damage))
