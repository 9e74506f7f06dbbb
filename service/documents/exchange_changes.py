"""Gives the sessions in dollars of a day the rate that was typed after them."""

from datetime import datetime
from functools import partial

from service.database import Db
from service.documents import calendars, exchange_rates
from service.documents.store import Document


def finish(db: Db) -> int:
    """Gives every rate that is still `unapplied` to the sessions without one; how many rates."""
    left = list(db.exchange_rates.find({"unapplied": True}))
    for rate in left:
        while people := sorted(db.sessions.distinct("psychotherapist_id", _without(rate["_id"]))):
            for person_id in people:
                calendars.reserve(db, person_id, partial(_writes, db, person_id, rate["_id"]))
        same = {"_id": rate["_id"], "rate": rate["rate"]}
        db.exchange_rates.update_one(same, {"$unset": {"unapplied": ""}})
    return len(left)


def save(db: Db, rates: dict[str, int], now: datetime) -> None:
    """Writes rates down and gives them to the sessions of their days."""
    exchange_rates.save(db, rates, now)
    finish(db)


def _without(day: str) -> Document:
    return {"local_date": day, "currency": "USD", "exchange.rate": {"$exists": False}}


def _writes(db: Db, person_id: str, day: str) -> list[calendars.Write]:
    """The calendar itself adds the rate. An import whose session is otherwise as it was can still be
    undone.
    """
    found = list(db.sessions.find({**_without(day), "psychotherapist_id": person_id}))
    return [calendars.write(_next(session), session) for session in found]


def _next(session: Document) -> Document:
    version = session["version"] + 1
    untouched = session["version"] == session.get("batch_version", 1) and "batch" in session
    return {**session, "version": version} | ({"batch_version": version} if untouched else {})
