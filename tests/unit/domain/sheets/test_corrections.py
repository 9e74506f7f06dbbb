"""Rejected rows as a file to correct: it says what is wrong, harms nobody, and can be imported again."""

from service.domain.sheets.corrections import corrections
from service.domain.sheets.read import read_sheet
from service.domain.sheets.sessions import parse_sessions
from tests.unit.domain.sheets.builders import HEADINGS, LIMA, PSYCHOTHERAPISTS, csv_bytes, row, sheet_of


def test_what_is_wrong_stands_beside_each_row() -> None:
    sheet = sheet_of(row(), row(Fecha="x", Tipo="y"))
    [titles, line] = corrections(
        sheet.headings.titles, parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA).rejections
    )
    assert titles == [*HEADINGS, "Fila", "Columna", "Motivo"]
    assert line[:4] == ["x", "10:00", "10:50", "Rosa Quispe"]
    assert line[-3:-1] == ["3", "Fecha, Tipo"]
    assert line[-1] == "Escriba una fecha que exista, como 31/07/2026. Escriba Presencial o Virtual."


def test_corrected_it_is_imported_and_a_second_round_has_no_old_remarks() -> None:
    cells = row(Fecha="x", Celular="+51 990083450", Nota="=1+1", Monto="-5")
    sheet = sheet_of(cells)
    table = corrections(sheet.headings.titles, parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA).rejections)
    again = read_sheet(csv_bytes(table))
    rejections = parse_sessions(again, PSYCHOTHERAPISTS, LIMA).rejections
    assert corrections(again.headings.titles, rejections) == [table[0], [*table[1][:-3], "2", *table[1][-2:]]]
    corrected = read_sheet(csv_bytes([table[0], ["05/03/2024", *table[1][1:11], "5", *table[1][12:]]]))
    [session] = parse_sessions(corrected, PSYCHOTHERAPISTS, LIMA).rows
    assert (session.person.phone, session.note) == ("+51990083450", "=1+1")


def test_no_cell_is_left_that_a_spreadsheet_would_run() -> None:
    sheet = sheet_of(
        row(Fecha="x", Paciente='=HYPERLINK("http://x.pe")', Celular="+51 9", Nota="@x", Monto="-50.00")
    )
    [_, line] = corrections(sheet.headings.titles, parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA).rejections)
    assert [cell for cell in line if cell.startswith(("=", "+", "-", "@"))] == []
    assert "'-50.00" in line
