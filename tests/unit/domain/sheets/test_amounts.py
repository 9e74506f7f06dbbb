"""Amounts, currencies and percents, in every way hands write them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.money import MAX_CENTS, Money
from service.domain.sheets.amounts import amount, currency, money, percent_bp
from service.domain.sheets.cells import Cell
from service.domain.sheets.faults import Fault


@pytest.mark.parametrize(
    ("cell", "cents", "symbol"),
    [
        ("85.45", 8545, None),
        ("85,45", 8545, None),
        ("85,4", 8540, None),
        ("85", 8500, None),
        ("1,234", 123400, None),
        ("1234.5", 123450, None),
        ("1,234.50", 123450, None),
        ("1.234,50", 123450, None),
        ("1 234,50", 123450, None),
        ("1\u202f234.50", 123450, None),
        ("1’234.50", 123450, None),
        ("1,234,567.89", 123456789, None),
        ("1.234.567", 123456700, None),
        ("S/ 85.45", 8545, "PEN"),
        ("S/.85.45", 8545, "PEN"),
        ("s/85,45", 8545, "PEN"),
        ("85.45 soles", 8545, "PEN"),
        ("PEN 85.45", 8545, "PEN"),
        ("S/ 85.45 PEN", 8545, "PEN"),
        ("US$ 1,234.50", 123450, "USD"),
        ("$20", 2000, "USD"),
        ("20 USD", 2000, "USD"),
        ("20 Dólares", 2000, "USD"),
        ("\u00a0S/\u00a085.45 ", 8545, "PEN"),
        ("0", 0, None),
        ("0.00", 0, None),
        (85.45, 8545, None),
        (85.45000000000001, 8545, None),
        (142, 14200, None),
        (0.1 + 0.2, 30, None),
        (1e5, 10_000_000, None),
    ],
)
def test_amounts_are_read(cell: Cell, cents: int, symbol: str | None) -> None:
    assert amount(cell) == (cents, symbol)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "amount_not_a_number"),
        ("", "amount_not_a_number"),
        ("pendiente", "amount_not_a_number"),
        ("12a", "amount_not_a_number"),
        ("S/", "amount_not_a_number"),
        ("1,23,456", "amount_not_a_number"),
        ("1.234.50", "amount_not_a_number"),
        ("1,234,50", "amount_not_a_number"),
        ("12.34.56", "amount_not_a_number"),
        ("85.", "amount_not_a_number"),
        ("1e3", "amount_not_a_number"),
        ("85⁴⁵", "amount_not_a_number"),
        ("٨٥", "amount_not_a_number"),
        ("€ 20", "amount_not_a_number"),
        ("(85.45", "amount_not_a_number"),
        ("10 20", "amount_not_a_number"),
        (True, "amount_not_a_number"),
        (date(2024, 5, 12), "amount_not_a_number"),
        (float("nan"), "amount_not_a_number"),
        (float("inf"), "amount_not_a_number"),
        ("-50.00", "amount_negative"),
        ("−50", "amount_negative"),
        ("S/ -50", "amount_negative"),
        ("-S/ 50", "amount_negative"),
        ("50-", "amount_negative"),
        ("(50.00)", "amount_negative"),
        (-50.0, "amount_negative"),
        ("1.234", "amount_ambiguous"),
        ("85.455", "amount_ambiguous"),
        ("S/ 0.500", "amount_ambiguous"),
        ("0,125", "amount_decimals"),
        ("1234,567", "amount_decimals"),
        (33.333333, "amount_decimals"),
        ("999,999,999.00", "amount_too_large"),
        (1e300, "amount_too_large"),
        ("9" * 40, "amount_too_large"),
        ("9" * 9000, "amount_not_a_number"),
        ("S/ 20 USD", "currency_mismatch"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(cell: Cell, code: str) -> None:
    with pytest.raises(Fault) as caught:
        amount(cell)
    assert caught.value.code == code
    assert caught.value.reason


CENTS = st.integers(0, MAX_CENTS)
#: How a style writes thousands and decimals.
STYLES = st.sampled_from([("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), (" ", "."), ("'", ".")])
SYMBOLS = st.sampled_from(
    [
        ("", "", None),
        ("S/ ", "", "PEN"),
        ("S/.", "", "PEN"),
        ("US$", "", "USD"),
        ("", " soles", "PEN"),
        ("$ ", "", "USD"),
    ]
)


@settings(deadline=None)
@given(CENTS, STYLES, SYMBOLS)
def test_every_style_of_an_amount_reads_as_the_same(cents: int, style: tuple[str, str], symbol: Any) -> None:
    before, after, known = symbol
    written = f"{cents // 100:,}".replace(",", style[0]) + f"{style[1]}{cents % 100:02d}"
    assert amount(f"{before}{written}{after}") == (cents, known)


@settings(deadline=None)
@given(CENTS)
def test_a_number_cell_keeps_every_cent(cents: int) -> None:
    assert amount(float(Decimal(cents) / 100)) == (cents, None)


@pytest.mark.parametrize("word", ["S/", "S/.", "s/", "PEN", "pen", "Soles", "SOLES", " Sol ", "Nuevos soles"])
def test_words_for_soles(word: str) -> None:
    assert currency(word) == "PEN"


@pytest.mark.parametrize("word", ["US$", "$", "USD", "usd", "Dólares", "dolares", "DÓLARES", "dólar", "U$S"])
def test_words_for_dollars(word: str) -> None:
    assert currency(word) == "USD"


def test_an_unknown_currency_is_refused_and_an_empty_one_is_none() -> None:
    assert currency(" ") is None
    with pytest.raises(Fault) as caught:
        currency("euros")
    assert caught.value.code == "currency"


@pytest.mark.parametrize(
    ("symbol", "column", "known"), [("PEN", None, "PEN"), (None, "USD", "USD"), ("USD", "USD", "USD")]
)
def test_symbol_and_column_agree_on_a_currency(symbol: str | None, column: str | None, known: str) -> None:
    assert money(100, symbol, column) == Money(100, known)


@pytest.mark.parametrize(
    ("symbol", "column", "code"), [("PEN", "USD", "currency_mismatch"), (None, None, "currency")]
)
def test_a_contradiction_or_no_currency_is_refused(symbol: str | None, column: str | None, code: str) -> None:
    with pytest.raises(Fault) as caught:
        money(100, symbol, column)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cell", "basis_points"),
    [
        ("37,5%", 3750),
        ("37.5 %", 3750),
        ("40%", 4000),
        ("40", 4000),
        ("0", 0),
        ("100%", 10_000),
        ("33,33", 3333),
        (0.375, 3750),
        (0.07, 700),
        (1, 10_000),
        (37.5, 3750),
        (40, 4000),
        (0, 0),
    ],
)
def test_percents_are_read(cell: Cell, basis_points: int) -> None:
    assert percent_bp(cell) == basis_points


@pytest.mark.parametrize(
    "cell",
    [None, "", "cuarenta", "101%", "-5%", "37,555%", -0.1, 150.0, 0.33333, True, float("nan"), float("inf")],
)
def test_what_is_no_percent_is_refused(cell: Cell) -> None:
    with pytest.raises(Fault) as caught:
        percent_bp(cell)
    assert caught.value.code == "percent"
