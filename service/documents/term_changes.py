"""A new percent for sessions that are registered already: what it would change, and changing them.

The psychotherapist's own document is written first, with the new terms and, where the registered sessions
take them over, `unapplied: {since, until, commission_bp}`. Then the sessions are rewritten through the
calendar, some at a time, and `unapplied` is taken out; the sweep finishes what a crash left. A session that
is being booked meanwhile is written first, or gets the new terms (calendars.look_again). Doing it twice
changes nothing: a session that has the percent already is left alone. Closed months are never touched.
"""

from datetime import datetime
from functools import partial

from aggregations import commission_by_percent
from service.database import Db
from service.documents import calendars
from service.documents.closings import closed_months
from service.documents.store import Document
from service.domain import term_changes
from service.domain.term_changes import Effect, span_end

#: Sessions that one write of the calendar holds.
AT_ONCE = 200


def preview(db: Db, person: Document, commission_bp: int, since: str) -> Effect:
    """What a percent from the local day `since` on would change in open months (domain.term_changes)."""
    stages = commission_by_percent.pipeline(person["_id"], since, span_end(person["terms"], since))
    rows = db[commission_by_percent.COLLECTION].aggregate(stages)
    return term_changes.effect(rows, commission_bp, closed_months(db))


def differing(db: Db, person: Document, commission_bp: int, since: str, month: str = "") -> list[Document]:
    """The sessions that such a change would alter, by start; of one month where one is named."""
    condition = _condition(db, person["_id"], unapplied(person, commission_bp, since))
    own = {"$and": [{"month": month}]} if month else {}
    return list(db.sessions.find({**condition, **own}).sort([("starts_at", 1), ("_id", 1)]))


def unapplied(person: Document, commission_bp: int, since: str) -> Document:
    """What the psychotherapist's document says until the registered sessions have the percent."""
    return {"since": since, "until": span_end(person["terms"], since), "commission_bp": commission_bp}


def finish(db: Db, person: Document, now: datetime) -> Document:
    """Rewrites the sessions that `unapplied` is about; the psychotherapist without it."""
    change = person.get("unapplied")
    if change is None:
        return person
    calendars.look_again(db, person["_id"])
    while ids := _ids(db, person["_id"], change):
        for some in (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)):
            calendars.reserve(db, person["_id"], partial(_writes, db, person["_id"], change, some, now))
    db.psychotherapists.update_one({"_id": person["_id"], "unapplied": change}, {"$unset": {"unapplied": ""}})
    return {name: value for name, value in person.items() if name != "unapplied"}


def sweep(db: Db, now: datetime) -> int:
    """Finishes what a crash left of changed terms; how many psychotherapists it was."""
    left = list(db.psychotherapists.find({"unapplied.since": {"$exists": True}}))
    for person in left:
        finish(db, person, now)
    return len(left)


def _condition(db: Db, psychotherapist_id: str, change: Document) -> Document:
    return {
        "psychotherapist_id": psychotherapist_id,
        "local_date": {"$gte": change["since"], "$lt": change["until"]},
        "commission_bp": {"$ne": change["commission_bp"]},
        "month": {"$nin": sorted(closed_months(db))},
    }


def _ids(db: Db, psychotherapist_id: str, change: Document) -> list[str]:
    found = db.sessions.find(_condition(db, psychotherapist_id, change), {"_id": 1})
    return sorted(session["_id"] for session in found)


def _writes(
    db: Db, psychotherapist_id: str, change: Document, ids: list[str], now: datetime
) -> list[calendars.Write]:
    """As they stand now: one that went to somebody else meanwhile, or was deleted, is left alone."""
    found = db.sessions.find({**_condition(db, psychotherapist_id, change), "_id": {"$in": ids}})
    return [calendars.write(_at(session, change["commission_bp"], now), session) for session in found]


def _at(session: Document, commission_bp: int, now: datetime) -> Document:
    """The next version of a session, at another percent; what could be taken back of it no longer can."""
    changed = term_changes.with_percent(session, commission_bp)
    changed.pop("before", None)
    return {**changed, "version": session["version"] + 1, "updated_at": now}
