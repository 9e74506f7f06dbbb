"""What may be stored: a document's shape and size, an index's specification. As MongoDB has it."""

from __future__ import annotations

from typing import Any

import bson
from bson import ObjectId, Regex

from service.embedded.errors import (
    CANNOT_CREATE_INDEX,
    INVALID_BSON,
    INVALID_ID_FIELD,
    INVALID_NAMESPACE,
    OBJECT_TOO_LARGE,
    OVERFLOW,
    CommandError,
    bad_value,
    not_supported,
)
from service.embedded.indexes import Index
from service.embedded.matching import matcher
from service.embedded.values import Document, depth_of
from service.embedded.wire import CODEC

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
_INDEX_OPTIONS = {"key", "name", "unique", "sparse", "partialFilterExpression", "v", "background", "ns"}
_IN_PARTIAL_FILTERS = {"$eq", "$exists", "$gt", "$gte", "$lt", "$lte", "$type", "$and", "$or", "$in"}


def with_id(document: Any) -> Document:
    """The document to insert: its `_id` made where it has none, and first. CommandError."""
    if type(document) is not dict:
        raise bad_value("each document must be an object")
    identity = document["_id"] if "_id" in document else ObjectId()
    if next(iter(document), None) == "_id":
        return document
    return {"_id": identity, **{name: value for name, value in document.items() if name != "_id"}}


def encoded(document: Document) -> bytes:
    """The document as it goes to disk. CommandError where it may not be stored."""
    _check_id(document["_id"])
    if depth_of(document) > MAX_DEPTH:
        raise CommandError(OVERFLOW, f"the document exceeds {MAX_DEPTH} levels of nesting")
    try:
        body = bson.encode(document, codec_options=CODEC)
    except (bson.errors.BSONError, OverflowError, ValueError, TypeError):
        raise CommandError(INVALID_BSON, "the document cannot be stored as BSON") from None
    if len(body) > MAX_DOCUMENT_BYTES:
        raise CommandError(
            OBJECT_TOO_LARGE,
            f"BSONObj size: {len(body)} is invalid. Size must be between 0 and {MAX_DOCUMENT_BYTES}(16MB)",
        )
    return body


def identity_of(document: Document) -> bytes:
    """The document's `_id` alone, as BSON."""
    return bson.encode({"_id": document["_id"]}, codec_options=CODEC)


def check_namespace(database: str, collection: Any) -> str:
    """The collection's name. CommandError (73) where no collection may be called so."""
    if not isinstance(collection, str):
        raise CommandError(INVALID_NAMESPACE, "collection name has invalid type")
    wrong = not collection or collection.startswith((".", "system.")) or collection.endswith(".")
    if wrong or any(sign in collection for sign in ("$", "\0", "..")) or len(collection) > 200:
        raise CommandError(INVALID_NAMESPACE, "Invalid collection name")
    if not database or any(sign in database for sign in '/\\. "$\0') or len(database) > 63:
        raise CommandError(INVALID_NAMESPACE, "Invalid database name")
    return collection


def index_of(specification: Any) -> Index:
    """The index that a createIndexes specification describes. CommandError."""
    if type(specification) is not dict or not isinstance(specification.get("name"), str):
        raise CommandError(9, "each index needs a key and a name")
    _check_index_options(specification)
    _check_key(specification.get("key"))
    shown = {"v": 2, "key": specification["key"], "name": specification["name"]}
    for option in ("unique", "sparse"):
        if specification.get(option):
            shown[option] = True
    partial = specification.get("partialFilterExpression")
    if partial is None:
        return Index(shown)
    if "sparse" in shown:
        raise CommandError(CANNOT_CREATE_INDEX, "cannot mix partialFilterExpression and sparse options")
    _check_partial(partial)
    return Index({**shown, "partialFilterExpression": partial}, matcher(partial))


def _check_id(identity: Any) -> None:
    if isinstance(identity, (list, Regex)):
        kind = "array" if isinstance(identity, list) else "regex"
        raise CommandError(INVALID_ID_FIELD, f"The '_id' value cannot be of type {kind}")
    if type(identity) is dict and any(name.startswith("$") for name in identity):
        raise CommandError(52, "_id fields may not contain '$'-prefixed fields")


def _check_index_options(specification: Document) -> None:
    for option in specification:
        if option not in _INDEX_OPTIONS:
            raise not_supported(f"the index option {option}")
    for option in ("unique", "sparse"):
        if not isinstance(specification.get(option, False), (bool, int, float)):
            raise CommandError(14, f"the index option {option} must be a boolean")


def _check_key(key: Any) -> None:
    if type(key) is not dict or not key:
        raise CommandError(CANNOT_CREATE_INDEX, "Index keys cannot be empty.")
    for path, direction in key.items():
        if not path or path.startswith(("$", ".")) or path.endswith(".") or "$**" in path:
            raise CommandError(CANNOT_CREATE_INDEX, f"Index key contains an illegal field name: '{path}'")
        if isinstance(direction, str):
            raise not_supported(f"an index of type {direction}")
        if isinstance(direction, bool) or not isinstance(direction, (int, float)) or direction == 0:
            raise CommandError(
                CANNOT_CREATE_INDEX, "Values in the index key pattern must be numbers but not 0"
            )


def _check_partial(expression: Any) -> None:
    """MongoDB takes only a few operators there; more would work here and fail on the day of moving."""
    if type(expression) is not dict:
        raise CommandError(14, "partialFilterExpression must be an object")
    for name, value in expression.items():
        if (name.startswith("$") and name not in _IN_PARTIAL_FILTERS) or (name == "$exists" and not value):
            raise CommandError(CANNOT_CREATE_INDEX, f"Expression not supported in partial index: {name}")
        for part in value if type(value) is list else [value]:
            if type(part) is dict:
                _check_partial(part)
