"""Closed months: what each closing kept, and which closing is in force.

    months:   {_id "2026-07", version, number, closing (the id of the one in force; absent while open),
               history [{what "closed" | "reopened", number, at, by, reason}], pending (see summaries)}
    closings: {_id, month, number, created_at, lines [domain.closings.kept_line], new_clients [ids], figures,
               adjustments [domain.adjustments], people {psychotherapist id: {name, document_text, folio}}}

A closing is written whole before `months` points at it, and never changed afterwards: that one write of
`months` is the moment at which a month is closed or opened again.
"""

from collections.abc import Sequence
from typing import Any

from aggregations import Stage, kept_lines
from service.database import Db
from service.documents.store import Document

#: A closing without its lines, which may be thousands.
_HEAD = {"lines": 0}


def state(db: Db, month: str) -> Document:
    """The document of a month in `months`; version and number are 0 where it was never closed."""
    never: Document = {"_id": month, "version": 0, "number": 0, "history": []}
    return db.months.find_one({"_id": month}) or never


def closed_months(db: Db) -> frozenset[str]:
    """The closed months, such as "2026-07"."""
    return frozenset(one["_id"] for one in db.months.find({"closing": {"$exists": True}}, {"_id": 1}))


def in_force(db: Db, month: str) -> Document | None:
    """A closed month's closing, without its lines; None while the month is open."""
    closing_id = state(db, month).get("closing")
    return db.closings.find_one({"_id": closing_id}, _HEAD) if closing_id else None


def all_in_force(db: Db, months: Sequence[str]) -> dict[str, Document]:
    """{month: its closing, without its lines} of those that are closed."""
    closed = db.months.find({"_id": {"$in": list(months)}, "closing": {"$exists": True}}, {"closing": 1})
    found = db.closings.find({"_id": {"$in": [one["closing"] for one in closed]}}, _HEAD)
    return {closing["month"]: closing for closing in found}


def rows_of(db: Db, closing_id: str | None, pipeline: Sequence[Stage]) -> list[Any]:
    """The rows of a pipeline over the lines of a closing; over the sessions themselves for None."""
    if closing_id is None:
        return list(db.sessions.aggregate(list(pipeline)))
    return list(db[kept_lines.COLLECTION].aggregate([*kept_lines.pipeline(closing_id), *pipeline]))


def carried(db: Db, month: str) -> list[Document]:
    """The adjustment lines for a month that closed months carry."""
    later = [one["closing"] for one in db.months.find({"closing": {"$exists": True}, "_id": {"$gt": month}})]
    condition = {"_id": {"$in": later}, "adjustments.month": month}
    found = db.closings.find(condition, {"adjustments": 1})
    return [line for closing in found for line in closing["adjustments"] if line["month"] == month]
