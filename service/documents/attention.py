"""What waits for somebody today: a few bounded looks, by the rules that a month is looked at with before it
closes (domain.needs_look), and what a worker gave up.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from service.database import Db
from service.documents import clients, closings, month_checks, sessions
from service.documents.store import Document
from service.domain import needs_look
from service.domain.periods import days_from

#: Today and the week after it.
DAYS_AHEAD = 8
#: What failed longer ago is no news.
NEWS = timedelta(days=30)
#: More unmarked sessions than this are said to be so many at least.
MOST = 1000

_FEW_FIELDS = (
    *("client_id", "psychotherapist_id", "starts_at", "ends_at", "local_date"),
    *("counts", "overbooking_reason"),
)


class Attention(NamedTuple):
    """What needs a look.

    `unmarked`: {month: how many of its sessions are over and still scheduled}, closed months left out;
    `overlaps`: {local day: how many pairs meet without a reason}, today and the week after; `minors`: clients
    among those who come then who are minors and for whom nobody answers; `statements` and `imports`: the
    records that failed in the last 30 days and were not made good; `previews`: how many imports wait;
    `wrong_months`: those whose figures the last check found not to be those of their sessions.
    """

    unmarked: dict[str, int]
    overlaps: dict[str, int]
    minors: list[Document]
    statements: list[Document]
    imports: list[Document]
    previews: int
    wrong_months: list[str]


def today(db: Db, day: str, now: datetime) -> Attention:
    """What waits on a local day."""
    few = dict.fromkeys(_FEW_FIELDS, 1)
    coming = list(db.sessions.find({"local_date": {"$in": days_from(day, DAYS_AHEAD)}, "counts": True}, few))
    who = clients.by_ids(db, [session["client_id"] for session in coming])
    pairs = needs_look.overlaps(coming)
    return Attention(
        _unmarked(db, now),
        dict(sorted(Counter(later["local_date"] for _, later in pairs).items())),
        [dict(client) for client in needs_look.minors_alone(who.values(), day)],
        _failed_statements(db, now),
        _recent(db, "imports", now),
        db.imports.count_documents({"status": "preview"}),
        [each["month"] for each in (month_checks.alarm(db) or {"wrong": ()})["wrong"]],
    )


def _unmarked(db: Db, now: datetime) -> dict[str, int]:
    found = db.sessions.find(sessions.unmarked(now), {"month": 1}).limit(MOST)
    months = Counter(session["month"] for session in found)
    closed = closings.closed_months(db) if months else ()
    return {month: number for month, number in sorted(months.items(), reverse=True) if month not in closed}


def _failed_statements(db: Db, now: datetime) -> list[Document]:
    """Failed ones that nobody has asked for again since with better luck."""
    failed = _recent(db, "statements", now)
    of = ("psychotherapist_id", "month")
    ready = db.statements.find(
        {"month": {"$in": sorted({each["month"] for each in failed})}, "status": "ready"}
    )
    made = {tuple(each[name] for name in of): each["created_at"] for each in ready} if failed else {}
    return [each for each in failed if not _is_later(made.get(tuple(each[name] for name in of)), each)]


def _is_later(made_at: datetime | None, failed: Document) -> bool:
    return made_at is not None and made_at >= failed["created_at"]


def _recent(db: Db, collection: str, now: datetime) -> list[Document]:
    found = db[collection].find({"status": "failed", "created_at": {"$gte": now - NEWS}})
    return list(found.sort([("created_at", -1), ("_id", 1)]).limit(MOST))
