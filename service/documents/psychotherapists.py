"""Psychotherapists: people with dated terms (commission percent and default price)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import calendars, store, term_changes
from service.documents.store import Document, Request
from service.domain.money import Money
from service.domain.names import fold, query_words, search_words
from service.domain.people import full_name
from service.domain.terms import change_terms
from service.errors import InvalidInput
from service.texts import _


def create(db: Db, data: Mapping[str, Any], now: datetime, request: Request | None = None) -> Document:
    """Stores a new psychotherapist (`data` as PsychotherapistSchema loads it); the terms hold from ever."""
    earlier = store.repeated(db.psychotherapists, request)
    if earlier is not None:
        return earlier
    return store.insert(db.psychotherapists, new_document(data, now), request)


def new_document(data: Mapping[str, Any], now: datetime) -> Document:
    """The document of a new psychotherapist, not yet stored."""
    fields = {name: value for name, value in data.items() if name not in _TERM_FIELDS and value is not None}
    terms = [{"since": None, **_term_changes(data)}]
    fields = {"active": True, **fields, "terms": terms, "search": _search_terms(fields)}
    return {"_id": store.new_id(), "version": 1, **fields, "created_at": now, "updated_at": now}


def get(db: Db, psychotherapist_id: str) -> Document:
    """One psychotherapist; NotFound without it."""
    return store.get(db.psychotherapists, psychotherapist_id)


def update(
    db: Db, psychotherapist_id: str, changes: Mapping[str, Any], version: int | None, now: datetime
) -> Document:
    """Applies `changes`; a new percent or price holds from `effective_on` on. Stale on another version.

    With `existing_sessions` "change" the sessions registered from that day on, in open months and until other
    terms hold, take the new percent over; otherwise they keep theirs.
    """
    current = term_changes.finish(db, get(db, psychotherapist_id), now)
    fields = {name: value for name, value in changes.items() if name not in _TERM_FIELDS}
    changed = _term_changes(changes)
    if changed:
        since = effective_on(changes)
        fields["terms"] = change_terms(current["terms"], changed, since)
        if changes.get("existing_sessions") == "change" and "commission_bp" in changed:
            fields["unapplied"] = term_changes.unapplied(current, changed["commission_bp"], since)
    fields |= {"search": _search_terms({**current, **fields}), "updated_at": now}
    expected = current["version"] if version is None else version
    stored = store.replace_fields(db.psychotherapists, psychotherapist_id, expected, fields)
    if changed:
        calendars.look_again(db, psychotherapist_id)
    return term_changes.finish(db, stored, now)


def effective_on(changes: Mapping[str, Any]) -> str:
    """The local day from which changed terms hold; InvalidInput where none is named."""
    day: str | None = changes.get("effective_on")
    if not day:
        raise InvalidInput({"effective_on": [_("Indique desde qué día rige el cambio.")]})
    return day


def delete(db: Db, psychotherapist_id: str, version: int | None, now: datetime) -> bool:
    """Removes a psychotherapist nothing refers to, else makes them inactive; True if removed."""
    current = get(db, psychotherapist_id)
    expected = current["version"] if version is None else version
    fields = {"active": False, "updated_at": now}
    inactive = store.replace_fields(db.psychotherapists, psychotherapist_id, expected, fields)
    if has_history(db, psychotherapist_id):
        return False
    db.psychotherapists.delete_one({"_id": psychotherapist_id, "version": inactive["version"]})
    return True


def has_history(db: Db, psychotherapist_id: str) -> bool:
    """Whether a session or a client refers to a psychotherapist, who is then kept."""
    session = db.sessions.find_one({"psychotherapist_id": psychotherapist_id}, {"_id": 1})
    linked = {"relationships.psychotherapists.psychotherapist_id": psychotherapist_id}
    return session is not None or db.clients.find_one(linked, {"_id": 1}) is not None


def search(db: Db, query: str = "", *, active: bool | None = None) -> list[Document]:
    """Psychotherapists by name; `query` as for clients, `active` None means both."""
    condition: Document = {} if active is None else {"active": active}
    words = query_words(query)
    if words:
        condition["$and"] = [{"search": word} for word in words]
    found = db.psychotherapists.find(condition, {"search": 0})
    return sorted(found, key=lambda person: fold(full_name(person)))


def names(db: Db) -> dict[str, Document]:
    """All psychotherapists by id: a centre has dozens, not thousands."""
    return {person["_id"]: person for person in db.psychotherapists.find({}, {"search": 0})}


def require(db: Db, psychotherapist_id: str) -> Document:
    """The psychotherapist of a session; InvalidInput on psychotherapist_id if unknown."""
    person = db.psychotherapists.find_one({"_id": psychotherapist_id})
    if person is None:
        raise InvalidInput({"psychotherapist_id": [_("Elija un psicoterapeuta registrado.")]})
    return person


_TERM_FIELDS = ("commission_bp", "default_price", "effective_on", "existing_sessions", "preview")


def _term_changes(data: Mapping[str, Any]) -> Document:
    changes: Document = {}
    if data.get("commission_bp") is not None:
        changes["commission_bp"] = data["commission_bp"]
    price: Money | None = data.get("default_price")
    if price is not None:
        changes |= {"price_cents": price.cents, "currency": price.currency}
    return changes


def _search_terms(fields: Mapping[str, Any]) -> list[str]:
    return search_words(fields["given_names"], fields["family_names"])
