"""The days and times of a series: counted in local weeks, at one wall clock time, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.months import local_day, local_time
from service.domain.series import MOST_SESSIONS, Occurrence, decided, local_days, occurrences, shifted
from service.errors import InvalidInput

BERLIN, LIMA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Lima")
HOUR = timedelta(hours=1)

zones = st.sampled_from([BERLIN, LIMA, ZoneInfo("America/Santiago"), ZoneInfo("Australia/Lord_Howe")])
starts = st.datetimes(datetime(2020, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))
firsts = st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(date.isoformat)
weeks = st.integers(1, 12)


def series(zone: ZoneInfo, first: str, **repeat: Any) -> list[Occurrence]:
    start = datetime.fromisoformat(first).replace(tzinfo=zone).astimezone(UTC)
    return occurrences(start, start + HOUR, repeat, zone)


def offsets(places: list[Occurrence]) -> list[tuple[str, str]]:
    return [(place.local_date, place.starts_at.strftime("%dT%H:%MZ")) for place in places]


def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change() -> None:
    assert offsets(series(BERLIN, "2026-03-23T10:00", every_weeks=1, count=2)) == [
        ("2026-03-23", "23T09:00Z"),
        ("2026-03-30", "30T08:00Z"),
    ]
    assert offsets(series(BERLIN, "2026-10-12T10:00", every_weeks=2, count=2)) == [
        ("2026-10-12", "12T08:00Z"),
        ("2026-10-26", "26T09:00Z"),
    ]
    assert offsets(series(LIMA, "2026-10-31T19:30", every_weeks=1, until="2026-11-07")) == [
        ("2026-10-31", "01T00:30Z"),
        ("2026-11-07", "08T00:30Z"),
    ]


def test_a_time_that_the_clock_skips_is_named_and_one_that_comes_twice_is_the_first() -> None:
    spring = series(BERLIN, "2026-03-22T02:30", every_weeks=1, count=3)
    assert [place.exists for place in spring] == [True, False, True]
    assert local_time(spring[1].starts_at, BERLIN) == "03:30"
    autumn = series(BERLIN, "2026-10-18T02:30", every_weeks=1, count=2)
    assert offsets(autumn)[1] == ("2026-10-25", "25T00:30Z")
    assert autumn[1].exists


@settings(deadline=None)
@given(starts, zones, weeks, st.integers(1, 8))
def test_every_session_keeps_its_wall_clock_time_and_its_length(
    start: datetime, zone: ZoneInfo, every: int, count: int
) -> None:
    places = occurrences(start, start + HOUR, {"every_weeks": every, "count": count}, zone)
    assert len(places) == count
    assert places[0].starts_at == start
    for place in places:
        assert type(place.starts_at) is datetime
        assert place.ends_at - place.starts_at == HOUR
        if place.exists:
            assert local_day(place.starts_at, zone) == place.local_date
            assert local_time(place.starts_at, zone) == local_time(start, zone)
        else:
            assert local_time(place.starts_at, zone) != local_time(start, zone)


@settings(deadline=None)
@given(firsts, weeks, st.integers(1, MOST_SESSIONS))
def test_a_series_of_n_has_n_days_that_are_k_weeks_apart_or_is_refused(
    first: str, every: int, count: int
) -> None:
    if 7 * every * (count - 1) > 730:
        with pytest.raises(InvalidInput):
            local_days(first, {"every_weeks": every, "count": count})
        return
    days = [date.fromisoformat(day) for day in local_days(first, {"every_weeks": every, "count": count})]
    assert days == [date.fromisoformat(first) + timedelta(weeks=every * n) for n in range(count)]


@settings(deadline=None)
@given(firsts, weeks, st.integers(0, 720))
def test_until_is_inclusive(first: str, every: int, length: int) -> None:
    until = (date.fromisoformat(first) + timedelta(days=length)).isoformat()
    days = local_days(first, {"every_weeks": every, "until": until})
    assert len(days) == length // (7 * every) + 1
    assert days[0] == first
    assert days[-1] <= until


@pytest.mark.parametrize(
    ("repeat", "field"),
    [
        ({"every_weeks": 1, "until": "2026-10-14"}, "repeat.until"),
        ({"every_weeks": 12, "until": "2028-10-16"}, "repeat.until"),
        ({"every_weeks": 1, "until": "9999-12-31"}, "repeat.until"),
        ({"every_weeks": 2, "count": MOST_SESSIONS}, "repeat.count"),
    ],
)
def test_a_series_that_is_empty_or_too_long_is_refused_on_its_field(
    repeat: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        local_days("2026-10-15", repeat)
    assert list(refused.value.errors) == [field]


def test_the_longest_series_is_two_years_of_weeks() -> None:
    assert len(local_days("2026-10-15", {"every_weeks": 1, "count": MOST_SESSIONS})) == MOST_SESSIONS
    assert local_days("2026-10-15", {"every_weeks": 2, "until": "2028-10-15"})[-1] == "2028-10-12"


def test_decisions_belong_to_one_day_each() -> None:
    places = series(LIMA, "2026-10-15T10:00", every_weeks=1, count=4)
    moved = places[1].starts_at + 3 * HOUR
    plan = decided(
        places,
        [
            {"local_date": "2026-10-15", "action": "skip"},
            {"local_date": "2026-10-22", "action": "move", "starts_at": moved},
            {"local_date": "2026-10-29", "action": "overbook", "reason": "Urgencia"},
        ],
    )
    assert [place.action for place in plan] == ["skip", "move", "overbook", None]
    assert (plan[1].starts_at, plan[1].ends_at, plan[1].local_date) == (moved, moved + HOUR, "2026-10-22")
    assert plan[2].reason == "Urgencia"
    assert plan[3] == places[3]


@pytest.mark.parametrize("days", [["2026-10-16"], ["2026-10-15", "2026-10-15"]])
def test_a_decision_on_another_day_or_a_second_one_is_refused(days: list[str]) -> None:
    places = series(LIMA, "2026-10-15T10:00", every_weeks=1, count=2)
    with pytest.raises(InvalidInput):
        decided(places, [{"local_date": day, "action": "skip"} for day in days])


def test_a_moved_time_that_exists_again_resolves_the_skipped_one() -> None:
    spring = series(BERLIN, "2026-03-22T02:30", every_weeks=1, count=2)
    move = {"local_date": "2026-03-29", "action": "move", "starts_at": spring[1].starts_at}
    assert decided(spring, [move])[1].exists


def test_a_move_over_a_change_of_the_clocks_is_a_day_on_the_wall_not_25_hours() -> None:
    first, later = series(BERLIN, "2026-10-24T10:00", every_weeks=1, count=2)
    sunday = datetime(2026, 10, 25, 10, 0, tzinfo=BERLIN).astimezone(UTC)
    session = {"starts_at": later.starts_at, "ends_at": later.ends_at}
    times, exists = shifted(session, (first.starts_at, first.ends_at), (sunday, sunday + HOUR), BERLIN)
    assert (local_day(times[0], BERLIN), local_time(times[0], BERLIN)) == ("2026-11-01", "10:00")
    assert exists


@settings(deadline=None)
@given(starts, zones, weeks, st.integers(-40, 40), st.integers(-3, 6))
def test_what_follows_moves_as_much_on_the_wall_clock_and_grows_as_much(
    start: datetime, zone: ZoneInfo, every: int, quarters: int, longer: int
) -> None:
    first, later = occurrences(start, start + HOUR, {"every_weeks": every, "count": 2}, zone)
    if not later.exists:
        return
    by = timedelta(minutes=15 * quarters)
    new_start = first.starts_at + by
    new = new_start, new_start + HOUR + timedelta(minutes=15 * longer)
    session = {"starts_at": later.starts_at, "ends_at": later.ends_at}
    (moved_start, moved_end), exists = shifted(session, (first.starts_at, first.ends_at), new, zone)
    assert moved_end - moved_start == new[1] - new[0]
    wall = [instant.astimezone(zone).replace(tzinfo=None) for instant in (first.starts_at, new_start)]
    after = [instant.astimezone(zone).replace(tzinfo=None) for instant in (later.starts_at, moved_start)]
    if exists:
        assert after[1] - after[0] == wall[1] - wall[0]
    if not quarters:
        assert moved_start == later.starts_at
