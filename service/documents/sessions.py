"""Therapy sessions: booked through the psychotherapist's calendar, so that a slot is never given twice.

A deleted session stays as a tombstone {_id, version, deleted_at, deleted: what it was}, which no query by
month, day, client or psychotherapist can find.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import calendars, clients, psychotherapists, store
from service.documents.store import Document, Request
from service.domain.booking import check_times, derived, initial_status, overlapping
from service.domain.months import days_around, local_day
from service.domain.terms import terms_on
from service.errors import Conflict, InvalidInput, NotFound, Stale

#: What a session takes from its input as it is; price and charge become céntimos beside `currency`.
_PLAIN = (
    "client_id",
    "psychotherapist_id",
    "starts_at",
    "ends_at",
    "modality",
    "status",
    "note",
    "overbooking_reason",
)
_TEXTS = ("note", "overbooking_reason")
_FILTERS = ("month", "local_date", "psychotherapist_id", "client_id", "status", "modality", "currency")
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
    session = new_document(db, data, now, zone)
    if request is not None:
        session |= {"_id": request.id, "request_hash": request.body_hash}

    def check() -> Document | None:
        repeated = store.repeated(db.sessions, request)
        if repeated is None:
            _check_slot(db, session, zone)
        return repeated

    return calendars.reserve(db, session, None, check)


def new_document(db: Db, data: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Document:
    """A session as it would be stored, without looking at its slot."""
    check_times(data)
    person = psychotherapists.require(db, data["psychotherapist_id"])
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
    session |= {"note": "", "overbooking_reason": "", "status": initial_status(data["ends_at"], now)}
    session |= _stored_fields(data, session)
    return {**session, **derived(session, zone), "created_at": now, "updated_at": now}


def get(db: Db, session_id: str) -> Document:
    """One session; NotFound without it or once it is deleted."""
    session = store.get(db.sessions, session_id)
    if "deleted_at" in session:
        raise NotFound()
    return session


def update(
    db: Db, session_id: str, changes: Mapping[str, Any], version: int | None, now: datetime, zone: ZoneInfo
) -> Document:
    """Applies `changes`; moving keeps the status, another psychotherapist brings their percent, never their
    price.

    Stale (with how it stands) on another version; Conflict naming what is in the way of the new slot.
    """
    current = get(db, session_id)
    if version is not None and version != current["version"]:
        raise Stale(current)
    session = {
        **current,
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
    if "overbooking_reason" not in changes and _moved(session, current):
        session["overbooking_reason"] = ""
    written = store.new_id()
    session["write_id"] = written
    stored = calendars.reserve(
        db, session, current["version"], lambda: _check_edit(db, session, current, zone)
    )
    if stored.get("write_id") != written:
        raise Stale(get(db, session_id))
    return stored


def delete(db: Db, session_id: str, version: int | None, now: datetime) -> None:
    """Leaves a tombstone in the session's place. NotFound without it, Stale on another version."""
    current = get(db, session_id)
    expected = current["version"] if version is None else version
    tombstone = {"_id": session_id, "version": expected + 1, "deleted_at": now, "deleted": current}
    if not db.sessions.replace_one({"_id": session_id, "version": expected}, tombstone).matched_count:
        raise Stale(get(db, session_id))


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
    """The store's condition for a list's filters: month, psychotherapist_id, client_id, status, modality,
    currency, q.

    `counts` takes the sessions that count, `client_ids` those of some clients. Without month and client the
    list is of every month.
    """
    wanted: Document = {name: filters[name] for name in (*_FILTERS, "counts") if filters.get(name)}
    groups = [filters["client_ids"]] if "client_ids" in filters else []
    if filters.get("q"):
        found = clients.search(db, filters["q"]) + clients.search(db, filters["q"], archived=True)
        groups.append([client["_id"] for client in found])
    if groups:
        wanted["$and"] = [{"client_id": {"$in": sorted(ids)}} for ids in groups]
    if not wanted.get("month") and not wanted.get("local_date"):
        wanted["month"] = {"$exists": True}
    return wanted


def _stored_fields(data: Mapping[str, Any], base: Mapping[str, Any]) -> Document:
    fields: Document = {name: data[name] for name in _PLAIN if data.get(name) is not None}
    fields |= {name: "" for name in _TEXTS if name in data and data[name] is None}
    if data.get("price") is not None:
        fields |= {"price_cents": data["price"].cents, "currency": data["price"].currency}
    charge = data.get("charge")
    if charge is not None:
        if charge.cents and charge.currency != fields.get("currency", base["currency"]):
            raise InvalidInput({"charge": ["El monto a cobrar va en la misma moneda que el precio."]})
        fields["charge_cents"] = charge.cents
    return fields


def _check_edit(db: Db, session: Document, current: Document, zone: ZoneInfo) -> None:
    now_stored = get(db, session["_id"])
    if now_stored["version"] != current["version"]:
        raise Stale(now_stored)
    if _moved(session, current):
        _check_slot(db, session, zone)


def _moved(session: Document, current: Document) -> bool:
    """Whether an edit takes time that the session did not have; an old overbooking reason says nothing of
    it.
    """
    return any(session[name] != current[name] for name in _SLOT)


def _check_slot(db: Db, session: Document, zone: ZoneInfo) -> None:
    """Refuses a slot in which the psychotherapist or the client already is, unless there is a reason."""
    if session["overbooking_reason"] or not session["counts"]:
        return
    conflict = slot_conflict(db, session, zone)
    if conflict is not None:
        raise conflict


def slot_conflict(db: Db, session: Mapping[str, Any], zone: ZoneInfo) -> Conflict | None:
    """What is in the way of a session: its psychotherapist's other sessions, or else its client's.

    `session` needs _id, starts_at, ends_at, psychotherapist_id and client_id; who is "" is not looked for.
    """
    days = days_around(session["starts_at"], session["ends_at"], zone)
    for who, field in (("psychotherapist_id", "psychotherapist"), ("client_id", "client")):
        same_days = {"local_date": {"$in": days}, who: session[who]}
        taken = overlapping(session, db.sessions.find(same_days)) if session[who] else []
        if taken:
            return _slot_taken(db, taken, field, zone)
    return None


def _slot_taken(db: Db, taken: list[Document], field: str, zone: ZoneInfo) -> Conflict:
    first = min(taken, key=lambda session: session["starts_at"])
    therapist = psychotherapists.get(db, first["psychotherapist_id"])
    client = clients.by_ids(db, [first["client_id"]]).get(first["client_id"], {})
    hours = " a ".join(first[name].astimezone(zone).strftime("%H:%M") for name in ("starts_at", "ends_at"))
    name, other = _name(therapist), _name(client)
    message = (
        f"{name} ya atiende a {other} de {hours}."
        if field == "psychotherapist"
        else (f"{other} ya tiene una cita con {name} de {hours}.")
    )
    in_the_way = [_in_the_way(session, field) for session in taken]
    return Conflict(message, in_the_way, field="overbooking_reason")


def _in_the_way(session: Document, field: str) -> Document:
    instants = {name: session[name].isoformat() for name in ("starts_at", "ends_at")}
    return {"session_id": session["_id"], "overlap": field, **instants}


def _name(person: Mapping[str, Any]) -> str:
    return f"{person.get('given_names', '')} {person.get('family_names', '')}".strip()
