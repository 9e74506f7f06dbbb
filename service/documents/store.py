"""What every collection's module does the same way: new ids, reading one, versioned writes, idempotent
creation.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from service.errors import Conflict, InvalidInput, NotFound, Stale
from service.texts import _

Document = dict[str, Any]


class Request(NamedTuple):
    """An idempotent creation: the id that its key stands for, and a hash of what was asked for."""

    id: str
    body_hash: str


def new_id() -> str:
    """A fresh document id: 32 hexadecimal characters."""
    return uuid.uuid4().hex


def derived_id(*parts: str) -> str:
    """The id that always follows from the same parts: writing twice what has it writes it once."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def request_of(user: str, route: str, key: str, body: Mapping[str, Any]) -> Request:
    """The Request of one user's Idempotency-Key on one route."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return Request(derived_id(user, route, key), hashlib.sha256(canonical.encode()).hexdigest())


def get(collection: Collection[Document], id: str) -> Document:
    """The document; NotFound without it."""
    document = collection.find_one({"_id": id})
    if document is None:
        raise NotFound()
    return document


def repeated(collection: Collection[Document], request: Request | None) -> Document | None:
    """What the same request has created before; InvalidInput where its key came with another body."""
    document = collection.find_one({"_id": request.id}) if request else None
    if document is not None and request is not None and document.get("request_hash") != request.body_hash:
        raise InvalidInput({"Idempotency-Key": [_("Esta clave ya se usó con otros datos.")]})
    return document


def insert(collection: Collection[Document], document: Document, request: Request | None) -> Document:
    """Inserts a document, once for the same request also when two arrive at the same moment."""
    if request is not None:
        document = {**document, "_id": request.id, "request_hash": request.body_hash}
    try:
        collection.insert_one(document)
    except DuplicateKeyError as error:
        earlier = repeated(collection, request)
        if earlier is not None:
            return earlier
        raise duplicate_document(collection, document) from error
    return document


def replace_fields(
    collection: Collection[Document], id: str, version: int, fields: Mapping[str, Any]
) -> Document:
    """Sets `fields` (None removes one) if the document still has `version`, which it raises by one.

    NotFound without the document, Stale (with how it stands now) when somebody was faster.
    """
    change: Document = {"$inc": {"version": 1}}
    kept = {name: value for name, value in fields.items() if value is not None}
    gone = {name: "" for name, value in fields.items() if value is None}
    change |= {"$set": kept} if kept else {}
    change |= {"$unset": gone} if gone else {}
    try:
        changed = collection.find_one_and_update(
            {"_id": id, "version": version}, change, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError as error:
        raise duplicate_document(collection, {**fields, "_id": id}) from error
    if changed is None:
        raise Stale(get(collection, id))
    return changed


def duplicate_document(collection: Collection[Document], document: Mapping[str, Any]) -> Conflict:
    """The Conflict that names who already has this identity document."""
    own = document.get("document") or {}
    same = {"document.number": own.get("number"), "document.type": own.get("type")}
    holder = collection.find_one({**same, "_id": {"$ne": document["_id"]}}) if own else None
    if holder is None:
        return Conflict(_("Ya existe un registro igual."))
    name = f"{holder['given_names']} {holder['family_names']}".strip()
    return Conflict(
        _("%(name)s ya está registrado con este documento.", name=name),
        [{"id": holder["_id"], "name": name}],
        field="document.number",
    )
