"""Clients: people with their relationships to psychotherapists and to other clients."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import store
from service.documents.store import Document, Request
from service.domain import relationships
from service.domain.names import fold, query_words, search_words
from service.domain.people import phone_digits
from service.errors import Conflict, InvalidInput

NO_RELATIONSHIPS: Document = {"psychotherapists": [], "clients": []}


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
    fields = {"survey_consent": False, **_present(data)}
    fields["relationships"] = {**NO_RELATIONSHIPS, **fields.get("relationships", {})}
    times = {"created_at": now, "updated_at": now}
    return {"_id": store.new_id(), "version": 1, **fields, "search": search_terms(fields), **times}


def get(db: Db, client_id: str) -> Document:
    """One client, archived or not; NotFound without it."""
    return store.get(db.clients, client_id)


def update(
    db: Db, client_id: str, changes: Mapping[str, Any], version: int | None, now: datetime
) -> Document:
    """Applies `changes`; the lists of relationships that are named are replaced. Stale on another version."""
    client = get(db, client_id)
    merged = {**client, **changes}
    if "relationships" in changes:
        merged["relationships"] = {**client["relationships"], **changes["relationships"]}
        _check_relationships(db, merged["relationships"], client_id)
    fields = {
        **changes,
        "relationships": merged["relationships"],
        "search": search_terms(merged),
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
    """Brings an archived client back."""
    return store.replace_fields(db.clients, client_id, version, {"archived_at": None, "updated_at": now})


def search(db: Db, query: str, *, archived: bool = False) -> list[Document]:
    """Clients whose name, document or phone has a word beginning with each word of `query`, by family name.

    Accents, case and order of the words do not matter; without words, all clients.
    """
    words = query_words(query)
    condition: Document = {"archived_at": {"$exists": archived}}
    if words:
        condition["$and"] = [{"search": word} for word in words]
    return sorted(db.clients.find(condition, {"search": 0}), key=_by_name)


def by_ids(db: Db, client_ids: Iterable[str]) -> dict[str, Document]:
    """Clients by id, for showing names beside sessions."""
    return {client["_id"]: client for client in db.clients.find({"_id": {"$in": sorted(set(client_ids))}})}


def finish_mirroring(db: Db, client: Document) -> Document:
    """Writes the other side of a client's relationships; a crash before its end leaves `unmirrored` to a
    sweep.
    """
    if not client.get("unmirrored"):
        return client
    for other_id in client["unmirrored"]:
        _mirror(db, client["_id"], other_id)
    done = {"unmirrored": client["unmirrored"]}
    db.clients.update_one({"_id": client["_id"], **done}, {"$unset": {"unmirrored": ""}})
    return {name: value for name, value in client.items() if name != "unmirrored"}


def sweep_unmirrored(db: Db) -> int:
    """Finishes what a crash left between the two sides of a relationship; how many clients it touched."""
    left = list(db.clients.find({"unmirrored": {"$exists": True}}))
    for client in left:
        finish_mirroring(db, client)
    return len(left)


def search_terms(fields: Mapping[str, Any]) -> list[str]:
    """The words a client is found by: names, document number and phone."""
    document = fields.get("document") or {}
    numbers = (document.get("number") or "", *phone_digits(fields.get("phone")))
    return search_words(fields["given_names"], fields["family_names"], *numbers)


def _present(data: Mapping[str, Any]) -> Document:
    return {name: value for name, value in data.items() if value is not None}


def _by_name(client: Document) -> tuple[str, str]:
    return fold(client["family_names"]), fold(client["given_names"])


def _mirror(db: Db, owner_id: str, other_id: str) -> None:
    """Makes one other client's list agree with the owner's as it is now; again if somebody else wrote
    meanwhile.
    """
    while True:
        owner, other = db.clients.find_one({"_id": owner_id}), db.clients.find_one({"_id": other_id})
        if owner is None or other is None:
            return
        owner_links = [link for link in owner["relationships"]["clients"] if link["client_id"] == other_id]
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


def _check_relationships(db: Db, lists: Mapping[str, Any], client_id: str | None) -> None:
    others = [link["client_id"] for link in lists["clients"]]
    therapists = [link["psychotherapist_id"] for link in lists["psychotherapists"]]
    errors: dict[str, list[str]] = {}
    if client_id in others:
        errors["relationships.clients"] = ["Un cliente no puede ser familiar de sí mismo."]
    elif len(set(others)) < len(others) or db.clients.count_documents({"_id": {"$in": others}}) < len(others):
        errors["relationships.clients"] = ["Elija clientes registrados, cada uno una sola vez."]
    known = db.psychotherapists.count_documents({"_id": {"$in": therapists}})
    if len(set(therapists)) < len(therapists) or known < len(therapists):
        errors["relationships.psychotherapists"] = [
            "Elija psicoterapeutas registrados, cada uno una sola vez."
        ]
    if errors:
        raise InvalidInput(errors)


def require_active(db: Db, client_id: str) -> Document:
    """The client a session is for; InvalidInput on client_id if unknown, Conflict if archived."""
    client = db.clients.find_one({"_id": client_id})
    if client is None:
        raise InvalidInput({"client_id": ["Elija un cliente registrado."]})
    if client.get("archived_at"):
        raise Conflict(
            "Este cliente está archivado. Recupérelo antes de registrar una cita.", field="client_id"
        )
    return client
