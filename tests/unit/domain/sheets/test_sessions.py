"""Rows of sessions: what is ignored, what is rejected under which name, and what a good row says."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.money import Money
from service.domain.sheets.faults import Rejection
from service.domain.sheets.persons import Document, Person
from service.domain.sheets.read import read_sheet
from service.domain.sheets.sessions import parse_sessions
from tests.unit.domain.sheets.builders import (
    HEADINGS,
    LIMA,
    PSYCHOTHERAPISTS,
    ROW,
    csv_bytes,
    nobody,
    parsed,
    row,
    sheet_of,
    utc,
    xlsx_bytes,
)

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\t\n"), max_size=30)
SANTIAGO = ZoneInfo("America/Santiago")


def rejection(cells: dict[str, Any], zone: ZoneInfo = LIMA) -> Rejection:
    result = parsed(cells, zone=zone)
    assert not result.rows
    [found] = result.rejections
    return found


def test_a_good_row_says_everything() -> None:
    [session] = parsed(row(Estado="Realizada", Nota="primera vez")).rows
    assert session.row == 2
    assert session.person == Person(
        "Rosa", "Quispe", Document("DNI", "40506070"), "rosa@example.com", "+51990083450", "1990-02-01"
    )
    assert session.psychotherapist_id == "dicki"
    assert (session.starts_at, session.ends_at) == (utc("2024-03-05T15:00"), utc("2024-03-05T15:50"))
    assert (session.local_date, session.modality) == ("2024-03-05", "virtual")
    assert session.price == Money(8545, "PEN")
    assert (session.status, session.note) == ("done", "primera vez")


def test_an_excel_row_says_the_same_as_a_typed_one() -> None:
    real = [
        date(2024, 3, 5),
        time(10, 0),
        time(10, 50),
        "Rosa Quispe",
        40506070,
        "rosa@example.com",
        990083450,
    ]
    real += [date(1990, 2, 1), "Jose Dicki", "Virtual", "S/", 85.45]
    sheet = read_sheet(xlsx_bytes([HEADINGS, real]))
    assert parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA).rows == parsed(row()).rows


def test_a_row_needs_no_contact_and_the_day_is_the_centres() -> None:
    [session] = parsed(nobody(Hora_inicio="23:00", Hora_fin="23:50", Fecha="31/12/2023")).rows
    assert session.person == Person("Rosa", "Quispe")
    assert session.starts_at == utc("2024-01-01T04:00")
    assert session.local_date == "2023-12-31"


@pytest.mark.parametrize(
    ("cells", "column", "value", "code"),
    [
        ({"Fecha": "31/02/2024"}, "Fecha", "31/02/2024", "date"),
        ({"Fecha": ""}, "Fecha", "", "date"),
        ({"Hora_inicio": "25:00"}, "Hora inicio", "25:00", "start_time"),
        ({"Hora_fin": "tarde"}, "Hora fin", "tarde", "end_time"),
        ({"Hora_fin": "00:00"}, "Hora fin", "00:00", "end_before_start"),
        ({"Hora_fin": "10:00"}, "Hora fin", "10:00", "end_before_start"),
        ({"Hora_fin": "09:59"}, "Hora fin", "09:59", "end_before_start"),
        ({"Paciente": " "}, "Paciente", "", "name_missing"),
        ({"Paciente": "Rosa"}, "Paciente", "Rosa", "name"),
        ({"DNI": "123"}, "DNI", "123", "document"),
        ({"Correo": "rosa"}, "Correo", "rosa", "email"),
        ({"Celular": "12"}, "Celular", "12", "phone"),
        ({"Fecha_de_nacimiento": "01/02/90"}, "Fecha de nacimiento", "01/02/90", "birth_date"),
        ({"Fecha_de_nacimiento": "06/03/2024"}, "Fecha de nacimiento", "06/03/2024", "birth_date"),
        ({"Psicoterapeuta": ""}, "Psicoterapeuta", "", "psychotherapist_missing"),
        ({"Psicoterapeuta": "Nadie Conocido"}, "Psicoterapeuta", "Nadie Conocido", "psychotherapist_unknown"),
        ({"Psicoterapeuta": "Ana Paz"}, "Psicoterapeuta", "Ana Paz", "psychotherapist_ambiguous"),
        ({"Tipo": "Híbrido"}, "Tipo", "Híbrido", "type"),
        ({"Tipo": ""}, "Tipo", "", "type"),
        ({"Moneda": "euros"}, "Moneda", "euros", "currency"),
        ({"Moneda": ""}, "Moneda", "", "currency"),
        ({"Monto": "US$ 20"}, "Monto", "US$ 20", "currency_mismatch"),
        ({"Monto": "pendiente"}, "Monto", "pendiente", "amount_not_a_number"),
        ({"Monto": ""}, "Monto", "", "amount_not_a_number"),
        ({"Monto": "-50.00"}, "Monto", "-50.00", "amount_negative"),
        ({"Estado": "quizás"}, "Estado", "quizás", "status"),
    ],
)
def test_a_bad_cell_rejects_its_row_under_its_name(cells: Any, column: str, value: str, code: str) -> None:
    found = rejection(row(**cells))
    assert (found.row, found.column, found.value, found.code) == (2, column, value, code)
    assert found.reason.endswith(".")
    assert found.cells[: len(ROW)] == tuple({**ROW, **row(**cells)}[title] for title in ROW) or value == ""
    assert not found.further


def test_all_that_is_wrong_with_a_row_is_found_at_once() -> None:
    found = rejection(row(Fecha="x", Psicoterapeuta="", Monto="-1"))
    assert found.code == "date"
    assert [finding.code for finding in found.further] == ["psychotherapist_missing", "amount_negative"]


def test_rows_and_rejections_keep_the_order_of_the_file() -> None:
    result = parsed(row(Fecha="x"), row(), row(Tipo="y"), row(Hora_inicio="09:00"))
    assert [found.row for found in result.rejections] == [2, 4]
    assert [session.row for session in result.rows] == [3, 5]


def test_a_symbol_is_enough_where_there_is_no_currency_column() -> None:
    titles = [title for title in HEADINGS if title != "Moneda"]
    sheet = sheet_of(row(Monto="US$ 20"), row(Monto="20"), headings=titles)
    result = parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA)
    assert [session.price for session in result.rows] == [Money(2000, "USD")]
    assert [(found.column, found.code) for found in result.rejections] == [("Moneda", "currency")]


def test_names_from_two_columns() -> None:
    titles = ["Nombres" if title == "Paciente" else title for title in HEADINGS] + ["Apellidos"]
    sheet = sheet_of({**row(), "Nombres": "ROSA MARÍA", "Apellidos": "Quispe"}, headings=titles)
    [session] = parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA).rows
    assert (session.person.given_names, session.person.family_names) == ("Rosa María", "Quispe")
    missing = sheet_of({**row(), "Nombres": "Rosa", "Apellidos": ""}, headings=titles)
    [found] = parse_sessions(missing, PSYCHOTHERAPISTS, LIMA).rejections
    assert (found.column, found.code) == ("Apellidos", "name_missing")


def test_a_real_time_of_another_day_is_refused() -> None:
    cells = [*ROW.values()]
    cells[2] = datetime(2024, 3, 6, 10, 50)  # type: ignore[call-overload]
    found = parse_sessions(read_sheet(xlsx_bytes([HEADINGS, cells])), PSYCHOTHERAPISTS, LIMA).rejections
    assert [(rejected.column, rejected.code) for rejected in found] == [("Hora fin", "end_time")]


def test_a_time_that_the_clock_skips_is_refused() -> None:
    """In Santiago the clock went from 00:00 to 01:00 on 8 September 2024."""
    found = rejection(row(Fecha="08/09/2024", Hora_inicio="00:30", Hora_fin="01:30"), zone=SANTIAGO)
    assert (found.column, found.code) == ("Hora inicio", "time_does_not_exist")
    [session] = parsed(row(Fecha="08/09/2024", Hora_inicio="01:00", Hora_fin="01:50"), zone=SANTIAGO).rows
    assert session.starts_at == utc("2024-09-08T04:00")


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    """In Santiago the clock went back from 24:00 to 23:00 on 6 April 2024."""
    [session] = parsed(row(Fecha="06/04/2024", Hora_inicio="23:10", Hora_fin="23:50"), zone=SANTIAGO).rows
    assert (session.starts_at, session.ends_at) == (utc("2024-04-07T02:10"), utc("2024-04-07T02:50"))


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"Paciente": " \u00a0"},
        {"Fecha": "TOTAL", "Monto": "5,872.13"},
        {"Fecha": "Sub-total enero", "Monto": "1"},
        {"Hora inicio": "Suma", "Monto": "1"},
        {"Fecha": "Totales:"},
        {"Paciente": "Total", "Monto": "99"},
        {"Paciente": "TOTAL GENERAL:", "Monto": "99"},
        {"Color": "azul"},
    ],
)
def test_empty_rows_and_typed_totals_are_ignored(cells: dict[str, str]) -> None:
    sheet = sheet_of(row(), cells, row(Hora_inicio="08:00"), headings=[*HEADINGS, "Color"])
    result = parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA)
    assert (result.ignored, len(result.rows), result.rejections) == (1, 2, [])


@pytest.mark.parametrize(
    "cells",
    [
        {**ROW, "Fecha": "TOTAL"},
        {"Fecha": "Totalmente", "Monto": "5"},
        {"Fecha": "Resumen", "Monto": "5"},
        {"Paciente": "Suma Quispe", "Monto": "5"},
        {"Paciente": "Total", "Psicoterapeuta": "Jose Dicki", "Monto": "5"},
        {"Monto": "5,872.13"},
    ],
)
def test_what_only_looks_like_a_total_is_rejected_and_seen(cells: dict[str, str]) -> None:
    result = parse_sessions(sheet_of(cells, headings=HEADINGS), PSYCHOTHERAPISTS, LIMA)
    assert (result.ignored, len(result.rejections)) == (0, 1)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(TEXT, max_size=13), min_size=1, max_size=4))
def test_no_text_in_cells_makes_parsing_crash(table: list[list[str]]) -> None:
    sheet = read_sheet(csv_bytes([HEADINGS, [*ROW.values()], *table]))
    result = parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA)
    assert len(result.rows) + len(result.rejections) + result.ignored == len(sheet.rows)
