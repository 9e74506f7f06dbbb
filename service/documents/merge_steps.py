"""The steps of a merge, each of which may be taken twice and by two processes at once.

A client is written in this order: read it; keep it in the record as it was (which fails once the merge is
being undone); write it on condition that its version is still the one read. Whoever is slow therefore changes
nothing.
"""

from collections.abc import Callable
from functools import partial

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import calendars, client_search, clients
from service.documents.store import Document
from service.domain import merging

#: While a merge is in one of these, what is found on the merged client is taken to the other one.
OPEN = ("merging", "done")
#: How many sessions a calendar takes in one reservation.
AT_ONCE = 200

Change = Callable[[Document], Document | None]


def take_over(db: Db, merge: Document) -> bool:
    """Archives the merged client, then completes the other; False where that cannot be done any more."""
    from_id, into_id = merge["from"], merge["into"]

    def archived(client: Document) -> Document | None:
        if "merged_into" in client:
            return None
        clients.finish_mirroring(db, client)  # relatives are found by their own links to the client
        return merging.tombstone(client, into_id, merge["created_at"])

    def completed(into: Document) -> Document | None:
        client = _before(db, merge, from_id)
        if "archived_at" in into or merging.documents_differ(client, into):
            return None
        after = {**merging.filled(into, client), "updated_at": merge["created_at"]}
        return after | client_search.fields(after)

    return _write(db, merge, from_id, archived) and _write(db, merge, into_id, completed)


def repoint(db: Db, merge: Document) -> None:
    """Takes the links of relatives from the merged client to the other."""
    from_id, into_id = merge["from"], merge["into"]

    def linked(relative: Document) -> Document:
        lists = relative["relationships"]
        links = merging.repointed(lists["clients"], from_id, into_id)
        # The other side has the link already, unless a crash was in the way of writing it: then it is now.
        waiting = sorted({*relative.get("unmirrored", []), into_id} - {from_id})
        return {**relative, "relationships": {**lists, "clients": links}, "unmirrored": waiting}

    for relative in list(db.clients.find({"relationships.clients.client_id": from_id})):
        if merging.is_marked(relative, merge["_id"]):  # linked again by an edit that came late
            write_version(db, relative, {**linked(relative), "version": relative["version"] + 1})
        else:
            _write(db, merge, relative["_id"], linked)
    for relative in list(db.clients.find({"unmirrored": into_id})):
        clients.finish_mirroring(db, relative)
    for link in _before(db, merge, from_id)["relationships"]["clients"]:
        clients.mirror(db, link["client_id"], into_id)  # whoever unlinked meanwhile stays unlinked


def move_sessions(db: Db, merge: Document) -> None:
    """Gives the merged client's sessions to the other; one that is just being written follows by the sweep.

    They are written through their psychotherapists' calendars, as every session is, but no slot is looked at:
    whose session it is takes no time. An edit at the same moment is moved with its session, or refused as
    stale.
    """
    mine = {"client_id": merge["from"]}
    while therapists := db.sessions.distinct("psychotherapist_id", mine):
        for therapist in therapists:
            calendars.reserve(
                db, therapist, partial(_moves, db, merge, {**mine, "psychotherapist_id": therapist})
            )
        if not _is_open(db, merge):
            return


def changes(before: Document, after: Document) -> Document:
    """The update that turns one version of a document into another; it leaves alone what is equal."""
    kept = {name: value for name, value in after.items() if name not in before or before[name] != value}
    gone = {name: "" for name in before if name not in after}
    return {"$set": kept} | ({"$unset": gone} if gone else {})


def write_version(db: Db, before: Document, after: Document) -> bool:
    """Writes a client unless somebody was faster; without the identity document if that is another's."""
    same = {"_id": before["_id"], "version": before["version"]}
    try:
        return db.clients.update_one(same, changes(before, after)).modified_count == 1
    except DuplicateKeyError:
        bare = {name: value for name, value in after.items() if name != "document"}
        return db.clients.update_one(same, changes(before, bare)).modified_count == 1


def _write(db: Db, merge: Document, client_id: str, change: Change) -> bool:
    """Changes one client once, `change` giving None where it may not be; False where it is not changed."""
    while True:
        client = db.clients.find_one({"_id": client_id})
        if client is None:
            return False
        if merging.is_marked(client, merge["_id"]):
            return True
        after = change(client)
        if after is None or not _keep(db, merge, client):
            return False
        if write_version(db, client, merging.marked(client, after, merge["_id"])):
            return True


def _keep(db: Db, merge: Document, client: Document) -> bool:
    """Keeps a client as it was, never over a later version; False once the merge is not open."""
    field = f"before.{client['_id']}"
    older = [{field: {"$exists": False}}, {f"{field}.version": {"$lte": client["version"]}}]
    open_ = {"_id": merge["_id"], "state": {"$in": OPEN}}
    if db.merges.update_one({**open_, "$or": older}, {"$set": {field: client}}).matched_count:
        return True
    return _is_open(db, merge)


def _is_open(db: Db, merge: Document) -> bool:
    return db.merges.find_one({"_id": merge["_id"], "state": {"$in": OPEN}}, {"_id": 1}) is not None


def _moves(db: Db, merge: Document, mine: Document) -> list[calendars.Write]:
    """Sessions to move with one psychotherapist, noted for an undo; none once the merge is not open."""
    found = list(db.sessions.find(mine).limit(AT_ONCE))
    ids = [session["_id"] for session in found]
    open_ = {"_id": merge["_id"], "state": {"$in": OPEN}}
    if not db.merges.update_one(open_, {"$addToSet": {"moved": {"$each": ids}}}).matched_count:
        return []
    return [
        calendars.write(
            merging.marked(session, {**session, "client_id": merge["into"]}, merge["_id"]), session
        )
        for session in found
    ]


def _before(db: Db, merge: Document, client_id: str) -> Document:
    record = db.merges.find_one({"_id": merge["_id"]}) or merge
    kept: Document = record["before"][client_id]
    return kept
