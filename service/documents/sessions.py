"""Therapy sessions: booked through the psychotherapist's calendar, so that a slot is never given twice.

A change that can be taken back (documents.session_undo) leaves what it changed in `before` {version: the one
it wrote, and the fields as they were}; any later edit takes that away.

A deleted session stays as a tombstone {_id, version, deleted_at, deleted: what it was}, which no query by
month, day, client or psychotherapist can find.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import calendars, client_search, client_time, clients, psychotherapists, slots, store
from service.documents.store import Document, Request
from service.domain.booking import check_times, derived, initial_status
from service.domain.months import local_day
from service.domain.terms import terms_on
from service.errors import InvalidInput, NotFound, Stale
from service.texts import _

#: What a session takes from its input as it is; price and charge become céntimos beside `currency`.
_PLAIN = (
    "client_id",
    "psychotherapist_id",
    "starts_at",
    "ends_at",
    "modality",
    "link",
    "room",
    "status",
    "note",
    "overbooking_reason",
)
_TEXTS = ("link", "room", "note", "overbooking_reason")
_FILTERS = (
    *("month", "local_date", "psychotherapist_id", "client_id", "series_id"),
    *("status", "modality", "currency"),
)
_SLOT = ("starts_at", "ends_at", "psychotherapist_id", "client_id", "counts")


def create(
    db: Db, data: Mapping[str, Any], now: datetime, zone: ZoneInfo, request: Request | None = None
) -> Document:
    """Books a new session (`data` as SessionSchema loads it), with the terms in force on its day.

    InvalidInput for unknown people or a wrong time, Conflict naming what is in the way of its slot.
    """
    earlier = store.repeated(db.sessions, request)
    if earlier is not None:
        return earlier
    clients.require_active(db, data["client_id"])
    own = {"_id": request.id, "request_hash": request.body_hash} if request else {"_id": store.new_id()}

    def plan() -> list[calendars.Write]:
        if store.repeated(db.sessions, request) is not None:
            return []
        session = new_document(db, data, now, zone) | own
        _check_slot(db, session, zone)
        return [calendars.write(session)]

    written = client_time.reserve(db, data["client_id"], data["psychotherapist_id"], plan)
    return written[0] if written else store.get(db.sessions, own["_id"])


def new_document(db: Db, data: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Document:
    """A session as it would be stored, without looking at its slot."""
    check_times(data)
    return document_with(psychotherapists.require(db, data["psychotherapist_id"]), data, now, zone)


def document_with(person: Document, data: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Document:
    """A new session with a psychotherapist who is already read."""
    check_times(data)
    terms = terms_on(person["terms"], local_day(data["starts_at"], zone))
    session: Document = {
        "_id": store.new_id(),
        "version": 1,
        "currency": terms["currency"],
        "charge_cents": 0,
    }
    session |= {
        "price_cents": terms["price_cents"],
        "commission_bp": terms["commission_bp"],
        "series_id": None,
    }
    session |= {**dict.fromkeys(_TEXTS, ""), "status": initial_status(data["ends_at"], now)}
    session |= _stored_fields(data, session)
    return {**session, **derived(session, zone), "created_at": now, "updated_at": now}


def get(db: Db, session_id: str) -> Document:
    """One session; NotFound without it or once it is deleted."""
    session = store.get(db.sessions, session_id)
    if "deleted_at" in session:
        raise NotFound()
    return session


def update(
    db: Db,
    session_id: str,
    changes: Mapping[str, Any],
    version: int | None,
    now: datetime,
    zone: ZoneInfo,
    undoable: Iterable[str] = (),
) -> Document:
    """Applies `changes`; moving keeps the status, another psychotherapist brings their percent, never their
    price. `undoable` names the fields that are kept in `before`.

    Stale (with how it stands) on another version; Conflict naming what is in the way of the new slot.
    """
    current = get(db, session_id)
    if version is not None and version != current["version"]:
        raise Stale(current)
    session = edited(db, current, changes, now, zone)
    own: Document = {"write_id": store.new_id()}
    if undoable:
        own["before"] = {"version": current["version"] + 1, **{name: current[name] for name in undoable}}

    def plan() -> list[calendars.Write]:
        session = edited(db, current, changes, now, zone) | own
        _check_edit(db, session, current, zone)
        return [calendars.write(session, current)]

    client_id = session["client_id"] if moved(session, current) else None
    [stored] = client_time.reserve(db, client_id, session["psychotherapist_id"], plan)
    if stored.get("write_id") != own["write_id"]:
        raise Stale(get(db, session_id))
    return stored


def edited(db: Db, current: Document, changes: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Document:
    """A stored session as `changes` leave it, not yet written, without looking at its slot."""
    session = {
        **{name: value for name, value in current.items() if name != "before"},
        **_stored_fields(changes, current),
        "version": current["version"] + 1,
        "updated_at": now,
    }
    check_times(session)
    if session["psychotherapist_id"] != current["psychotherapist_id"]:
        person = psychotherapists.require(db, session["psychotherapist_id"])
        session["commission_bp"] = terms_on(person["terms"], local_day(session["starts_at"], zone))[
            "commission_bp"
        ]
    if session["client_id"] != current["client_id"]:
        clients.require_active(db, session["client_id"])
    session |= derived(session, zone)
    if "overbooking_reason" not in changes and moved(session, current):
        session["overbooking_reason"] = ""
    return session


def delete(db: Db, session_id: str, version: int | None, now: datetime) -> Document:
    """Leaves a tombstone in the session's place, and gives it. NotFound without it, Stale on another
    version.
    """
    therapist = get(db, session_id)["psychotherapist_id"]

    def plan() -> list[calendars.Write]:
        return [tombstone(as_read(db, session_id, version, therapist), now)]

    [stored] = calendars.reserve(db, therapist, plan)
    if "deleted_at" not in stored:
        raise Stale(stored)
    return stored


def as_read(db: Db, session_id: str, version: int | None, psychotherapist_id: str) -> Document:
    """The session, if it still has `version` (None is any) and is with `psychotherapist_id`; Stale if not."""
    current = get(db, session_id)
    if version not in (None, current["version"]) or current["psychotherapist_id"] != psychotherapist_id:
        raise Stale(current)
    return current


def tombstone(current: Document, now: datetime) -> calendars.Write:
    """What takes a deleted session's place."""
    gone = {
        "_id": current["_id"],
        "version": current["version"] + 1,
        "deleted_at": now,
        "deleted": current,
    }
    return calendars.write(gone, current)


