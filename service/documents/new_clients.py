"""Whoever had their first session that counts in some months."""

from aggregations import clients_of_list, new_clients
from service.database import Db
from service.documents import clients
from service.documents.store import Document


def between(db: Db, first: str, last: str) -> list[Document]:
    """The new clients of the local months from `first` to `last`, both among them, as they came.

    [{client, month, first_on (local day), psychotherapist_id, modality}]: those of a month are the ones that
    its `new_clients` counts (docs/figures.md, "Month").
    """
    span = {"month": {"$gte": first, "$lte": last}}
    active = [row["_id"] for row in db[clients_of_list.COLLECTION].aggregate(clients_of_list.pipeline(span))]
    rows = list(db[new_clients.COLLECTION].aggregate(new_clients.pipeline(sorted(active), first, last)))
    people = clients.by_ids(db, [row["_id"] for row in rows])
    return [{**row, "client": people[row["_id"]]} for row in rows]
