"""Exchange rates by local day, {_id "2026-10-01", rate (domain.exchange), set_at, unapplied}, and the
sessions that keep them.

`unapplied` is set with the rate and goes when every session in dollars of that day has one; a crash in
between leaves it, and the sweep goes on. A rate once kept by a session stays, whatever is typed for its day
later.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents.store import Document
from service.domain.exchange import at_rate


def of_month(db: Db, month: str) -> dict[str, int]:
    """{local day: rate} of a month."""
    found = db.exchange_rates.find({"_id": {"$gte": f"{month}-01", "$lte": f"{month}-31"}})
    return {one["_id"]: one["rate"] for one in found.sort("_id", 1)}


def save(db: Db, rates: Mapping[str, int], now: datetime) -> None:
    """Writes rates down, in place of those that were there. See documents.exchange_changes for the
    sessions.
    """
    for day, rate in sorted(rates.items()):
        fields = {"rate": rate, "set_at": now, "unapplied": True}
        db.exchange_rates.update_one({"_id": day}, {"$set": fields}, upsert=True)


def keep_another(db: Db, rates: Mapping[str, int]) -> int:
    """How many sessions keep another rate than the one that `rates` has for their day."""
    found = db.sessions.find({"local_date": {"$in": sorted(rates)}}, {"local_date": 1, "exchange": 1})
    return sum(
        one.get("exchange", {}).get("rate", rates[one["local_date"]]) != rates[one["local_date"]]
        for one in found
    )


def frozen(db: Db, sessions: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Sessions about to be stored, each with the rate that it has to keep."""
    rates = _rates(db, {one["local_date"] for one in sessions if one.get("currency") == "USD"})
    return [at_rate(session, rates) for session in sessions]


def _rates(db: Db, days: Iterable[str]) -> dict[str, int]:
    wanted = sorted(days)
    found = db.exchange_rates.find({"_id": {"$in": wanted}}) if wanted else ()
    return {one["_id"]: one["rate"] for one in found}
