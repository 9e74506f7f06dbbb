"""One summary a month, replaced whole by the named aggregations, never added to.

    {_id: "2026-07", generation, figures: domain.figures.monthly, nps: a row of nps_by_month or {},
     adjustments: what is still to be made up for, where anything is (documents.adjustments)}

Writes mark the months they change in the documents they write (domain.marks). Summing up goes: read which
documents wait, in which version; count every month that they can have changed; put each summary in place of
the one that was there before the count began (`generation`), or count again; and only when all are there take
the marks off the documents whose version is unchanged. A crash between any two of these leaves the marks, and
summing up again is always right. docs/figures.md says why no month is forgotten.
"""

from collections.abc import Iterable

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import month_counts, pending
from service.documents.pending import Waiting
from service.documents.store import Document

#: A reader sums up what at most this many writes have left. After an import of thousands of sessions the
#: worker does; until then a reader counts the months that are asked for, and nothing else.
READER_SETTLES = 500


def read(db: Db, months: Iterable[str]) -> dict[str, Document]:
    """The summaries of some months as they stand now, every write before this call in them."""
    months = list(months)
    waiting = pending.read(db, READER_SETTLES)
    if len(waiting.documents) >= READER_SETTLES:
        return {month: _counted(db, month) for month in months}
    _settle(db, waiting)
    stored = {found["_id"]: found for found in db.month_summaries.find({"_id": {"$in": months}})}
    return {month: stored.get(month) or _first(db, month) for month in months}


def owing(db: Db) -> dict[str, list[Document]]:
    """{month: its adjustment lines} of the months that a later one still has to make up for."""
    waiting = pending.read(db, READER_SETTLES)
    if len(waiting.documents) < READER_SETTLES:
        _settle(db, waiting)
        found = list(db.month_summaries.find({"adjustments.month": {"$gte": ""}}))
    else:
        found = [_counted(db, state["_id"]) for state in db.months.find({}, {"_id": 1})]
    return {each["_id"]: each["adjustments"] for each in found if "adjustments" in each}


def settle(db: Db) -> int:
    """Sums up all that waits; for how many documents."""
    waiting = pending.read(db)
    _settle(db, waiting)
    return len(waiting.documents)


def sum_up(db: Db, month: str) -> None:
    """Counts a month and puts the summary in place of the one that is there."""
    while True:
        there = db.month_summaries.find_one({"_id": month}, {"generation": 1})
        if _replace(db, _counted(db, month), there["generation"] if there else 0):
            return


def _settle(db: Db, waiting: Waiting) -> None:
    if not waiting.documents:
        return
    for month in sorted(pending.stale_months(db, waiting)):
        sum_up(db, month)
    pending.clear(db, waiting)
    pending.settled(db)


def _first(db: Db, month: str) -> Document:
    """The summary of a month that has none yet; that of an empty month is not kept."""
    counted = _counted(db, month)
    if counted["figures"]["gross"] or counted["nps"] or "adjustments" in counted:
        _replace(db, counted, 0)
    return counted


def _counted(db: Db, month: str) -> Document:
    return {"_id": month, **month_counts.recount(db, month)}


def _replace(db: Db, counted: Document, generation: int) -> bool:
    """Whether the count went in the place of the summary of that generation (0: of none)."""
    summary = {**counted, "generation": generation + 1}
    if generation:
        here = {"_id": counted["_id"], "generation": generation}
        return db.month_summaries.replace_one(here, summary).matched_count == 1
    try:
        db.month_summaries.insert_one(summary)
    except DuplicateKeyError:
        return False
    return True