def find(
    db: Db, condition: Mapping[str, Any], *, skip: int = 0, limit: int = 0, newest_first: bool = False
) -> list[Document]:
    """Sessions of a condition (see `condition`), by start; `limit` 0 means all."""
    order = -1 if newest_first else 1
    return list(
        db.sessions.find(condition).sort([("starts_at", order), ("_id", order)]).skip(skip).limit(limit)
    )


def count(db: Db, condition: Mapping[str, Any]) -> int:
    """How many sessions a condition has."""
    return db.sessions.count_documents(condition)


def condition(db: Db, filters: Mapping[str, Any]) -> Document:
    """The store's condition for a list's filters: month, psychotherapist_id, client_id, series_id, status,
    modality, currency, q.

    `counts` takes the sessions that count, `client_ids` those of some clients, `ends_at` is of `unmarked`.
    Without month and client the list is of every month.
    """
    wanted: Document = {name: filters[name] for name in (*_FILTERS, "counts", "ends_at") if filters.get(name)}
    groups = [filters["client_ids"]] if "client_ids" in filters else []
    if filters.get("q"):
        groups.append([client["_id"] for client in client_search.closest(db, filters["q"])])
    if groups:
        wanted["$and"] = [{"client_id": {"$in": sorted(ids)}} for ids in groups]
    if not wanted.get("month") and not wanted.get("local_date"):
        wanted["month"] = {"$exists": True}
    return wanted


def unmarked(now: datetime) -> Document:
    """The store's condition for sessions that are over and still say that they are to come."""
    return {"status": "scheduled", "ends_at": {"$lte": now}}


def _stored_fields(data: Mapping[str, Any], base: Mapping[str, Any]) -> Document:
    fields: Document = {name: data[name] for name in _PLAIN if data.get(name) is not None}
    fields |= {name: "" for name in _TEXTS if name in data and data[name] is None}
    if data.get("price") is not None:
        fields |= {"price_cents": data["price"].cents, "currency": data["price"].currency}
    charge = data.get("charge")
    if charge is not None:
        if charge.cents and charge.currency != fields.get("currency", base["currency"]):
            raise InvalidInput({"charge": [_("El monto a cobrar va en la misma moneda que el precio.")]})
        fields["charge_cents"] = charge.cents
    return fields


def _check_edit(db: Db, session: Document, current: Document, zone: ZoneInfo) -> None:
    now_stored = get(db, session["_id"])
    if now_stored["version"] != current["version"]:
        raise Stale(now_stored)
    if moved(session, current):
        _check_slot(db, session, zone)


def moved(session: Document, current: Document) -> bool:
    """Whether an edit takes time that the session did not have; an old overbooking reason says nothing of
    it.
    """
    return any(session[name] != current[name] for name in _SLOT)


def _check_slot(db: Db, session: Document, zone: ZoneInfo) -> None:
    """Refuses a slot in which the psychotherapist or the client already is, unless there is a reason."""
    if session["overbooking_reason"] or not session["counts"]:
        return
    conflict = slots.slot_conflict(db, session, zone)
    if conflict is not None:
        raise conflict
