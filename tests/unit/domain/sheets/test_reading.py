"""Bytes as sheets: text files of every making, Excel files, and everything that is neither."""

import contextlib
import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.domain.sheets import csv_file, read, xlsx_file
from service.domain.sheets.read import Sheet, read_sheet
from service.errors import InvalidInput
from tests.unit.domain.sheets.builders import HEADINGS, ROW, changed_part, csv_bytes, xlsx_bytes

CELLS = list(ROW.values())
SHEET_XML = "xl/worksheets/sheet1.xml"


def refusal(content: bytes) -> str:
    """The one message with which a file is refused."""
    with pytest.raises(InvalidInput) as caught:
        read_sheet(content)
    assert list(caught.value.errors) == ["file"]
    [message] = caught.value.errors["file"]
    return message


def cells(sheet: Sheet) -> list[list[Any]]:
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_text_files_of_every_making_read_the_same(delimiter: str, encoding: str) -> None:
    row = [*CELLS[:3], "Íñigo Peña", *CELLS[4:-1], "1.234,50"]
    sheet = read_sheet(csv_bytes([HEADINGS, row], delimiter, encoding))
    assert sheet.kind == "sessions"
    assert cells(sheet) == [row]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_rows_count_as_in_a_spreadsheet(line_end: str) -> None:
    lines = [",".join(HEADINGS), "", ",".join(CELLS), ",,,", '"05/03/2024","10:00"', ""]
    sheet = read_sheet(line_end.join(lines).encode())
    assert [row.number for row in sheet.rows] == [2, 3, 4, 5]
    assert sheet.row(3).cells == CELLS
    assert sheet.row(5).cells == ["05/03/2024", "10:00", *[None] * 10]


def test_a_line_break_in_quotes_does_not_begin_a_row() -> None:
    content = csv_bytes([[*HEADINGS, "Nota"], [*CELLS, "una\nnota\r\nlarga"], [*CELLS, ""]])
    assert [row.number for row in read_sheet(content).rows] == [2, 3]


def test_quotation_marks_that_do_not_match_are_named_by_row() -> None:
    lines = [",".join(HEADINGS), ",".join(CELLS), '"Rosa, 1', *[",".join(CELLS)] * 3]
    assert "fila 3" in refusal("\n".join(lines).encode())
    assert "fila 3" in refusal("\n".join([*lines, 'x"y,2', ""]).encode())


def test_the_line_with_which_excel_says_its_separator_is_no_row() -> None:
    sheet = read_sheet(b"sep=;\r\n" + csv_bytes([HEADINGS, CELLS], ";"))
    assert [row.number for row in sheet.rows] == [2]


def test_a_title_may_stand_above_the_headings() -> None:
    sheet = read_sheet(csv_bytes([["Centro Sol, citas de 2024"], [], HEADINGS, CELLS]))
    assert sheet.headings.row == 3
    assert [row.number for row in sheet.rows] == [4]


def test_excel_cells_keep_their_types_and_their_place() -> None:
    row = [
        date(2024, 3, 5),
        time(10, 0),
        datetime(2024, 3, 5, 10, 50),
        "Rosa Quispe",
        40506070,
        *CELLS[5:11],
        85.45,
    ]
    sheet = read_sheet(xlsx_bytes([[], HEADINGS, [], row]))
    assert sheet.headings.row == 2
    assert [row.number for row in sheet.rows] == [3, 4]
    assert sheet.row(4).cells[:5] == [
        date(2024, 3, 5),
        time(10, 0),
        datetime(2024, 3, 5, 10, 50),
        "Rosa Quispe",
        40506070.0,
    ]
    assert sheet.row(4).cells[-1] == 85.45


def test_the_only_visible_sheet_with_headings_is_read() -> None:
    def more(workbook: Any, worksheet: Any) -> None:
        workbook.add_worksheet("Resumen").write_row(0, 0, ["Total", 5])
        hidden = workbook.add_worksheet("Vieja")
        hidden.write_row(0, 0, HEADINGS)
        hidden.write_row(1, 0, CELLS)
        hidden.hide()

    assert cells(read_sheet(xlsx_bytes([HEADINGS, CELLS], more))) == [CELLS]


def test_two_sheets_with_data_are_refused_because_rows_would_be_lost() -> None:
    def more(workbook: Any, worksheet: Any) -> None:
        february = workbook.add_worksheet("Febrero")
        february.write_row(0, 0, HEADINGS)
        february.write_row(1, 0, CELLS)

    assert "«Citas», «Febrero»" in refusal(xlsx_bytes([HEADINGS, CELLS], more))


def plain_zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return file.getvalue()


