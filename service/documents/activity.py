"""What one psychotherapist does: a month's days, the sessions held in the last months, what comes next.

A month's figures are those of its report, and a closed month is as its closing kept it; everything else looks
at that psychotherapist's own sessions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from aggregations import sessions_by_day, sessions_held_by_month
from service.database import Db
from service.documents import closings, months, sessions
from service.documents.store import Document
from service.domain.months import days_of, shift_month

#: Months that the activity shows.
MONTHS = 12
#: Sessions to come that are listed.
COMING = 5


_NONE = {"sessions": 0, "clients": 0, "virtual_sessions": 0, "on_site_sessions": 0, "by_currency": {}}


class Activity(NamedTuple):
    """Sessions held in each of the last months [{month, sessions}], the latest last; the local days of the
    first session registered and of the last one held in these months, "" where there is none.
    """

    held: list[dict[str, Any]]
    first_on: str
    last_on: str


def figures(db: Db, psychotherapist_id: str, month: str) -> dict[str, Any]:
    """A psychotherapist's part of a month's figures, as its report has it, and whether it is `closed`."""
    of_all = months.figures(db, month)
    theirs = [own for own in of_all["psychotherapists"] if own["psychotherapist_id"] == psychotherapist_id]
    return {**_NONE, **(theirs[0] if theirs else {}), "closed": of_all["closed"]}


def by_day(db: Db, psychotherapist_id: str, month: str) -> list[dict[str, Any]]:
    """Every day of a local month with the number of sessions that count: [{local_date, sessions}]."""
    closing_id = closings.state(db, month).get("closing")
    rows = closings.rows_of(db, closing_id, sessions_by_day.pipeline(month, psychotherapist_id))
    counted = {row["_id"]: row["sessions"] for row in rows}
    return [{"local_date": day, "sessions": counted.get(day, 0)} for day in days_of(month)]


def until(db: Db, psychotherapist_id: str, month: str) -> Activity:
    """The activity of the twelve months that end with a local month."""
    asked = [shift_month(month, by) for by in range(1 - MONTHS, 1)]
    found = {row["_id"]: row for row in _held(db, psychotherapist_id, asked)}
    held = [{"month": one, "sessions": found[one]["sessions"] if one in found else 0} for one in asked]
    first = sessions.find(db, {"psychotherapist_id": psychotherapist_id}, limit=1)
    return Activity(
        held,
        first[0]["local_date"] if first else "",
        max((row["last_on"] for row in found.values()), default=""),
    )


def coming(db: Db, psychotherapist_id: str, now: datetime) -> list[Document]:
    """The next sessions that are to come, by start."""
    condition = {
        "psychotherapist_id": psychotherapist_id,
        "status": "scheduled",
        "starts_at": {"$gte": now},
    }
    return sessions.find(db, condition, limit=COMING)


def _held(db: Db, psychotherapist_id: str, asked: Sequence[str]) -> list[Document]:
    """The rows of sessions_held_by_month; of a closed month as its closing kept them."""
    kept = {month: closing["_id"] for month, closing in closings.all_in_force(db, asked).items()}
    still_open = [month for month in asked if month not in kept]
    rows = closings.rows_of(db, None, sessions_held_by_month.pipeline(psychotherapist_id, still_open))
    for month, closing_id in kept.items():
        rows += closings.rows_of(db, closing_id, sessions_held_by_month.pipeline(psychotherapist_id, [month]))
    return rows
