"""The way back of what the desk does with one press: a change of status, a deletion.

What is needed stands in the session itself: `before` of a change of status, `deleted` of a tombstone. It is
put back only while the document has the version which that change wrote, through the psychotherapist's
calendar like any other write, and only where its hour is still free.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import calendars, client_time, clients, psychotherapists, slots, store
from service.documents.store import Document
from service.domain.booking import derived
from service.errors import NotFound, Stale

#: What a change of status changes besides what follows from it.
STATUS_FIELDS = ("status", "charge_cents", "overbooking_reason")


def undo(db: Db, session_id: str, version: int, now: datetime, zone: ZoneInfo) -> Document:
    """The session as it was before the change that wrote `version`, stored under a version of its own.

    NotFound, Stale (changed since, or nothing to take back), Conflict (its hour is taken now, its client
    archived), InvalidInput (its people are gone).
    """
    written = _as_written(db, session_id, version)
    session = _earlier(written, zone)
    session |= {"version": version + 1, "updated_at": now, "write_id": store.new_id()}
    psychotherapists.require(db, session["psychotherapist_id"])
    clients.require_active(db, session["client_id"])

    def plan() -> list[calendars.Write]:
        _as_written(db, session_id, version)
        _check_hour(db, session, written, zone)
        return [calendars.write(session, written)]

    client_id = session["client_id"] if _takes_time(session, written) else None
    [stored] = client_time.reserve(db, client_id, session["psychotherapist_id"], plan)
    if stored.get("write_id") != session["write_id"]:
        raise Stale(stored)
    return stored


def last_known(db: Db, session_id: str) -> Document:
    """The session, or what it was when it was deleted; {} where there is no trace of it."""
    found: Document = db.sessions.find_one({"_id": session_id}) or {}
    kept: Document = found.get("deleted", found)
    return kept


def _as_written(db: Db, session_id: str, version: int) -> Document:
    """The session or tombstone, if it still has `version`; NotFound where it is gone, else Stale."""
    written = store.get(db.sessions, session_id)
    if "starts_at" not in written.get("deleted", written):  # an undone import keeps no more of it
        raise NotFound()
    if written["version"] != version:
        raise NotFound() if "deleted" in written else Stale(written)
    return written


def _earlier(written: Document, zone: ZoneInfo) -> Document:
    """What was there before that write, with what follows from it."""
    if "deleted" in written:
        return dict(written["deleted"])
    before = written.get("before")
    if not before or before["version"] != written["version"]:
        raise Stale(written)
    session = {name: value for name, value in written.items() if name != "before"}
    session |= {name: before[name] for name in STATUS_FIELDS}
    return {**session, **derived(session, zone)}


def _takes_time(session: Document, written: Document) -> bool:
    return bool(session["counts"] and not written.get("counts"))


def _check_hour(db: Db, session: Document, written: Document, zone: ZoneInfo) -> None:
    """Refuses an hour that is taken.

    Where a reason for overbooking is on record, what was there already then is not in the way; only what was
    booked or moved since.
    """
    if not _takes_time(session, written):
        return
    conflict = slots.slot_conflict(db, session, zone)
    if conflict is None:
        return
    ids = [item["session_id"] for item in slots.overlaps(db, [session], zone)[session["_id"]]]
    since = {"updated_at": {"$gte": written.get("deleted_at") or written["updated_at"]}}
    if not session["overbooking_reason"] or db.sessions.find_one({"_id": {"$in": ids}, **since}):
        raise conflict
