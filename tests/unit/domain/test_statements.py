"""Lines and totals of a statement."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.domain import statements

START = datetime(2026, 10, 26, 0, 30, tzinfo=UTC)


def row(**fields: Any) -> dict[str, Any]:
    made = {"_id": "1", "client_id": "c", "starts_at": START, "ends_at": START + timedelta(minutes=50)}
    made |= {"local_date": "2026-10-25", "modality": "virtual", "status": "done", "currency": "PEN"}
    return {**made, "income_cents": 7500, "commission_bp": 3750, "commission_cents": 2813, **fields}


@pytest.mark.parametrize(
    ("zone", "hours"), [("America/Lima", ("19:30", "20:20")), ("Europe/Madrid", ("01:30", "02:20"))]
)
def test_a_line_is_written_by_the_centres_clock(zone: str, hours: tuple[str, str]) -> None:
    (line,) = statements.lines([row()], {"c": "Ana Ñahui"}, ZoneInfo(zone))
    assert (line["starts"], line["ends"]) == hours
    assert (line["client_name"], line["amount_cents"], line["commission_cents"]) == ("Ana Ñahui", 7500, 2813)


def test_a_client_who_is_gone_leaves_a_dash() -> None:
    assert statements.lines([row()], {}, ZoneInfo("UTC"))[0]["client_name"] == "–"


def test_totals_are_sums_per_currency_soles_first() -> None:
    rows = [
        row(currency="USD", income_cents=5000, commission_cents=2000),
        row(),
        row(status="scheduled"),
        row(status="no_show", income_cents=4000, commission_cents=1500),
    ]
    assert statements.totals(statements.lines(rows, {}, ZoneInfo("UTC"))) == [
        {
            "currency": "PEN",
            "sessions": 2,
            "charges": 1,
            "gross_cents": 19000,
            "commission_cents": 7126,
            "center_share_cents": 11874,
        },
        {
            "currency": "USD",
            "sessions": 1,
            "charges": 0,
            "gross_cents": 5000,
            "commission_cents": 2000,
            "center_share_cents": 3000,
        },
    ]
    assert statements.totals([]) == []


def test_what_is_paid_is_the_months_commission_and_its_adjustments_by_currency() -> None:
    totals = [{"currency": "PEN", "commission_cents": 7126}]
    left = [{"currency": code, "commission_cents": cents} for code, cents in (("USD", 4500), ("PEN", -9500))]
    assert statements.payable(totals, [*left, left[1]]) == [
        {"currency": "PEN", "month_cents": 7126, "adjustment_cents": -19000, "cents": -11874},
        {"currency": "USD", "month_cents": 0, "adjustment_cents": 4500, "cents": 4500},
    ]
    assert statements.payable([], []) == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"type": "DNI", "number": "01234567"}, "DNI 01234567"),
        ({"type": "passport", "number": "AB1234"}, "Pasaporte AB1234"),
        (None, None),
    ],
)
def test_a_document_is_written_with_its_type(document: dict[str, str] | None, text: str | None) -> None:
    assert statements.document_text(document) == text


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Íñigo Núñez O'Donnell", "liquidacion-2026-10-inigo-nunez-o-donnell.pdf"),
        ('"; x="../../etc\r\n', "liquidacion-2026-10-x-etc.pdf"),
        ("王", "liquidacion-2026-10.pdf"),
    ],
)
def test_a_file_name_is_plain_letters_whatever_the_name(name: str, file: str) -> None:
    assert statements.file_name("2026-10", name) == file
