"""One calendar document a psychotherapist: its version decides who gets a slot when two people save at once.

A write of a session is first pushed whole onto the calendar as a reservation, on condition that nobody else
pushed since the sessions were looked at; that push is the moment it is decided. Then the session is written
and the reservation taken out. Whoever meets a reservation (another writer, the sweep after a crash) finishes
it first; every step may be done twice.

Stored: {_id: psychotherapist id, version, reservations: [{id, session, replaces: version | None}]}
"""

import contextlib
from collections.abc import Callable
from typing import Any

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents.store import Document, new_id

Session = dict[str, Any]


def reserve(db: Db, session: Session, replaces: int | None, check: Callable[[], Session | None]) -> Session:
    """Writes `session` in its psychotherapist's calendar order; gives it as stored.

    `check` looks whether it may be written as things stand, with nothing in flight: it raises what refuses
    it, or gives a session that makes the write needless. `replaces` is the version an edit was made on, None
    for a new one.
    """
    psychotherapist_id = session["psychotherapist_id"]
    while True:
        calendar = _read(db, psychotherapist_id)
        if calendar["reservations"]:
            for reservation in calendar["reservations"]:
                _finish(db, psychotherapist_id, reservation)
            continue
        needless = check()
        if needless is not None:
            return needless
        reservation = {"id": new_id(), "session": session, "replaces": replaces}
        if _push(db, calendar, reservation):
            return _finish(db, psychotherapist_id, reservation)


def sweep(db: Db) -> int:
    """Finishes the reservations that a crash left in any calendar; how many there were."""
    left = list(db.calendars.find({"reservations.id": {"$exists": True}}))
    for calendar in left:
        for reservation in calendar["reservations"]:
            _finish(db, calendar["_id"], reservation)
    return sum(len(calendar["reservations"]) for calendar in left)


def _read(db: Db, psychotherapist_id: str) -> Document:
    empty: Document = {"_id": psychotherapist_id, "version": 0, "reservations": []}
    return db.calendars.find_one({"_id": psychotherapist_id}) or empty


def _push(db: Db, calendar: Document, reservation: Document) -> bool:
    """Whether the reservation went in before anybody else's."""
    if calendar["version"] == 0:
        try:
            db.calendars.insert_one({**calendar, "version": 1, "reservations": [reservation]})
        except DuplicateKeyError:
            return False
        return True
    pushed = db.calendars.update_one(
        {"_id": calendar["_id"], "version": calendar["version"]},
        {"$push": {"reservations": reservation}, "$inc": {"version": 1}},
    )
    return pushed.modified_count == 1


def _finish(db: Db, psychotherapist_id: str, reservation: Document) -> Session:
    """Writes the reserved session unless that is already done, then takes the reservation out.

    A deleted session keeps its `_id` as a tombstone, so that finishing late cannot bring it back.
    """
    session, replaces = reservation["session"], reservation["replaces"]
    if replaces is None:
        with contextlib.suppress(DuplicateKeyError):  # finished by somebody else
            db.sessions.insert_one(dict(session))
    else:
        db.sessions.replace_one({"_id": session["_id"], "version": replaces}, session)
    db.calendars.update_one(
        {"_id": psychotherapist_id}, {"$pull": {"reservations": {"id": reservation["id"]}}}
    )
    stored = db.sessions.find_one({"_id": session["_id"]})
    return stored if stored is not None else session
