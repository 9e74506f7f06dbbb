"""Checks that every month's summary is a full recount, and that every figure is that of its sessions; the
figures that a closing kept, that of its lines.

    month_checks: {_id: "last", checked_on, checked_at, months, wrong: [{month, figures: [names]}]}

Nightly the scheduler has it done; what it finds is an alarm (`alarm`) until a later check finds nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import closings, invitations, month_counts, month_summaries
from service.documents.store import Document
from service.domain import nps, plain_figures

LAST = "last"
#: A session written between two looks at it makes a difference that is none: it is gone the next time.
_LOOKS = 3
_USED = (
    "client_id",
    "psychotherapist_id",
    "month",
    "status",
    "modality",
    "currency",
    "price_cents",
    "charge_cents",
    "commission_bp",
)


def check(db: Db, months: Iterable[str]) -> list[Document]:
    """What is wrong in these months: [{month, figures: the names of those that differ}]."""
    found = ((month, _differences(db, month)) for month in months)
    return [{"month": month, "figures": names} for month, names in found if names]


def known_months(db: Db) -> list[str]:
    """Every month with sessions, invitations or a summary, in order."""
    with_sessions = db.sessions.distinct("month", {"month": {"$exists": True}})
    others = (*db.invitations.distinct("month"), *db.month_summaries.distinct("_id"))
    return sorted({*with_sessions, *others})


def nightly(db: Db, day: str, now: datetime) -> list[Document]:
    """Checks every month on the local day `day` and keeps what is found; what is wrong."""
    months = known_months(db)
    wrong = check(db, months)
    result = {"checked_on": day, "checked_at": now, "months": len(months), "wrong": wrong}
    db.month_checks.replace_one({"_id": LAST}, result, upsert=True)
    return wrong


def last(db: Db) -> Document | None:
    """The last nightly check, None before the first."""
    return db.month_checks.find_one({"_id": LAST})


def alarm(db: Db) -> Document | None:
    """The last check where it found something wrong: {checked_at, wrong: [{month, figures}]}; None if not."""
    found = last(db)
    return found if found and found["wrong"] else None


def _differences(db: Db, month: str) -> list[str]:
    names: set[str] = set()
    for _ in range(_LOOKS):
        names = _seen(db, month)
        if not names:
            break
    return sorted(names)


def _seen(db: Db, month: str) -> set[str]:
    """The figures in which summary, recount and sessions differ at one look."""
    summary = month_summaries.read(db, [month])[month]
    counted = month_counts.recount(db, month)
    plain = {"figures": _plain_figures(db, month), "nps": _plain_answers(db, month)}
    wrong = {
        name for part in plain for other in (counted, plain) for name in _unequal(summary[part], other[part])
    }
    wrong |= {part for part in ("consolidated", "adjustments") if summary.get(part) != counted.get(part)}
    closing = closings.in_force(db, month)
    return wrong | _unequal(closing["figures"], _kept_figures(db, month, closing)) if closing else wrong


def _unequal(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def _plain_figures(db: Db, month: str) -> Document:
    sessions = list(db.sessions.find({"month": month}, dict.fromkeys(_USED, 1)))
    active = sorted({session["client_id"] for session in sessions})
    theirs = db.sessions.find(
        {"client_id": {"$in": active}}, dict.fromkeys(("client_id", "month", "status"), 1)
    )
    return plain_figures.monthly(month, sessions, plain_figures.first_months(theirs))


def _kept_figures(db: Db, month: str, closing: Document) -> Document:
    """The figures of the lines that the closing of a month kept."""
    lines = closings.rows_of(db, closing["_id"], [{"$match": {"month": month}}])
    return plain_figures.monthly(month, lines, dict.fromkeys(closing["new_clients"], month))


def _plain_answers(db: Db, month: str) -> Document:
    """The row of nps_by_month; {} without invitations."""
    found = list(db.invitations.find({"month": month}, {"state": 1, "answer.nps": 1}))
    answered = nps.count(each["answer"]["nps"] for each in found if each.get("answer"))
    invited = sum(each["state"] in invitations.INVITED for each in found)
    return {"invited": invited, **answered._asdict()} if found else {}
