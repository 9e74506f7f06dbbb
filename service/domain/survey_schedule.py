"""When a month's survey is sent, reminded of and closed: on days of the next month, by the centre's clock."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.domain.months import local_day, month_of, shift_month

#: A run that is started by hand stays open at least as long.
OPEN_BY_HAND = timedelta(days=14)
#: Nobody is reminded sooner after the first mail, however late that went out.
BEFORE_REMINDING = timedelta(days=1)


class Schedule(NamedTuple):
    """Days of the month after the one asked about, and the local hour of sending and of reminding."""

    send_day: int = 1
    send_hour: int = 10
    remind_day: int = 5
    close_day: int = 14


def sends_at(month: str, schedule: Schedule, zone: ZoneInfo) -> datetime:
    """When the survey about `month` is due."""
    return _instant(month, schedule.send_day, schedule.send_hour, zone)


def closes_at(month: str, schedule: Schedule, zone: ZoneInfo) -> datetime:
    """The end of the closing day: the first instant of the day after it."""
    return _instant(month, schedule.close_day + 1, 0, zone)


def run_closes_at(
    month: str, schedule: Schedule, zone: ZoneInfo, started_at: datetime, by_hand: bool
) -> datetime:
    """When what was started at `started_at` closes: on its day, by hand not before 14 days are over."""
    planned = closes_at(month, schedule, zone)
    return max(planned, started_at + OPEN_BY_HAND) if by_hand else planned


def run_reminds_at(month: str, schedule: Schedule, zone: ZoneInfo, started_at: datetime) -> datetime:
    """When a run reminds: on its day, or as long after a late start as it would after one in time."""
    planned = _instant(month, schedule.remind_day, schedule.send_hour, zone)
    late = started_at + timedelta(days=schedule.remind_day - schedule.send_day)
    return planned if started_at < planned else late


def due_month(now: datetime, schedule: Schedule, zone: ZoneInfo, since: datetime | None) -> str | None:
    """The month whose survey should be out by now and is not over yet, None without one.

    `since` is when surveys were switched on: what was due before is not sent by itself. There is never more
    than one such month, because a survey closes within the month that follows.
    """
    month = shift_month(month_of(local_day(now, zone)), -1)
    due = sends_at(month, schedule, zone)
    switched_on = since is None or since <= due
    return month if switched_on and due <= now < closes_at(month, schedule, zone) else None


def next_due(now: datetime, schedule: Schedule, zone: ZoneInfo) -> tuple[str, datetime]:
    """The next month to be asked about by itself after `now`, and when."""
    month = shift_month(month_of(local_day(now, zone)), -1)
    while sends_at(month, schedule, zone) <= now:
        month = shift_month(month, 1)
    return month, sends_at(month, schedule, zone)


def last_day(closes_at: datetime, zone: ZoneInfo) -> str:
    """The last local day that is over before what closes at `closes_at` does: what people are told."""
    return (closes_at.astimezone(zone).date() - timedelta(days=1)).isoformat()


def next_midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) of the local day after that of `now`."""
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time())
    return tomorrow.replace(tzinfo=zone).astimezone(UTC)


def _instant(month: str, day: int, hour: int, zone: ZoneInfo) -> datetime:
    """A local hour of the month after `month`, UTC; an hour that the clock skips is as much later."""
    following = shift_month(month, 1)
    local = datetime.combine(date.fromisoformat(f"{following}-01"), time(hour)) + timedelta(days=day - 1)
    return local.replace(tzinfo=zone).astimezone(UTC)
