"""Money, percents and commissions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.commissions import MAX_BP, commission_cents, parse_percent, percent_text
from service.domain.money import MAX_CENTS, decimal_text, parse_decimal

cents = st.integers(0, MAX_CENTS)
basis_points = st.integers(0, MAX_BP)


@pytest.mark.parametrize(
    ("price", "percent", "commission"),
    [
        ("75.00", "37.5", "28.13"),
        ("180.00", "37.5", "67.50"),
        ("0.01", "50", "0.01"),
        ("0.01", "49.99", "0.00"),
        ("83.87", "30", "25.16"),
        ("150", "0", "0.00"),
        ("150", "100", "150.00"),
    ],
)
def test_a_commission_is_rounded_half_up_to_the_centimo(price: str, percent: str, commission: str) -> None:
    assert decimal_text(commission_cents(parse_decimal(price), parse_percent(percent))) == commission


@given(cents, basis_points)
def test_a_commission_is_the_nearest_centimo_and_never_more_than_the_price(price: int, percent: int) -> None:
    exact = Fraction(price * percent, MAX_BP)
    commission = commission_cents(price, percent)
    assert -Fraction(1, 2) < commission - exact <= Fraction(1, 2)
    assert 0 <= commission <= price


@given(cents)
def test_an_amount_reads_as_it_is_written(amount: int) -> None:
    assert parse_decimal(decimal_text(amount)) == amount


@given(basis_points)
def test_a_percent_reads_as_it_is_written(percent: int) -> None:
    assert parse_percent(percent_text(percent)) == percent


@pytest.mark.parametrize("text", ["", "-1", "1.234", "1,5", "1e3", "٣", "ciento", "99999999999", "1."])
def test_what_is_no_plain_decimal_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["", "-1", "100.01", "37.555", "37,5", "%"])
def test_what_is_not_between_0_and_100_is_no_percent(text: str) -> None:
    with pytest.raises(ValueError):
        parse_percent(text)
