"""The way back of a merge: what keeps it from being undone, and the steps that undo it.

The client that took over is restored first: until that is done nothing else is touched, and it gives the
identity document free. Each step may be taken twice; a document without the merge's mark has been restored
already.
"""

from collections.abc import Iterator
from functools import partial

from service.database import Db
from service.documents import calendars
from service.documents.merge_steps import AT_ONCE, write_version
from service.documents.store import Document
from service.domain import merging
from service.domain.people import full_name


def in_the_way(db: Db, merge: Document) -> list[Document]:
    """What was written since the merge wrote it: [{type: "clients" | "sessions", id, reason, …}].

    `reason` is "edited", "deleted", or "document" for another client who has the merged one's document now.
    Clients come with `name`, sessions with `local_date`.
    """
    return [*_clients_in_the_way(db, merge), *_sessions_in_the_way(db, merge)]


def restore_into(db: Db, merge: Document) -> bool:
    """Restores the client that took over; False where somebody has edited it since."""
    while (into := db.clients.find_one({"_id": merge["into"]})) and merging.is_marked(into, merge["_id"]):
        if not merging.is_as_written(into, merge["_id"]):
            return False
        write_version(db, into, merging.restored(merge["before"][into["_id"]], into))
    return True


def restore_others(db: Db, merge: Document) -> None:
    """Restores relatives, the merged client, and whose the moved sessions are."""
    pair = (merge["from"], merge["into"])
    relatives = sorted(set(merge["before"]) - set(pair))
    for client_id in (*relatives, merge["from"]):
        _restore(db, merge, client_id)
    _move_sessions_back(db, merge)


def _restore(db: Db, merge: Document, client_id: str) -> None:
    before = merge["before"].get(client_id)
    while before and (client := db.clients.find_one({"_id": client_id})):
        if not merging.is_marked(client, merge["_id"]):
            return
        if write_version(db, client, _earlier(before, client, merge)):
            return


def _earlier(before: Document, client: Document, merge: Document) -> Document:
    """The client as it was; one edited in the very moment keeps the edit, and only its links go back."""
    if merging.is_as_written(client, merge["_id"]):
        return merging.restored(before, client)
    lists, old = client["relationships"], before["relationships"]["clients"]
    links = merging.links_back(lists["clients"], old, (merge["from"], merge["into"]))
    marks = [mark for mark in client["merges"] if mark["id"] != merge["_id"]]
    kept = {**client, "relationships": {**lists, "clients": links}, "merges": marks}
    return {**kept, "version": client["version"] + 1}


def _move_sessions_back(db: Db, merge: Document) -> None:
    """Through the calendars, as they came: whoever still moves one is too late once it is written."""
    moved = merge.get("moved", [])
    for some in (moved[start : start + AT_ONCE] for start in range(0, len(moved), AT_ONCE)):
        theirs = {"_id": {"$in": some}, "client_id": {"$in": [merge["from"], merge["into"]]}}
        therapists = db.sessions.distinct("psychotherapist_id", theirs)
        while therapists:
            for therapist in therapists:
                those = {**theirs, "psychotherapist_id": therapist}
                calendars.reserve(db, therapist, partial(_moves_back, db, merge, those))
            left = (session for session in db.sessions.find(theirs) if _came_last_by(session, merge))
            therapists = sorted({session["psychotherapist_id"] for session in left})


def _moves_back(db: Db, merge: Document, those: Document) -> list[calendars.Write]:
    """One that was noted but has not been moved is written too, to the same effect."""
    writes = []
    for session in db.sessions.find(those):
        after = {**session, "version": session["version"] + 1}
        if _came_last_by(session, merge):
            after = merging.moved_back(session, merge["from"])
        elif session["client_id"] != merge["from"]:
            continue
        writes.append(calendars.write(after, session))
    return writes


def _came_last_by(session: Document, merge: Document) -> bool:
    marks = session.get("merges", [])
    return bool(marks) and marks[-1]["id"] == merge["_id"]


def _clients_in_the_way(db: Db, merge: Document) -> Iterator[Document]:
    for client_id, before in merge["before"].items():
        client = db.clients.find_one({"_id": client_id})
        if client is None or not merging.is_as_written(client, merge["_id"]):
            reason = "deleted" if client is None else "edited"
            yield {"type": "clients", "id": client_id, "reason": reason, "name": full_name(client or before)}
    holder = _other_holder(db, merge)
    if holder is not None:
        yield {"type": "clients", "id": holder["_id"], "reason": "document", "name": full_name(holder)}


def _other_holder(db: Db, merge: Document) -> Document | None:
    """Who, of neither client, has the identity document that the merged one is to get back."""
    document = merge["before"][merge["from"]].get("document")
    if document is None:
        return None
    same = {f"document.{name}": document[name] for name in ("number", "type")}
    return db.clients.find_one({**same, "_id": {"$nin": [merge["from"], merge["into"]]}})


def _sessions_in_the_way(db: Db, merge: Document) -> Iterator[Document]:
    for stored in db.sessions.find({"_id": {"$in": merge.get("moved", [])}}):
        session = stored.get("deleted", stored)
        if merging.is_marked(session, merge["_id"]) and not merging.is_as_written(stored, merge["_id"]):
            reason = "deleted" if "deleted" in stored else "edited"
            day = session["local_date"]
            yield {"type": "sessions", "id": stored["_id"], "reason": reason, "local_date": day}
