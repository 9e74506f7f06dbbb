"""Bytes as sheets: text files of every making, Excel files, and everything that is neither."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest

from service.domain.sheets import csv_file, read
from service.domain.sheets.read import Sheet, read_sheet
from tests.unit.domain.sheets.builders import (
    CELLS,
    HEADINGS,
    csv_bytes,
    plain_zip,
    refusal,
    xlsx_bytes,
)


def cells(sheet: Sheet) -> list[list[Any]]:
    return [row.cells for row in sheet.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_text_files_of_every_making_read_the_same(delimiter: str, encoding: str) -> None:
    row = [*CELLS[:3], "Íñigo Peña", *CELLS[4:-1], "1.234,50"]
    sheet = read_sheet(csv_bytes([HEADINGS, row], delimiter, encoding))
    assert sheet.kind == "sessions"
    assert cells(sheet) == [row]


def test_a_byte_order_mark_may_stand_before_a_quoted_heading() -> None:
    quoted = ",".join(f'"{title}"' for title in HEADINGS)
    assert cells(read_sheet(f"\ufeff{quoted}\n{','.join(CELLS)}\n".encode())) == [CELLS]


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
