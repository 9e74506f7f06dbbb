"""The sessions of a series: the same wall clock time every few weeks, and what was decided about each.

Weeks are counted on the local calendar (pendulum), so that ten o'clock stays ten when the clocks change.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pendulum

from service.domain.months import local_day
from service.errors import InvalidInput
from service.texts import _

MOST_SESSIONS, MOST_YEARS, MOST_WEEKS_APART = 104, 2, 12
_TOO_LONG = _(
    "Una serie tiene como máximo %(sessions)s citas en %(years)s años.",
    sessions=MOST_SESSIONS,
    years=MOST_YEARS,
)

Times = tuple[datetime, datetime]


class Occurrence(NamedTuple):
    """One session of a series.

    `local_date` is the day that the repetition puts it on, and stays its name when it is moved. Where that
    day skips the time (the clock goes forward), `exists` is False and `starts_at` is the time after the
    jump, as a proposal.
    """

    local_date: str
    starts_at: datetime
    ends_at: datetime
    exists: bool = True
    action: str | None = None
    reason: str = ""


def occurrences(
    starts_at: datetime, ends_at: datetime, repeat: Mapping[str, Any], zone: ZoneInfo
) -> list[Occurrence]:
    """Every session of a series whose first one is [starts_at, ends_at); all last as long as that one.

    `repeat` is {every_weeks, count} or {every_weeks, until: local day, inclusive}; InvalidInput on it.
    """
    first = local_day(starts_at, zone)
    wall = starts_at.astimezone(zone).time()
    places = [Occurrence(first, starts_at, ends_at)]
    for day in local_days(first, repeat)[1:]:
        start, exists = instant_of(datetime.combine(datetime.fromisoformat(day), wall), zone)
        places.append(Occurrence(day, start, start + (ends_at - starts_at), exists))
    return places


def local_days(first: str, repeat: Mapping[str, Any]) -> list[str]:
    """The local days of a series from its `first` on; InvalidInput for none, or for too many."""
    start = pendulum.Date.fromisoformat(first)
    until, count = repeat.get("until"), repeat.get("count")
    if until is not None and until < first:
        raise InvalidInput({"repeat.until": [_("El último día debe ser posterior al primero.")]})
    days = [start.add(weeks=n * repeat["every_weeks"]) for n in range(count or MOST_SESSIONS + 1)]
    texts = [day.isoformat() for day in days if until is None or day.isoformat() <= until]
    longest = start.add(years=MOST_YEARS).isoformat()
    if len(texts) > MOST_SESSIONS or max(texts[-1], until or "") > longest:
        raise InvalidInput({"repeat.until" if until else "repeat.count": [_TOO_LONG]})
    return texts


def instant_of(wall: datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The instant (UTC) of a wall clock time, and whether it exists on that day.

    The first of two when the clock goes back; the same time after the jump when it goes forward over it.
    """
    early, late = (
        pendulum.datetime(*wall.timetuple()[:6], microsecond=wall.microsecond, tz=zone.key, fold=fold)
        for fold in (0, 1)
    )
    exists = early.naive() == wall
    instant = (early if exists else late).astimezone(UTC)
    return datetime.combine(instant.date(), instant.time(), UTC), exists


def decided(places: Sequence[Occurrence], decisions: Sequence[Mapping[str, Any]]) -> list[Occurrence]:
    """The sessions with what was decided: {local_date, action: skip | move | overbook, starts_at, ends_at,
    reason}. A move without an end lasts as long as before. InvalidInput for a day that is not the series'.
    """
    by_day = {decision["local_date"]: decision for decision in decisions}
    if len(by_day) < len(decisions) or by_day.keys() - {place.local_date for place in places}:
        raise InvalidInput(
            {"decisions": [_("Decida una vez sobre cada día, y solo sobre días de la serie.")]}
        )
    return [_decided(place, by_day.get(place.local_date)) for place in places]


def shifted(session: Mapping[str, Any], old: Times, new: Times, zone: ZoneInfo) -> tuple[Times, bool]:
    """A session's times when another one of its series goes from `old` to `new`, and whether they exist.

    Both move by as much on the wall clock (hours, and days), and grow or shrink by as much.
    """
    by = _wall(new[0], zone) - _wall(old[0], zone)
    longer = (new[1] - new[0]) - (old[1] - old[0])
    if not by:
        return (session["starts_at"], session["ends_at"] + longer), True
    start, exists = instant_of(_wall(session["starts_at"], zone) + by, zone)
    return (start, start + (session["ends_at"] - session["starts_at"]) + longer), exists


def _decided(place: Occurrence, decision: Mapping[str, Any] | None) -> Occurrence:
    if decision is None:
        return place
    place = place._replace(action=decision["action"], reason=decision.get("reason") or "")
    if place.action != "move":
        return place
    start = decision["starts_at"]
    end = decision.get("ends_at") or start + (place.ends_at - place.starts_at)
    return place._replace(starts_at=start, ends_at=end, exists=True)


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)
