"""Series of sessions: all conflicts before anything is written, then all of what was confirmed or nothing.

One push onto the psychotherapist's calendar holds the whole series and decides it (documents.calendars).
The sessions share `series_id`, which is the `_id` of the first one written. "This and the following" are the
later sessions that are still scheduled and of the same two people; whoever stands in for one of them, or was
given its hour, keeps it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import calendars, client_time, clients, psychotherapists, sessions, slots, store
from service.documents.store import Document, Request
from service.domain.booking import check_times, overlapping
from service.domain.months import local_time
from service.domain.series import Occurrence, decided, occurrences, shifted
from service.errors import Conflict, InvalidInput, NotFound
from service.texts import _

#: What the sessions of a series take from their own place in it.
_OWN = ("starts_at", "ends_at", "overbooking_reason")


class Planned(NamedTuple):
    """A session as it would be stored, and its place in the series."""

    place: Occurrence
    session: Document


def preview(db: Db, data: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Document:
    """What a series would be; writes nothing. Takes what `create` takes, decisions too.

    {items: [{local_date, starts_at, ends_at, action, conflicts}], unresolved: how many of them still are in
    conflict}, ready for JSON.
    """
    planned = _planned(db, data, now, zone)
    items = _items(db, planned, zone)
    return {"items": items, "unresolved": len(_unresolved(planned, items))}


def create(
    db: Db, data: Mapping[str, Any], now: datetime, zone: ZoneInfo, request: Request | None = None
) -> list[Document]:
    """Books a series (`data` as SeriesSchema loads it); its sessions by start.

    Conflict naming every session that something is in the way of, also what was booked since the preview.
    """
    earlier = store.repeated(db.sessions, request)
    if earlier is not None:
        return get(db, earlier["series_id"])
    own = {"_id": request.id, "request_hash": request.body_hash} if request else {"_id": store.new_id()}

    def plan() -> list[calendars.Write]:
        if store.repeated(db.sessions, request) is not None:
            return []
        kept = _resolved(db, _planned(db, data, now, zone), zone)
        if not kept:
            raise InvalidInput({"decisions": [_("Así no queda ninguna cita en la serie.")]})
        kept[0].update(own)
        return [calendars.write({**session, "series_id": own["_id"]}) for session in kept]

    client_time.reserve(db, data["client_id"], data["psychotherapist_id"], plan)
    return get(db, own["_id"])


def get(db: Db, series_id: str) -> list[Document]:
    """The sessions of a series by start; NotFound when there are none."""
    found = list(db.sessions.find({"series_id": series_id}).sort([("starts_at", 1), ("_id", 1)]))
    if not found:
        raise NotFound()
    return found


def following(db: Db, first: Document) -> list[Document]:
    """A session and the later ones of its series that are to come with the same two people."""
    if first["series_id"] is None:
        return [first]
    same = {name: first[name] for name in ("series_id", "psychotherapist_id", "client_id")}
    later = {"starts_at": {"$gte": first["starts_at"]}, "status": "scheduled", "_id": {"$ne": first["_id"]}}
    return [first, *db.sessions.find({**same, **later}).sort([("starts_at", 1), ("_id", 1)])]


def update_following(
    db: Db, session_id: str, changes: Mapping[str, Any], version: int | None, now: datetime, zone: ZoneInfo
) -> list[Document]:
    """Applies `changes` to a session and those that follow it; all of them as stored, by start.

    New times move and lengthen each as much as this one (domain.series.shifted); an overbooking reason goes
    to those that need it. Conflict naming all that is in the way, Stale on another version: nothing is
    written.
    """
    session = sessions.get(db, session_id)
    therapist = session["psychotherapist_id"]

    def plan() -> list[calendars.Write]:
        first = sessions.as_read(db, session_id, version, therapist)
        return _edited(db, first, changes, now, zone)

    return client_time.reserve(db, session["client_id"], therapist, plan)


def delete_following(db: Db, session_id: str, version: int | None, now: datetime) -> list[Document]:
    """Deletes a session and those that follow it; the tombstones. NotFound without it, Stale on
    another version.
    """
    therapist = sessions.get(db, session_id)["psychotherapist_id"]

    def plan() -> list[calendars.Write]:
        first = sessions.as_read(db, session_id, version, therapist)
        return [sessions.tombstone(session, now) for session in following(db, first)]

    return calendars.reserve(db, therapist, plan)


def _planned(db: Db, data: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> list[Planned]:
    """Every session of a series, the skipped ones too, with the terms in force on its own day."""
    check_times(data)
    person = psychotherapists.require(db, data["psychotherapist_id"])
    clients.require_active(db, data["client_id"])
    places = occurrences(data["starts_at"], data["ends_at"], data["repeat"], zone)
    planned = []
    for place in decided(places, data.get("decisions") or ()):
        own = {"starts_at": place.starts_at, "ends_at": place.ends_at}
        planned.append(Planned(place, sessions.document_with(person, {**data, **own}, now, zone)))
    return planned


def _edited(
    db: Db, first: Document, changes: Mapping[str, Any], now: datetime, zone: ZoneInfo
) -> list[calendars.Write]:
    """`first` and the following as `changes` leave them, with nothing in the way of those that move."""
    if any(name in changes and changes[name] != first[name] for name in ("client_id", "psychotherapist_id")):
        raise InvalidInput({"scope": [_("El cliente y el psicoterapeuta se cambian cita por cita.")]})
    old = first["starts_at"], first["ends_at"]
    new = changes.get("starts_at") or old[0], changes.get("ends_at") or old[1]
    check_times({"starts_at": new[0], "ends_at": new[1]})
    reason = changes.get("overbooking_reason") or ""
    shared = {name: value for name, value in changes.items() if name not in _OWN}
    edited: list[tuple[Document, Document]] = []
    moved = []
    for current in following(db, first):
        (start, end), exists = shifted(current, old, new, zone)
        session = sessions.edited(db, current, {**shared, "starts_at": start, "ends_at": end}, now, zone)
        edited.append((session, current))
        if session["counts"] and sessions.moved(session, current):
            place = Occurrence(current["local_date"], start, end, exists, None, reason)
            moved.append(Planned(place, session))
    _resolved(db, moved, zone)
    return [calendars.write(session, current) for session, current in edited]


def _resolved(db: Db, planned: Sequence[Planned], zone: ZoneInfo) -> list[Document]:
    """The sessions that are not skipped, each with the reason that its conflicts need; Conflict without."""
    items = _items(db, planned, zone)
    unresolved = _unresolved(planned, items)
    if unresolved:
        raise Conflict(_("Hay citas de la serie en conflicto: decida qué hacer con cada una."), unresolved)
    for each, item in zip(planned, items, strict=True):
        each.session["overbooking_reason"] = each.place.reason if item["conflicts"] else ""
    return [each.session for each in planned if each.place.action != "skip"]


def _unresolved(planned: Sequence[Planned], items: Sequence[Document]) -> list[Document]:
    """The items that can not be written yet: no reason outdoes a time that does not exist."""
    return [
        item
        for (place, _), item in zip(planned, items, strict=True)
        if place.action != "skip" and item["conflicts"] and not (place.exists and place.reason)
    ]


def _items(db: Db, planned: Sequence[Planned], zone: ZoneInfo) -> list[Document]:
    """Each session with everything that is in its way."""
    taken = slots.overlaps(db, [each.session for each in planned], zone)
    kept = [each.session for each in planned if each.place.action != "skip"]
    items = []
    for place, session in planned:
        conflicts = [] if place.exists else [_skipped_by_the_clock(place, zone)]
        conflicts += [_of_the_series(other) for other in overlapping(session, kept)]
        instants = {name: session[name].isoformat() for name in ("starts_at", "ends_at")}
        conflicts += taken[session["_id"]]
        items.append(
            {"local_date": place.local_date, **instants, "action": place.action, "conflicts": conflicts}
        )
    return items


def _skipped_by_the_clock(place: Occurrence, zone: ZoneInfo) -> Document:
    later = local_time(place.starts_at, zone)
    message = _(
        "Ese día el reloj se adelanta y esa hora no existe; la siguiente posible es %(later)s.", later=later
    )
    return {"overlap": "clock", "message": message}


def _of_the_series(other: Document) -> Document:
    instants = {name: other[name].isoformat() for name in ("starts_at", "ends_at")}
    return {"overlap": "series", **instants, "message": _("Otra cita de esta serie ocupa ese horario.")}
