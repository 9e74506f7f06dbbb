"""A client's time is given once, too: their sessions with different psychotherapists are decided one by one.

A calendar decides about one psychotherapist's time (documents.calendars). So that two of them do not book
the same client for the same hour, each having looked before the other, whoever is about to push a session
says so in the client's own document first, on condition that nobody else did since they looked. Whoever finds
another's `booking` there has that calendar look again: its session is written then, or planned anew later.

Stored: {_id: client id, version, booking: {id, psychotherapist_id} while one is being decided}
"""

from collections.abc import Callable

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import calendars
from service.documents.calendars import Session, Write
from service.documents.store import Document, new_id


def reserve(
    db: Db, client_id: str | None, psychotherapist_id: str, plan: Callable[[], list[Write]]
) -> list[Session]:
    """As calendars.reserve, for sessions that take time of a client (None: that take none); `plan` looks at
    both people's time.

    A booking that a refusal or a crash leaves there is taken away by the next one, or by the sweep.
    """
    if client_id is None:
        return calendars.reserve(db, psychotherapist_id, plan)
    booking = {"id": new_id(), "psychotherapist_id": psychotherapist_id}

    def planned() -> list[Write]:
        while True:
            seen = _decided(db, client_id, booking)
            writes = plan()
            if not writes or _announced(db, seen, booking):
                return writes

    written = calendars.reserve(db, psychotherapist_id, planned)
    _clear(db, client_id, booking)
    return written


def sweep(db: Db) -> int:
    """Has every booking that was left decided; how many there were."""
    left = list(db.client_time.find({"booking.id": {"$exists": True}}))
    for each in left:
        _decide(db, each)
    return len(left)


def _decided(db: Db, client_id: str, own: Document) -> Document:
    """The client's document, once no other psychotherapist's booking is under way.

    One on the same calendar may stay: of two pushes there, planned under the same version, one comes through.
    """
    seen: Document = db.client_time.find_one({"_id": client_id}) or {"_id": client_id, "version": 0}
    if seen.get("booking", own)["psychotherapist_id"] != own["psychotherapist_id"]:
        _decide(db, seen)
    return seen


def _decide(db: Db, seen: Document) -> None:
    calendars.look_again(db, seen["booking"]["psychotherapist_id"])
    _clear(db, seen["_id"], seen["booking"])


def _clear(db: Db, client_id: str, booking: Document) -> None:
    db.client_time.update_one({"_id": client_id, "booking.id": booking["id"]}, {"$unset": {"booking": ""}})


def _announced(db: Db, seen: Document, booking: Document) -> bool:
    """Whether the booking went in before anybody else's."""
    if seen["version"] == 0:
        try:
            db.client_time.insert_one({"_id": seen["_id"], "version": 1, "booking": booking})
        except DuplicateKeyError:
            return False
        return True
    announced = db.client_time.update_one(
        {"_id": seen["_id"], "version": seen["version"]},
        {"$set": {"booking": booking}, "$inc": {"version": 1}},
    )
    return announced.modified_count == 1
