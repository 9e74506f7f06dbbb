"""Clients: people with their relationships to psychotherapists and to other clients."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import client_search, store
from service.documents.store import Document, Request
from service.domain import relationships
from service.errors import Conflict, InvalidInput
from service.texts import _

NO_RELATIONSHIPS: Document = {"psychotherapists": [], "clients": []}

#: Nobody follows more merges than this; a circle would be a mistake.
_MOST_MERGES = 20


def create(db: Db, data: Mapping[str, Any], now: datetime, request: Request | None = None) -> Document:
    """Stores a new client (`data` as ClientSchema loads it) and its side of each relationship."""
    earlier = store.repeated(db.clients, request)
    if earlier is not None:
        return earlier
    client = new_document(data, now)
    _check_relationships(db, client["relationships"], None)
    touched = relationships.touched([], client["relationships"]["clients"])
    if touched:
        client["unmirrored"] = touched
    return finish_mirroring(db, store.insert(db.clients, client, request))


def new_document(data: Mapping[str, Any], now: datetime) -> Document:
    """The document of a new client, not yet stored."""
    fields = {"survey_consent": False, "language": "es", **_present(data)}
    fields["relationships"] = {**NO_RELATIONSHIPS, **fields.get("relationships", {})}
    times = {"created_at": now, "updated_at": now}
    return {"_id": store.new_id(), "version": 1, **fields, **client_search.fields(fields), **times}


def get(db: Db, client_id: str) -> Document:
    """One client, archived or not; NotFound without it."""
    return store.get(db.clients, client_id)


def update(
    db: Db, client_id: str, changes: Mapping[str, Any], version: int | None, now: datetime
) -> Document:
    """Applies `changes`; the lists of relationships that are named are replaced. Stale on another version."""
    client = get(db, client_id)
    refuse_merged(client)
    merged = {**client, **changes}
    if "relationships" in changes:
        merged["relationships"] = {**client["relationships"], **changes["relationships"]}
        _check_relationships(db, merged["relationships"], client_id)
    fields = {
        **changes,
        "relationships": merged["relationships"],
        **client_search.fields(merged),
        "updated_at": now,
    }
    touched = relationships.touched(client["relationships"]["clients"], merged["relationships"]["clients"])
    if touched:
        fields["unmirrored"] = sorted({*client.get("unmirrored", []), *touched})
    expected = client["version"] if version is None else version
    return finish_mirroring(db, store.replace_fields(db.clients, client_id, expected, fields))


def delete(db: Db, client_id: str, version: int | None, now: datetime) -> bool:
    """Removes a client without history, archives one that has sessions; True if it was removed.

    It is archived before looking for sessions, so that a session entered meanwhile is refused or found.
    """
    client = get(db, client_id)
    refuse_merged(client)
    expected = client["version"] if version is None else version
    archived = store.replace_fields(db.clients, client_id, expected, {"archived_at": now, "updated_at": now})
    if db.sessions.find_one({"client_id": client_id}, {"_id": 1}):
        return False
    touched = relationships.touched(archived["relationships"]["clients"], [])
    fields = {"relationships": NO_RELATIONSHIPS, "unmirrored": touched or None}
    finish_mirroring(db, store.replace_fields(db.clients, client_id, archived["version"], fields))
    db.clients.delete_one({"_id": client_id, "version": archived["version"] + 1})
    return True


def restore(db: Db, client_id: str, version: int, now: datetime) -> Document:
    """Brings an archived client back; Conflict for one who was merged into another."""
    refuse_merged(get(db, client_id))
    return store.replace_fields(db.clients, client_id, version, {"archived_at": None, "updated_at": now})


def by_ids(db: Db, client_ids: Iterable[str]) -> dict[str, Document]:
    """Clients by id, for showing names beside sessions."""
    return {client["_id"]: client for client in db.clients.find({"_id": {"$in": sorted(set(client_ids))}})}


def present_ids(db: Db, client_ids: Iterable[str]) -> dict[str, str]:
    """By id, who each of these clients is now: oneself, or the one into whom one was merged since."""
    found = {client_id: client_id for client_id in client_ids}
    for _step in range(_MOST_MERGES):
        merged = {"_id": {"$in": sorted(set(found.values()))}, "merged_into": {"$exists": True}}
        into = {each["_id"]: each["merged_into"] for each in db.clients.find(merged, {"merged_into": 1})}
        if not into:
            break
        found = {client_id: into.get(now, now) for client_id, now in found.items()}
    return found


def finish_mirroring(db: Db, client: Document) -> Document:
    """Writes the other side of a client's relationships; a crash before its end leaves `unmirrored` to a
    sweep.
    """
    if not client.get("unmirrored"):
        return client
    for other_id in client["unmirrored"]:
        mirror(db, client["_id"], other_id)
    done = {"unmirrored": client["unmirrored"]}
    db.clients.update_one({"_id": client["_id"], **done}, {"$unset": {"unmirrored": ""}})
    return {name: value for name, value in client.items() if name != "unmirrored"}


def mirror(db: Db, owner_id: str, other_id: str) -> None:
    """Makes one other client's list agree with the owner's as it is now; again if somebody else wrote
    meanwhile. Where the other was merged, that is the list of the client into whom.
    """
    while True:
        owner, other = db.clients.find_one({"_id": owner_id}), db.clients.find_one({"_id": other_id})
        ids = {other_id}
        while other is not None and "merged_into" in other:
            other_id = other["merged_into"]
            ids.add(other_id)
            other = db.clients.find_one({"_id": other_id})
        if owner is None or other is None or "merged_into" in owner or other_id == owner_id:
            return
        owner_links = [link for link in owner["relationships"]["clients"] if link["client_id"] in ids]
        links = other["relationships"]["clients"]
        agreed = relationships.mirrored(links, owner_id, owner_links)
        if agreed == links:
            return
        changed = db.clients.update_one(
            {"_id": other_id, "version": other["version"]},
            {"$set": {"relationships.clients": agreed}, "$inc": {"version": 1}},
        )
        if changed.modified_count:
            return


def sweep_unmirrored(db: Db) -> int:
    """Finishes what a crash left between the two sides of a relationship; how many clients it touched."""
    left = list(db.clients.find({"unmirrored": {"$exists": True}}))
    for client in left:
        finish_mirroring(db, client)
    return len(left)


def _present(data: Mapping[str, Any]) -> Document:
    return {name: value for name, value in data.items() if value is not None}


def _check_relationships(db: Db, lists: Mapping[str, Any], client_id: str | None) -> None:
    others = [link["client_id"] for link in lists["clients"]]
    therapists = [link["psychotherapist_id"] for link in lists["psychotherapists"]]
    errors: dict[str, list[str]] = {}
    if client_id in others:
        errors["relationships.clients"] = [_("Un cliente no puede ser familiar de sí mismo.")]
    elif len(set(others)) < len(others) or _count_live(db, others) < len(others):
        errors["relationships.clients"] = [_("Elija clientes registrados, cada uno una sola vez.")]
    known = db.psychotherapists.count_documents({"_id": {"$in": therapists}})
    if len(set(therapists)) < len(therapists) or known < len(therapists):
        errors["relationships.psychotherapists"] = [
            _("Elija psicoterapeutas registrados, cada uno una sola vez.")
        ]
    if errors:
        raise InvalidInput(errors)


def _count_live(db: Db, client_ids: list[str]) -> int:
    return db.clients.count_documents({"_id": {"$in": client_ids}, "merged_into": {"$exists": False}})


def refuse_merged(client: Document) -> None:
    """Conflict for a client who was merged into another, naming that id: they are not edited any more."""
    if "merged_into" in client:
        other = {"id": client["merged_into"], "reason": "merged"}
        raise Conflict(_("Este cliente se unió con otro y ya no se modifica."), [other])


def require_active(db: Db, client_id: str) -> Document:
    """The client a session is for; InvalidInput on client_id if unknown, Conflict if archived."""
    client = db.clients.find_one({"_id": client_id})
    if client is None:
        raise InvalidInput({"client_id": [_("Elija un cliente registrado.")]})
    refuse_merged(client)
    if client.get("archived_at"):
        raise Conflict(
            _("Este cliente está archivado. Recupérelo antes de registrar una cita."), field="client_id"
        )
    return client
