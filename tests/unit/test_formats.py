"""What people read: amounts, percents, days and hours in the centre's Spanish, or in English."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from service import formats, languages

LIMA = ZoneInfo("America/Lima")
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (123450, "PEN", "S/\u00a01,234.50"),
        (123450, "USD", "US$\u00a01,234.50"),
        (0, "PEN", "S/\u00a00.00"),
        (5, "PEN", "S/\u00a00.05"),
        (-123450, "PEN", "−S/\u00a01,234.50"),
        (-5, "USD", "−US$\u00a00.05"),
        (9_007_199_254_740_993_01, "PEN", "S/\u00a09,007,199,254,740,993.01"),
        (None, "PEN", "–"),
    ],
)
def test_money_is_exact_and_never_broken_from_its_symbol(cents: int | None, currency: str, text: str) -> None:
    assert formats.money(cents, currency) == text


@pytest.mark.parametrize(
    ("basis_points", "text"),
    [(3750, "37.5\u00a0%"), (3000, "30\u00a0%"), (3333, "33.33\u00a0%"), (0, "0\u00a0%"), (None, "–")],
)
def test_percent_keeps_the_decimals_that_say_something(basis_points: int | None, text: str) -> None:
    assert formats.percent(basis_points) == text


def test_number_groups_thousands_and_tells_zero_from_nothing() -> None:
    assert [formats.number(value) for value in (1234567, 0, None)] == ["1,234,567", "0", "–"]


def test_days_short_long_and_numeric() -> None:
    assert formats.short_day("2026-11-03") == "mar 03"
    assert formats.short_day("2026-11-04") == "mié 04"
    assert formats.long_day("2026-11-24") == "martes 24 de noviembre"
    assert formats.long_day("2026-09-01", year=True) == "martes 1 de setiembre de 2026"
    assert formats.numeric_day("1960-10-03") == "03/10/1960"
    assert formats.short_day(date(2026, 11, 3)) == "mar 03"
    assert formats.numeric_day(None) == formats.long_day("") == "–"


def test_months_are_lower_case_in_a_sentence_and_setiembre_is_peruvian() -> None:
    assert formats.month_name("2026-09") == "setiembre 2026"
    assert formats.month_title("2026-09") == "Setiembre 2026"
    assert [formats.month_short(f"2026-{month:02d}") for month in range(1, 13)] == [
        "ene",
        "feb",
        "mar",
        "abr",
        "may",
        "jun",
        "jul",
        "ago",
        "set",
        "oct",
        "nov",
        "dic",
    ]
    assert formats.month_title(None) == "–"


@pytest.mark.parametrize(
    ("number", "text"),
    [("+51990083450", "990 083 450"), ("+34612345678", "+34 612 34 56 78"), (None, "–"), ("", "–")],
)
def test_a_phone_is_written_as_it_is_dialled_here(number: str | None, text: str) -> None:
    assert formats.phone(number).replace("\u00a0", " ") == text


def test_hours_are_the_centres_whatever_its_zone() -> None:
    starts_at, ends_at = datetime(2026, 8, 1, 4, 30, tzinfo=UTC), datetime(2026, 8, 1, 5, 20, tzinfo=UTC)
    assert formats.hours(starts_at, ends_at, LIMA) == "23:30–00:20"
    assert formats.hours(starts_at, ends_at, MADRID) == "06:30–07:20"
    assert formats.moment(starts_at, LIMA) == "viernes 31 de julio de 2026, 23:30"
    assert formats.local_time(None, LIMA) == formats.moment(None, LIMA) == "–"


def test_register_gives_templates_the_filters_with_the_zone_already_in() -> None:
    app = Flask(__name__)
    formats.register(app, LIMA)
    template = app.jinja_env.from_string(
        "{{ 5000|money('USD') }} {{ at|hours(at) }} {{ at|instant }} "
        "{{ '2026-01'|shift_month(-1)|month_title }}"
    )
    at = datetime(2026, 8, 1, 4, 30, tzinfo=UTC)
    assert template.render(at=at) == (
        "US$\u00a050.00 23:30–23:30 viernes 31 de julio de 2026, 23:30 Diciembre 2025"
    )


@pytest.fixture
def english() -> Iterator[None]:
    """English in force, as a page of a centre whose LANGUAGE is "en" has it."""
    app = Flask(__name__)
    languages.register(app, "en")
    with app.test_request_context():
        yield


def test_english_has_the_same_figures_and_its_own_days(english: None) -> None:
    assert formats.money(-123450, "USD") == "−US$\u00a01,234.50"
    assert formats.money(123450, "PEN") == "S/\u00a01,234.50"
    assert formats.percent(3750) == "37.5%"
    assert formats.number(1234567) == "1,234,567"
    assert formats.short_day("2026-11-03") == "Tue 03"
    assert formats.long_day("2026-11-24") == "Tuesday 24 November"
    assert formats.numeric_day("1960-10-03") == "3 Oct 1960"
    assert formats.month_name("2026-09") == formats.month_in_words("2026-09") == "September 2026"
    assert formats.month_short("2026-09") == "Sep"
    assert formats.moment(datetime(2026, 8, 1, 4, 30, tzinfo=UTC), LIMA) == "Friday 31 July 2026, 23:30"


def test_a_script_is_told_how_days_are_written(english: None) -> None:
    words = formats.calendar_words()
    assert (words["weekdays"][0], words["months"][8], words["long_day"]) == (
        "Sunday",
        "September",
        "EEEE d MMMM",
    )
    assert formats.language_tag() == "en"


def test_a_script_is_told_it_in_spanish_too() -> None:
    words = formats.calendar_words()
    assert (words["weekdays"][0], words["months"][8]) == ("domingo", "setiembre")
    assert formats.language_tag() == "es-PE"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (46.666, 0, "47"),
        (12.5, 0, "13"),
        (-33.6, 0, "\u221234"),
        (-0.4, 0, "0"),
        (100.0, 0, "100"),
        (4.55, 1, "4.6"),
        (5.0, 1, "5.0"),
        (None, 1, "–"),
    ],
)
def test_a_figure_with_a_fraction_is_rounded_once_where_it_is_shown(
    value: float | None, digits: int, text: str
) -> None:
    assert formats.rounded(value, digits) == text


@pytest.mark.parametrize(
    ("part", "text"), [(0.6, "60\u00a0%"), (2 / 3, "67\u00a0%"), (0, "0\u00a0%"), (None, "–")]
)
def test_a_rate_is_in_whole_percents(part: float | None, text: str) -> None:
    assert formats.rate(part) == text


@given(st.integers(-100, 100), st.integers(1, 200))
def test_a_figure_to_count_with_is_the_one_that_is_written(part: int, answers: int) -> None:
    written = formats.rounded(100 * part / answers).replace(formats.MINUS, "-").replace(",", "")
    assert formats.whole(100 * part / answers) == int(written)