GOOD = xlsx_bytes([HEADINGS, CELLS])
with zipfile.ZipFile(io.BytesIO(GOOD)) as good:
    STORED = plain_zip({name: good.read(name) for name in good.namelist()})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "part_of_the_message"),
    [
        (b"", "vacío"),
        (b"\xef\xbb\xbf", "vacío"),
        (b",,,\n,\n \n", "vacío"),
        (xlsx_bytes([]), "vacío"),
        (csv_bytes([HEADINGS]), "no tiene filas"),
        (csv_bytes([HEADINGS, [""] * 12]), "no tiene filas"),
        (xlsx_bytes([HEADINGS]), "no tiene filas"),
        (b"%PDF-1.7\n...", "no es una hoja"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no es una hoja"),
        (b"<html><table><tr><td>Fecha</td></tr></table>", "no es una hoja"),
        (b"\x00" * 100, "no es una hoja"),
        (plain_zip({"word/document.xml": b"<w/>"}), "no es una hoja"),
        (plain_zip({}), "no es una hoja"),
        (plain_zip({"content.xml": b"<o/>"}), "como .xlsx"),
        (plain_zip({"xl/workbook.bin": b"x"}), ".xlsb"),
        (OLE + b"\x00" * 600, "guárdelo como .xlsx"),
        (OLE + b"\x00" * 99 + "EncryptedPackage".encode("utf-16-le"), "contraseña"),
        (GOOD[: len(GOOD) // 2], "dañado"),
        (STORED.replace(b"Paciente", b"Pacient3"), "dañado"),
        (plain_zip({"xl/workbook.xml": b"<workbook/>"}), "dañado"),
        (plain_zip({"xl/workbook.xml": b"no xml"}), "dañado"),
        (b"uno,dos\n1,2\n", "No reconocemos los encabezados"),
        (b"x" * (read.MAX_BYTES + 1), "más de 10 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(content: bytes, part_of_the_message: str) -> None:
    assert part_of_the_message in refusal(content)


def test_a_protected_zip_is_refused() -> None:
    content = bytearray(GOOD)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert "contraseña" in refusal(bytes(content))


def sheet_data(inside: bytes) -> Callable[[bytes], bytes]:
    return lambda _: b"<worksheet><sheetData>" + inside + b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    ("part", "change", "part_of_the_message"),
    [
        # One cell at the end of the sheet: the reader would reserve 17 thousand million cells and abort.
        (SHEET_XML, sheet_data(b'<row><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'), "50 000"),
        (SHEET_XML, sheet_data(b'<row><c r="A1"><v>1</v></c><c r="XFD4000"><v>1</v></c></row>'), "demasiado"),
        (SHEET_XML, sheet_data(b'<row><c r="A1"><v>1</v></c><c r="A99999999"><v>1</v></c></row>'), "dañado"),
        (SHEET_XML, sheet_data(b'<row r="-1"><c><v>1</v></c></row>'), "dañado"),
        (SHEET_XML, sheet_data(b"<row><c><v>1</v></row>"), "dañado"),
        ("xl/workbook.xml", lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml, "dañado"),
        ("xl/workbook.xml", lambda xml: xml.decode().encode("utf-16"), "dañado"),
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
    assert cells(read_sheet(GOOD))
    strings = changed_part(GOOD, "xl/sharedStrings.xml", lambda _: b"<sst>" + b"<si/>" * 1001 + b"</sst>")
    same_cell = changed_part(
        GOOD, SHEET_XML, sheet_data(b"<row>" + b'<c r="A1"><v>1</v></c>' * 1001 + b"</row>")
    )
    assert "demasiado grande por dentro" in refusal(strings)
    assert "demasiado grande por dentro" in refusal(same_cell)


def _with_area(area: int) -> Callable[..., None]:
    def init(self: Any, rows: int) -> None:
        self.rows, self.unpacked, self.area = rows, xlsx_file.MAX_UNPACKED, area

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


@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_there_is_a_most_of_rows(make: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_ROWS", 50)
    assert len(read_sheet(make([HEADINGS, *[CELLS] * 50, [""] * 12])).rows) == 50
    assert "más de 50 000 filas" in refusal(make([HEADINGS, *[CELLS] * 51]))
    assert "más de 50 000 filas" in refusal(make([HEADINGS, *[CELLS] * 100]))


def test_endless_cells_are_taken_for_quotation_marks_that_do_not_match(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_file, "LONGEST_CELL", 30)
    assert "fila 2" in refusal(csv_bytes([HEADINGS, ["x" * 31, *CELLS[1:]]]))


@settings(deadline=None, max_examples=300)
@given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda tail: b"PK\x03\x04" + tail))
@example(b'"')
@example(b"\xff\xfe\x00")
@example(b"sep=;\n")
@example(OLE)
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
