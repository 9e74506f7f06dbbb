"""When surveys are due: by the centre's clock, whatever its zone does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from service.domain.survey_schedule import (
    OPEN_BY_HAND,
    Schedule,
    closes_at,
    due_month,
    last_day,
    next_due,
    run_closes_at,
    run_reminds_at,
    sends_at,
)

LIMA, DEFAULT = ZoneInfo("America/Lima"), Schedule()
MADRID, SANTIAGO = ZoneInfo("Europe/Madrid"), ZoneInfo("America/Santiago")
ZONES = st.sampled_from([LIMA, MADRID, SANTIAGO, ZoneInfo("Pacific/Apia"), ZoneInfo("Africa/Cairo")])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_october_in_lima() -> None:
    assert sends_at("2026-10", DEFAULT, LIMA) == at("2026-11-01T10:00-05:00")
    assert closes_at("2026-10", DEFAULT, LIMA) == at("2026-11-15T00:00-05:00")
    assert sends_at("2026-12", DEFAULT, LIMA) == at("2027-01-01T10:00-05:00")
    started = at("2026-11-01T10:00-05:00")
    assert run_reminds_at("2026-10", DEFAULT, LIMA, started) == at("2026-11-05T10:00-05:00")


def test_where_the_clock_changes() -> None:
    march, october = Schedule(send_day=28, send_hour=2), Schedule(send_day=25, send_hour=2)
    assert sends_at("2027-02", march, MADRID) == at("2027-03-28T03:00+02:00"), "02:00 is skipped"
    assert sends_at("2026-09", october, MADRID) == at("2026-10-25T02:00+02:00"), "the first of two"
    close = Schedule(close_day=5)
    assert closes_at("2026-08", close, SANTIAGO) == at("2026-09-06T01:00-03:00"), "midnight is skipped"


def test_a_late_start_reminds_later_and_by_hand_closes_later() -> None:
    started = at("2026-11-20T12:00-05:00")
    assert run_reminds_at("2026-10", DEFAULT, LIMA, started) == started + timedelta(days=4)
    assert run_closes_at("2026-10", DEFAULT, LIMA, started, True) == started + OPEN_BY_HAND
    assert last_day(run_closes_at("2026-10", DEFAULT, LIMA, started, True), LIMA) == "2026-12-03"
    assert last_day(closes_at("2026-10", DEFAULT, LIMA), LIMA) == "2026-11-14"
    early = at("2026-11-01T09:00-05:00")
    assert run_closes_at("2026-11", DEFAULT, LIMA, early, True) == at("2026-12-15T00:00-05:00")


def test_due_from_the_hour_of_sending_to_the_end_of_the_closing_day() -> None:
    for now, month in (
        ("2026-11-01T09:59:59-05:00", None),
        ("2026-11-01T10:00-05:00", "2026-10"),
        ("2026-11-04T23:00-05:00", "2026-10"),
        ("2026-11-14T23:59:59-05:00", "2026-10"),
        ("2026-11-15T00:00-05:00", None),
        ("2026-11-30T23:59-05:00", None),
    ):
        assert due_month(at(now), DEFAULT, LIMA, None) == month, now


def test_what_was_due_before_surveys_were_switched_on_is_not_sent_by_itself() -> None:
    now = at("2026-11-08T12:00-05:00")
    assert due_month(now, DEFAULT, LIMA, at("2026-11-08T11:00-05:00")) is None
    assert due_month(now, DEFAULT, LIMA, at("2026-10-31T11:00-05:00")) == "2026-10"
    assert next_due(now, DEFAULT, LIMA) == ("2026-11", at("2026-12-01T10:00-05:00"))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    send, remind, close = sorted(draw(st.lists(st.integers(1, 28), min_size=3, max_size=3, unique=True)))
    return Schedule(send, draw(st.integers(0, 23)), remind, close)


@given(INSTANTS, schedules(), ZONES)
def test_what_is_due_is_the_month_before_and_is_open(
    now: datetime, schedule: Schedule, zone: ZoneInfo
) -> None:
    month = due_month(now, schedule, zone, None)
    if month is not None:
        assert month < now.astimezone(zone).strftime("%Y-%m")
        assert sends_at(month, schedule, zone) <= now < closes_at(month, schedule, zone)
        last_moment = closes_at(month, schedule, zone) - timedelta(seconds=1)
        assert last_moment.astimezone(zone).day == schedule.close_day
    following, due = next_due(now, schedule, zone)
    assert due > now
    assert due_month(due, schedule, zone, now) == following
