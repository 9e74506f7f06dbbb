"""Weeks and days of the agenda."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import periods
from service.errors import InvalidInput

DAYS = st.dates(date(1900, 1, 8), date(2200, 12, 20)).map(str)


@given(DAYS)
def test_a_week_goes_from_monday_to_sunday_and_has_its_day(day: str) -> None:
    week = periods.week_of(day)
    assert day in week
    assert [date.fromisoformat(each).isoweekday() for each in week] == [1, 2, 3, 4, 5, 6, 7]
    assert week == periods.days_from(week[0], 7)
    assert all(periods.week_of(each) == week for each in week)


@given(DAYS, st.integers(-7, 7))
def test_a_step_back_returns(day: str, by: int) -> None:
    assert periods.shift_day(periods.shift_day(day, by), -by) == day


def test_nobody_leaves_what_can_be_booked() -> None:
    assert periods.shift_day("2200-12-31", 1) == "2200-12-31"
    assert periods.shift_day("1900-01-01", -7) == "1900-01-01"


@given(DAYS)
def test_a_month_has_whole_weeks_and_each_of_its_days_once(day: str) -> None:
    month = day[:7]
    shown = [each for week in periods.weeks_of(month) for each in week]
    assert shown == periods.days_from(shown[0], len(shown))
    own = [each for each in shown if each[:7] == month]
    following = date.fromisoformat(f"{month}-01") + timedelta(days=32)
    assert (own[0], len(own)) == (f"{month}-01", (following.replace(day=1) - date.fromisoformat(own[0])).days)
    assert len(shown) - len(own) < 14


@pytest.mark.parametrize(
    "text", ["2026-02-29", "20261015", "hoy", "", "2026-W42-4", "1899-12-31", "2201-01-01"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        periods.parse_day(text, "fecha")
    assert list(refused.value.errors) == ["fecha"]
    assert periods.parse_day("2026-10-15") == "2026-10-15"
