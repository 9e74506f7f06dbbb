"""Sheets of psychotherapists: what a row says, who is added, who is there already."""

from typing import Any

import pytest

from service.domain.money import Money
from service.domain.sheets.persons import Document
from service.domain.sheets.psychotherapists import (
    KnownPsychotherapist,
    PsychotherapistPlan,
    parse_psychotherapists,
    plan_psychotherapists,
)
from service.domain.sheets.read import Sheet, read_sheet
from tests.unit.domain.sheets.builders import csv_bytes, xlsx_bytes

HEADINGS = ["Psicoterapeuta", "DNI", "Correo", "Teléfono", "Comisión (%)", "Tarifa", "Moneda", "Colegiatura"]
ROW = ["Ronald Emard", "45781960", "r@example.com", "+51 963291593", "37,5%", "200.00", "PEN", "C-123"]


def changed(**cells: Any) -> list[Any]:
    return list({**dict(zip(HEADINGS, ROW, strict=True)), **cells}.values())


def sheet(*rows: list[Any]) -> Sheet:
    return read_sheet(csv_bytes([HEADINGS, *rows]))


def plan(*rows: list[Any], known: tuple[KnownPsychotherapist, ...] = ()) -> PsychotherapistPlan:
    read = sheet(*rows)
    return plan_psychotherapists(read, parse_psychotherapists(read), known)


def stored(*rows: list[Any]) -> tuple[KnownPsychotherapist, ...]:
    return tuple(
        KnownPsychotherapist(f"id-{n}", row.person, row.commission_bp, row.price)
        for n, row in enumerate(plan(*rows).new)
    )


def test_a_row_says_who_and_on_which_terms() -> None:
    [row] = parse_psychotherapists(sheet(ROW)).rows
    assert row.person.name == "Ronald Emard"
    assert row.person.document == Document("DNI", "45781960")
    assert (row.person.email, row.person.phone) == ("r@example.com", "+51963291593")
    assert (row.commission_bp, row.price, row.license_number) == (3750, Money(20000, "PEN"), "C-123")


def test_an_excel_percent_is_the_percent_it_shows() -> None:
    content = xlsx_bytes([HEADINGS, [*ROW[:4], 0.375, 200, "PEN", ""]])
    [row] = parse_psychotherapists(read_sheet(content)).rows
    assert (row.commission_bp, row.price, row.license_number) == (3750, Money(20000, "PEN"), None)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("Psicoterapeuta", "", "name_missing"),
        ("Comisión (%)", "mucho", "percent"),
        ("Comisión (%)", "", "percent"),
        ("Tarifa", "gratis", "amount_not_a_number"),
        ("Tarifa", "US$ 50", "currency_mismatch"),
        ("DNI", "12", "document"),
        ("Colegiatura", "x" * 21, "license_number"),
    ],
)
def test_a_bad_cell_rejects_its_row(column: str, value: str, code: str) -> None:
    found = plan(ROW, changed(**{column: value})).rejections
    assert [(rejected.row, rejected.column, rejected.value, rejected.code) for rejected in found] == [
        (3, column, value, code)
    ]


def test_the_same_sheet_again_adds_nobody() -> None:
    rows = [ROW, changed(DNI="", Psicoterapeuta="Ana Paz")]
    again = plan(*rows, known=stored(*rows))
    assert (again.new, again.different) == ([], [])
    assert [(there.row, there.id) for there in again.duplicates] == [(2, "id-0"), (3, "id-1")]


def test_without_a_document_the_name_decides() -> None:
    known = stored(ROW)
    assert len(plan(changed(DNI="", Psicoterapeuta="ronald  EMARD"), known=known).duplicates) == 1
    assert len(plan(changed(DNI="11223344"), known=known).new) == 1
    assert len(plan(ROW, changed(DNI="")).duplicates) == 1


def test_other_terms_change_nothing_and_are_listed() -> None:
    [there] = plan(
        changed(**{"Comisión (%)": "40%", "Tarifa": "210", "Correo": ""}), known=stored(ROW)
    ).different
    assert (there.row, there.id, there.differs) == (2, "id-0", ("Comisión (%)", "Tarifa"))
