"""Local days and months, in a zone without and in zones with daylight saving."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.months import at, days_around, local_day, local_time, month_of, parse_month, shift_month
from service.errors import InvalidInput

LIMA, BERLIN = ZoneInfo("America/Lima"), ZoneInfo("Europe/Berlin")
instants = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_a_session_belongs_to_the_local_month_of_its_start() -> None:
    late = datetime(2026, 8, 1, 4, 30, tzinfo=UTC)
    assert (local_day(late, LIMA), month_of(local_day(late, LIMA)), local_time(late, LIMA)) == (
        "2026-07-31",
        "2026-07",
        "23:30",
    )


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-01", "", "2026-01-01", "٢٠٢٦-01", "0000-01"]
)
def test_what_is_no_month_is_refused_on_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_month(text, "mes")
    assert list(refused.value.errors) == ["mes"]


@given(st.integers(1000, 5000), st.integers(1, 12), st.integers(-500, 500))
def test_shifting_months_there_and_back_ends_where_it_began(year: int, number: int, by: int) -> None:
    month = f"{year:04d}-{number:02d}"
    assert shift_month(shift_month(month, by), -by) == month
    assert parse_month(shift_month(month, by))


def test_an_hour_that_the_clock_skips_is_refused_and_of_a_doubled_one_the_first_is_taken() -> None:
    with pytest.raises(ValueError):
        at("2026-03-29", "02:30", BERLIN)
    assert at("2026-10-25", "02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(instants, st.sampled_from([LIMA, BERLIN]))
def test_day_and_time_name_the_instant_but_for_the_doubled_hour(instant: datetime, zone: ZoneInfo) -> None:
    minute = instant.replace(second=0, microsecond=0)
    if minute.astimezone(zone).fold == 0:
        assert at(local_day(minute, zone), local_time(minute, zone), zone) == minute


@given(instants, st.integers(1, 24 * 60), st.integers(0, 24 * 60), st.sampled_from([LIMA, BERLIN]))
def test_the_days_around_a_session_hold_the_start_of_all_that_may_overlap_it(
    start: datetime, minutes: int, other_minutes: int, zone: ZoneInfo
) -> None:
    """Whatever lasts at most a day and overlaps [start, end) starts after start - 24 h and before end."""
    end = start + timedelta(minutes=minutes)
    other_start = end - timedelta(microseconds=1) - timedelta(minutes=other_minutes)
    if other_start > start - timedelta(hours=24):
        assert local_day(other_start, zone) in days_around(start, end, zone)
