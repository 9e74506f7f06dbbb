"""Soles for dollars."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.exchange import at_rate, consolidated, parse_rate, rate_text, soles_cents
from service.errors import InvalidInput
from service.schemas.exchange import pasted

RATES = st.integers(5_000, 200_000)


@pytest.mark.parametrize(
    ("text", "rate"), [("3.745", 37450), ("3,7", 37000), (" 4 ", 40000), ("3.7451", 37451)]
)
def test_rates_are_read_as_they_are_written(text: str, rate: int) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "abc", "3.74512", "0.2", "37.45", "-3", "3.7.1", "٣.٧"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        parse_rate(text)


@given(RATES)
def test_a_rate_reads_as_it_is_shown(rate: int) -> None:
    assert parse_rate(rate_text(rate)) == rate


@given(st.integers(0, 10**10), RATES)
def test_an_amount_is_rounded_half_up(cents: int, rate: int) -> None:
    exact = Fraction(cents * rate, 10_000)
    assert -Fraction(1, 2) < soles_cents(cents, rate) - exact <= Fraction(1, 2)


def session(**more: Any) -> dict[str, Any]:
    return {"local_date": "2026-10-05", "currency": "USD", "income_cents": 6000, **more}


def test_a_session_keeps_its_days_rate_and_takes_another_when_it_moves() -> None:
    kept = at_rate(session(), {"2026-10-05": 37450})
    assert kept["exchange"] == {"on": "2026-10-05", "rate": 37450, "soles_cents": 22470}
    assert at_rate(kept, {"2026-10-05": 40000}) == kept
    assert at_rate({**kept, "income_cents": 1}, {})["exchange"]["soles_cents"] == 4
    moved = at_rate({**kept, "local_date": "2026-10-06"}, {"2026-10-06": 40000})
    assert moved["exchange"]["soles_cents"] == 24000
    assert "exchange" not in at_rate({**kept, "local_date": "2026-10-07"}, {})
    assert "exchange" not in at_rate({**kept, "currency": "PEN"}, {"2026-10-05": 37450})


def test_income_in_soles_is_shown_only_where_no_rate_is_missing() -> None:
    row = {"_id": "2026-10-05", "gross_cents": 6000, "soles_cents": 22470, "missing": 0}
    assert consolidated({"PEN": 1000, "USD": 6000}, [row]) == {"soles_cents": 23470, "missing_days": []}
    assert consolidated({"PEN": 1000}, []) == {"soles_cents": 1000, "missing_days": []}
    without = {**row, "_id": "2026-10-06", "missing": 1}
    found = consolidated({"PEN": 1000, "USD": 6000}, [row, without])
    assert found == {"soles_cents": None, "missing_days": ["2026-10-06"]}


def test_pasted_columns_are_read_and_each_wrong_line_is_named() -> None:
    text = (
        "Fecha\tVenta\n01/10/2026 3.745\n\n2026-10-02\t3,75\r\n03/10/2026; S/ 3.76 \n1/10/2026\u00a03,745\t\n"
    )
    assert pasted(text) == {"2026-10-01": 37450, "2026-10-02": 37500, "2026-10-03": 37600}
    assert pasted("\ufeff03/10/2026\t\r\n04/10/2026\r\n05/10/2026\t3.76") == {"2026-10-05": 37600}, (
        "a weekend"
    )
    with pytest.raises(InvalidInput) as caught:
        pasted("01/10/2026 3.745\nayer 3.7\n31/02/2026 3.7\n04/10/2026 99")
    assert [message.split(":")[0] for message in caught.value.errors["rates"]] == [
        "Línea 2",
        "Línea 3",
        "Línea 4",
    ]
    for nothing in (" \n", "03/10/2026 \n04/10/2026"):
        with pytest.raises(InvalidInput):
            pasted(nothing)
    with pytest.raises(InvalidInput) as twice:
        pasted("01/10/2026 3.745\n02/10/2026 3.75\n01/10/2026 3.754")
    assert [message.split(":")[0] for message in twice.value.errors["rates"]] == ["Línea 3"]
