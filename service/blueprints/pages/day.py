"""A psychotherapist's day beside a session's form: what is taken, what is in the way, where there is room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from service import current
from service.database import Db
from service.documents import psychotherapists, sessions
from service.documents.slots import slot_conflict
from service.documents.store import Document
from service.domain import free_hours
from service.domain.booking import COUNTING, overlapping
from service.domain.free_hours import Span, clock
from service.domain.months import local_day
from service.domain.people import full_name
from service.errors import InvalidInput
from service.schemas.session_form import load_day, load_times

_DAY_MINUTES = 24 * 60


class Slot(NamedTuple):
    """A piece of the day, in minutes since midnight; `kind` is busy, conflict or chosen."""

    start: int
    end: int
    kind: str

    @property
    def hours(self) -> str:
        """ "09:00–09:50"."""
        return f"{clock(self.start)}–{clock(self.end % _DAY_MINUTES)}"


class Day(NamedTuple):
    """A local day of a psychotherapist. `free` are (start, end) proposed where something is in the way."""

    name: str
    day: str
    slots: Sequence[Slot]
    conflict: str = ""
    free: Sequence[tuple[str, str]] = ()

    @property
    def taken(self) -> list[Slot]:
        """All but the session that is being entered."""
        return [slot for slot in self.slots if slot.kind != "chosen"]

    @property
    def strip(self) -> list[dict[str, Any]]:
        """The slots as macros/day_strip.html draws them."""
        return [{"from": s.start, "to": s.end, "kind": s.kind, "label": clock(s.start)} for s in self.slots]

    @property
    def hours_shown(self) -> Span:
        """From when to when the strip goes: the usual hours, and more where a session lies outside them."""
        opens = min([free_hours.OPENS, *(slot.start // 60 * 60 for slot in self.slots)])
        return opens, max([free_hours.CLOSES, *(-(-slot.end // 60) * 60 for slot in self.slots)])


def of(values: Mapping[str, Any], session_id: str = "") -> Day | None:
    """The day of what a form says so far; None until it names a psychotherapist and a day.

    `session_id` is the session being edited, which is in nobody's way.
    """
    db = current.db()
    person = psychotherapists.names(db).get(values.get("psychotherapist_id") or "")
    day = _readable_day(values)
    if person is None or not day:
        return None
    taken = _taken(db, day, session_id, psychotherapist_id=person["_id"])
    wanted = _wanted(values, session_id)
    if wanted is None:
        return Day(full_name(person), day, [_slot(other, day, "busy") for other in taken])
    chosen = _slot(wanted, day, "chosen")
    slots = [_slot(other, day, "conflict" if overlapping(wanted, [other]) else "busy") for other in taken]
    shown = Day(full_name(person), day, sorted([*slots, chosen]))
    conflict = slot_conflict(db, wanted, current.settings().zone)
    if conflict is None:
        return shown
    if wanted["client_id"]:
        taken += _taken(db, day, session_id, client_id=wanted["client_id"])
    return shown._replace(conflict=conflict.message, free=_free(taken, chosen, day))


def free(wanted: Mapping[str, Any], day: str) -> list[tuple[str, str]]:
    """(start, end) of a local day at which a session as long as `wanted` suits both its people, those
    closest to its own hour. It needs starts_at, ends_at, psychotherapist_id and client_id.
    """
    people = {name: wanted[name] for name in ("psychotherapist_id", "client_id")}
    taken = [
        session for name, who in people.items() for session in _taken(current.db(), day, "", **{name: who})
    ]
    return _free(taken, _slot(wanted, local_day(wanted["starts_at"], current.settings().zone), "chosen"), day)


def _readable_day(values: Mapping[str, Any]) -> str:
    try:
        return load_day(values)
    except InvalidInput:
        return ""


def _wanted(values: Mapping[str, Any], session_id: str) -> Document | None:
    """The session as far as its slot goes; None while it has no times, or where it takes nobody's time."""
    if (values.get("status") or COUNTING[0]) not in COUNTING:
        return None
    try:
        times = load_times(values, current.settings().zone)
    except InvalidInput:
        return None
    people = {name: values.get(name) or "" for name in ("psychotherapist_id", "client_id")}
    return {"_id": session_id, **times, **people}


def _taken(db: Db, day: str, session_id: str, **who: str) -> list[Document]:
    found = sessions.find(db, {"local_date": day, **who, "counts": True})
    return [session for session in found if session["_id"] != session_id]


def _free(taken: Sequence[Document], chosen: Slot, day: str) -> list[tuple[str, str]]:
    minutes = chosen.end - chosen.start
    busy = [_slot(session, day, "busy")[:2] for session in taken]
    starts = free_hours.free_starts(busy, minutes, chosen.start)
    return [(clock(start), clock(start + minutes)) for start in starts]


def _slot(session: Mapping[str, Any], day: str, kind: str) -> Slot:
    return Slot(_minute(session["starts_at"], day), _minute(session["ends_at"], day), kind)


def _minute(at: datetime, day: str) -> int:
    """Minutes since midnight by the centre's clock; the end of the day for a later one."""
    zone = current.settings().zone
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute if local_day(at, zone) == day else _DAY_MINUTES
