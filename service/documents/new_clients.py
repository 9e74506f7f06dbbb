"""Whoever had their first session that counts in some months."""

from collections.abc import Mapping
from typing import Any

from aggregations import clients_of_list, new_clients
from service.database import Db
from service.documents import clients, closings
from service.documents.store import Document
from service.domain.months import months_between

#: Of a closed month's client who is no longer there.
_NOBODY = {"given_names": "", "family_names": ""}


def between(db: Db, first: str, last: str) -> list[Document]:
    """The new clients of the local months from `first` to `last`, both among them, as they came.

    [{_id, client, month, first_on (local day), psychotherapist_id, modality}]: those of a month are the ones
    that its `new_clients` counts (docs/figures.md, "Month"); those of a closed month are the ones kept.
    """
    closed = closings.all_in_force(db, months_between(first, last))
    rows = [row for row in _of_sessions(db, first, last) if row["month"] not in closed]
    rows += [row for closing in closed.values() for row in _kept(db, closing)]
    people = clients.by_ids(db, [row["_id"] for row in rows])
    ordered = sorted(rows, key=lambda row: (row["first_on"], row["_id"]))
    return [{**row, "client": people.get(row["_id"], _NOBODY)} for row in ordered]


def _of_sessions(db: Db, first: str, last: str) -> list[Any]:
    span = {"month": {"$gte": first, "$lte": last}}
    active = [row["_id"] for row in db[clients_of_list.COLLECTION].aggregate(clients_of_list.pipeline(span))]
    return list(db[new_clients.COLLECTION].aggregate(new_clients.pipeline(sorted(active), first, last)))


def _kept(db: Db, closing: Mapping[str, Any]) -> list[Any]:
    month = closing["month"]
    return closings.rows_of(db, closing["_id"], new_clients.pipeline(closing["new_clients"], month, month))
