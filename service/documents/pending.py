"""The marks that writes leave for the months' summaries: which documents wait, and clearing their marks.

A document waits while it has `pending` (domain.marks). Its mark goes only while its `version` is the one that
was read before the months were counted; clearing is no edit and leaves `version` as it is.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from aggregations import first_settled_months
from service.database import Db
from service.documents.store import Document
from service.domain.marks import MARKS

#: Whose writes change a month's figures.
COLLECTIONS = ("sessions", "invitations", "months")
#: Any mark. A range, because an index answers it; it finds no document whose list is empty.
WAITS: Document = {"pending": {"$gte": ""}}

_READ = dict.fromkeys(("version", "client_id", "deleted.client_id", *MARKS), 1)
_AT_ONCE = 1000
#: In `month_checks`: {_id: "waiting", since}.
WAITING = "waiting"


class Waiting(NamedTuple):
    """All documents that waited at one moment: (collection, document as far as it matters here)."""

    documents: list[tuple[str, Document]]

    @property
    def months(self) -> set[str]:
        """The months they mark."""
        return {month for _, document in self.documents for month in document["pending"]}

    @property
    def clients(self) -> set[str]:
        """The clients whose sessions they are or were."""
        return {client_id for _, document in self.documents for client_id in _clients(document)}


def read(db: Db, limit: int = 0) -> Waiting:
    """The documents that wait, at most `limit` of each collection (0: all)."""
    return Waiting(
        [(name, found) for name in COLLECTIONS for found in db[name].find(WAITS, _READ).limit(limit)]
    )


def count(db: Db) -> int:
    """How many documents wait."""
    return sum(db[name].count_documents(WAITS) for name in COLLECTIONS)


def wait_since(db: Db, now: datetime) -> datetime | None:
    """Since when documents have waited without a summing up that came to its end; None where none waits.

    `now` (the real instant) begins it: whoever asks often, as the scheduler does, knows it to a few seconds.
    """
    if not any(db[name].find_one(WAITS, {"_id": 1}) for name in COLLECTIONS):
        settled(db)
        return None
    db.month_checks.update_one({"_id": WAITING}, {"$setOnInsert": {"since": now}}, upsert=True)
    return known_since(db)


def known_since(db: Db) -> datetime | None:
    """What `wait_since` said the last time, unless a summing up has come to its end since."""
    found = db.month_checks.find_one({"_id": WAITING})
    return found["since"] if found else None


def settled(db: Db) -> None:
    """A summing up came to its end."""
    db.month_checks.delete_one({"_id": WAITING})


def stale_months(db: Db, waiting: Waiting) -> set[str]:
    """The months whose summaries the writes behind `waiting` can have made wrong.

    Besides those marked: for each client the month of their first session among those that do not wait. There
    they were, or are now, new, whatever the waiting ones were before. Ask this after `waiting` was read.
    """
    clients = sorted(waiting.clients)
    if not clients:
        return waiting.months
    rows = db[first_settled_months.COLLECTION].aggregate(first_settled_months.pipeline(clients))
    return waiting.months | {row["month"] for row in rows}


def clear(db: Db, waiting: Waiting) -> None:
    """Takes the marks off, but of documents that were written since they were read."""
    for name, version, ids in _pieces(waiting):
        same = {"_id": {"$in": ids}, "version": version}
        db[name].update_many(same, {"$unset": dict.fromkeys(MARKS, "")})


def _pieces(waiting: Waiting) -> Iterator[tuple[str, int, list[str]]]:
    """(collection, version, ids): what has the same version is cleared at once, some at a time."""
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, document in waiting.documents:
        groups[name, document["version"]].append(document["_id"])
    for (name, version), ids in groups.items():
        for start in range(0, len(ids), _AT_ONCE):
            yield name, version, ids[start : start + _AT_ONCE]


def _clients(document: Document) -> list[str]:
    own = document.get("deleted", document).get("client_id")
    return [*document.get("pending_clients", ()), *([own] if own else [])]
