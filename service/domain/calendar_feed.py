"""A psychotherapist's sessions as an iCalendar file (RFC 5545) for their own calendar.

Nobody outside the centre learns who comes: a client is their first given name, and there is no note,
document, phone or price; the room or the link is there, as typed. The same sessions give the same bytes.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vText

from service.domain.spreadsheet_cells import carried

PAST, AHEAD = timedelta(days=30), timedelta(days=365)

_PRODUCT = "-//Consultorio//Agenda//ES"
#: How often a calendar is asked to look again; some take a day all the same.
_REFRESH = timedelta(hours=1)


class Window(NamedTuple):
    """The instants (UTC) from which and before which sessions start, and the local months they lie in."""

    since: datetime
    before: datetime
    months: list[str]


def window(today: str, zone: ZoneInfo) -> Window:
    """From the centre's midnight 30 days before its `today` to the one 365 days after it.

    It moves once a day, so that a calendar which asks every hour finds the same file.
    """
    first, last = date.fromisoformat(today) - PAST, date.fromisoformat(today) + AHEAD
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    index = first.year * 12 + first.month - 1
    months = [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(index, index + count)]
    return Window(_midnight(first, zone), _midnight(last, zone), months)


def calendar(
    name: str,
    sessions: Iterable[Mapping[str, Any]],
    given_names: Mapping[str, str],
    modalities: Mapping[str, str],
) -> bytes:
    """The file: `sessions` as they are stored, each client's given names by id, the word for each modality.

    It has no METHOD: then DTSTAMP is when an event was last changed (RFC 5545, 3.8.7.2).
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(carried(name)))
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for session in sessions:
        calendar.add_component(_event(session, given_names.get(session["client_id"], ""), modalities))
    file: bytes = calendar.to_ical()
    return file


def _event(session: Mapping[str, Any], given_names: str, modalities: Mapping[str, str]) -> Event:
    event = Event()
    event.add("uid", f"{session['_id']}@consultorio")
    event.add("sequence", session["version"])
    for property_, instant in (("dtstamp", "updated_at"), ("dtstart", "starts_at"), ("dtend", "ends_at")):
        event.add(property_, session[instant].astimezone(UTC).replace(microsecond=0))
    event.add("summary", _summary(given_names, modalities[session["modality"]]))
    for property_, where in _where(session).items():
        event.add(property_, where)
    # Who did not come leaves the hour free, as who cancelled: a calendar shows both struck out or not at all.
    event.add("status", "CONFIRMED" if session["counts"] else "CANCELLED")
    event.add("transp", "OPAQUE" if session["counts"] else "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _where(session: Mapping[str, Any]) -> dict[str, str]:
    """The room of an on-site session; a virtual one's link, also where calendars look for a place first."""
    if session["modality"] == "on_site":
        return {"location": carried(session["room"])} if session.get("room") else {}
    return {"location": session["link"], "url": session["link"]} if session.get("link") else {}


def _summary(given_names: str, modality: str) -> str:
    """ "Lucía · Virtual"."""
    first = carried(given_names).split()[:1]
    return " · ".join([*first, modality])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
