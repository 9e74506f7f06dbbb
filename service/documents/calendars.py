"""One calendar document a psychotherapist: its version decides who gets a slot when two people save at once.

What is to be written (one session, or all of a series) is first pushed whole onto the calendar as one
reservation, on condition that nobody else pushed since the sessions were looked at; that push is the moment
it is decided. Then the sessions are written and the reservation taken out. Whoever meets a reservation
(another writer, the sweep after a crash) finishes it first; every step may be done twice.

Why a push also decides an edit of several sessions: every write of a stored session goes through the
calendar of the psychotherapist it is with, so that none of them changes between the look and the push. The
one write that comes from elsewhere, taking a session over from another calendar, first raises that
calendar's version and finishes what is reserved there for the session (`_leave`).

What a plan looks at besides these sessions (the psychotherapist's terms, the client's other sessions) stays
true until the push if whoever changes it has the calendar look again (`look_again`).

Stored: {_id: psychotherapist id, version, reservations: [{id, writes: [Write]}]}
"""

from collections.abc import Callable
from typing import Any, TypedDict, cast

from pymongo import InsertOne, ReplaceOne, ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError

from service.database import Db
from service.documents import exchange_rates
from service.documents.store import Document, new_id
from service.domain.marks import marked

_DUPLICATE = 11000
Session = dict[str, Any]


class Write(TypedDict):
    """A session as it shall be stored: new, or in place of version `replaces`.

    `leaves` is the psychotherapist whom it is taken from, None where it stays with whom it was.
    """

    session: Session
    replaces: int | None
    leaves: str | None


def write(session: Session, before: Session | None = None) -> Write:
    """A Write of `session`, in place of `before` as it was read; it marks the months that it changes.

    Every write of a stored session is made here, so that none goes by without its marks.
    """
    replaces = before["version"] if before else None
    leaves = before.get("psychotherapist_id") if before else None
    stays = leaves == session.get("psychotherapist_id", leaves)
    return {"session": marked(session, before), "replaces": replaces, "leaves": None if stays else leaves}


def reserve(db: Db, psychotherapist_id: str, plan: Callable[[], list[Write]]) -> list[Session]:
    """Does all the writes that `plan` gives, or none, in the calendar's order; the sessions as stored.

    `plan` looks at things as they stand, with nothing in flight: it raises what refuses the writes, and gives
    none where nothing is left to do. It may be asked several times.
    """
    while True:
        calendar = _read(db, psychotherapist_id)
        if calendar["reservations"]:
            for reservation in calendar["reservations"]:
                _finish(db, psychotherapist_id, reservation)
            continue
        for other in list(db.calendars.find({"reservations.writes.leaves": psychotherapist_id})):
            _finish_all(db, other)
        writes = _at_rates(db, plan())
        if not writes:
            return []
        reservation = {"id": new_id(), "writes": writes}
        if _push(db, calendar, reservation):
            return _finish(db, psychotherapist_id, reservation)


def look_again(db: Db, psychotherapist_id: str) -> None:
    """Has everything that is being planned on a calendar planned anew; what is decided there is written."""
    _finish_all(db, _raised(db, psychotherapist_id))


def sweep(db: Db) -> int:
    """Finishes the reservations that a crash left in any calendar; how many there were."""
    left = list(db.calendars.find({"reservations.id": {"$exists": True}}))
    return sum(_finish_all(db, calendar) for calendar in left)


def _at_rates(db: Db, writes: list[Write]) -> list[Write]:
    """Each session in dollars with the exchange rate of its day (documents.exchange_rates)."""
    sessions = exchange_rates.frozen(db, [each["session"] for each in writes])
    return [{**each, "session": session} for each, session in zip(writes, sessions, strict=True)]


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


def _finish_all(db: Db, calendar: Document) -> int:
    for reservation in calendar["reservations"]:
        _finish(db, calendar["_id"], reservation)
    return len(calendar["reservations"])


def _finish(db: Db, psychotherapist_id: str, reservation: Document) -> list[Session]:
    """Writes the reserved sessions unless that is already done, then takes the reservation out.

    A deleted session keeps its `_id` as a tombstone, so that finishing late cannot bring it back.
    """
    writes: list[Write] = reservation["writes"]
    for each in writes:
        _leave(db, each)
    try:
        db.sessions.bulk_write([_operation(each) for each in writes], ordered=False)
    except BulkWriteError as error:
        if any(failed["code"] != _DUPLICATE for failed in error.details["writeErrors"]):
            raise  # a duplicate was written by somebody else who finished this too
    db.calendars.update_one(
        {"_id": psychotherapist_id}, {"$pull": {"reservations": {"id": reservation["id"]}}}
    )
    ids = [each["session"]["_id"] for each in writes]
    stored = {session["_id"]: session for session in db.sessions.find({"_id": {"$in": ids}})}
    return [stored.get(each["session"]["_id"], each["session"]) for each in writes]


def _operation(each: Write) -> InsertOne[Document] | ReplaceOne[Document]:
    session = each["session"]
    if each["replaces"] is None:
        return InsertOne(session)
    return ReplaceOne({"_id": session["_id"], "version": each["replaces"]}, session)


def _leave(db: Db, each: Write) -> None:
    """Has the calendar that a session is taken from look again: what is reserved there for it comes first,
    and what is being planned there is planned anew.

    Nothing to do once the session is written, so that two calendars never finish each other in turns.
    """
    session_id = each["session"]["_id"]
    if each["leaves"] is None or not db.sessions.count_documents(
        {"_id": session_id, "version": each["replaces"]}
    ):
        return
    for reservation in _raised(db, each["leaves"])["reservations"]:
        if any(other["session"]["_id"] == session_id for other in reservation["writes"]):
            _finish(db, each["leaves"], reservation)


def _raised(db: Db, psychotherapist_id: str) -> Document:
    """A calendar with a higher version, so that no push planned under the former one comes through."""
    raised = db.calendars.find_one_and_update(
        {"_id": psychotherapist_id},
        {"$inc": {"version": 1}, "$setOnInsert": {"reservations": []}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return cast(Document, raised)
