"""The pipeline stages that give each document another shape: $project, $set, $unset, $unwind, $replaceRoot.

They never write into the documents they are given: those may be the stored ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bson import Int64

from service.embedded.errors import CommandError, bad_value
from service.embedded.expressions import Compute, expression, field_value
from service.embedded.projecting import selection
from service.embedded.values import MISSING, Document

Stage = Callable[[list[Document]], list[Document]]
_Computed = list[tuple[tuple[str, ...], Compute]]


def project(specification: Any) -> Stage:
    """The stage $project: fields kept or left out, and computed ones."""
    if type(specification) is not dict or not specification:
        raise CommandError(
            51272, "Invalid $project: the specification must be an object with at least one field"
        )
    flags: dict[str, Any] = {}
    computed: _Computed = []
    for path, value in _flat(specification):
        if isinstance(value, (bool, int, float)):
            flags[path] = value
        else:
            computed.append((tuple(path.split(".")), expression(value)))
    including = bool(computed) or any(flags[path] for path in flags if path != "_id") or flags == {"_id": 1}
    keep = selection({"_id": False, **flags} if ("_id",) in dict(computed) else flags, including)

    def one(document: Document) -> Document:
        return _id_first(_with_computed({**_ways(document, computed), **keep(document)}, document, computed))

    return lambda documents: [one(document) for document in documents]


def set_fields(specification: Any) -> Stage:
    """The stage $set (or $addFields)."""
    if type(specification) is not dict or not specification:
        raise CommandError(40177, "Invalid $set: the specification must be an object with at least one field")
    computed = [(tuple(path.split(".")), expression(value)) for path, value in _flat(specification)]
    return lambda documents: [_with_computed(document, document, computed) for document in documents]


def unset(specification: Any) -> Stage:
    """The stage $unset: one field or a list of them."""
    paths = [specification] if isinstance(specification, str) else specification
    if type(paths) is not list or not paths or not all(isinstance(path, str) for path in paths):
        raise CommandError(31002, "$unset specification must be a string or an array of strings")
    keep = selection({"_id": True, **dict.fromkeys(paths, False)}, False)
    return lambda documents: [keep(document) for document in documents]


def replace_root(specification: Any) -> Stage:
    """The stage $replaceRoot."""
    if type(specification) is not dict or set(specification) != {"newRoot"}:
        raise CommandError(40231, "$replaceRoot takes an object with newRoot")
    return replace_with(specification["newRoot"])


def replace_with(specification: Any) -> Stage:
    """The stage $replaceWith."""
    compute = expression(specification)

    def one(document: Document) -> Document:
        root = compute(document)
        if type(root) is not dict:
            raise CommandError(40228, "'newRoot' expression must evaluate to an object")
        return root

    return lambda documents: [one(document) for document in documents]


def unwind(specification: Any) -> Stage:
    """The stage $unwind: a document for each element of an array."""
    options = {"path": specification} if isinstance(specification, str) else specification
    if type(options) is not dict or set(options) - {
        "path",
        "includeArrayIndex",
        "preserveNullAndEmptyArrays",
    }:
        raise CommandError(15981, "$unwind takes a path, or an object with path and its two options")
    path = options.get("path")
    if not isinstance(path, str) or not path.startswith("$") or len(path) < 2:
        raise CommandError(28818, "path option to $unwind stage should be prefixed with a '$'")
    parts = tuple(path[1:].split("."))
    index_path = tuple(options["includeArrayIndex"].split(".")) if options.get("includeArrayIndex") else None
    keep_empty = bool(options.get("preserveNullAndEmptyArrays", False))

    def rows(document: Document) -> Iterator[Document]:
        for index, value in _elements(field_value(document, parts), keep_empty):
            row = with_value(document, parts, value)
            yield with_value(row, index_path, index) if index_path else row

    return lambda documents: [row for document in documents for row in rows(document)]


def with_value(document: Document, parts: tuple[str, ...], value: Any) -> Document:
    """The document with the value at a path (taken out for MISSING); shares all but the way there."""
    changed = dict(document)
    name, rest = parts[0], parts[1:]
    if rest:
        inner = document.get(name)
        if type(inner) is list:
            changed[name] = [with_value(item if type(item) is dict else {}, rest, value) for item in inner]
        elif type(inner) is dict or value is not MISSING:
            changed[name] = with_value(inner if type(inner) is dict else {}, rest, value)
    elif value is MISSING:
        changed.pop(name, None)
    else:
        changed[name] = value
    return changed


def _elements(value: Any, keep_empty: bool) -> list[tuple[Any, Any]]:
    """(index, value) of each row; a value that is no array is its own only row."""
    if type(value) is list and value:
        return [(Int64(index), element) for index, element in enumerate(value)]
    if value is MISSING or value is None or value == []:
        return [(None, MISSING if value == [] else value)] if keep_empty else []
    return [(None, value)]


def _flat(specification: Document, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Objects in a specification that are no expressions stand for dotted paths."""
    for name, value in specification.items():
        if not name or name.startswith("$"):
            raise bad_value("a field path may not be empty or begin with $")
        if type(value) is dict and value and not next(iter(value)).startswith("$"):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _with_computed(base: Document, document: Document, computed: _Computed) -> Document:
    for parts, compute in computed:
        base = with_value(base, parts, compute(document))
    return base


def _ways(document: Document, computed: _Computed) -> Document:
    """What is left of arrays in which fields are computed: each element gets them, into an empty object."""
    holders = {path[0]: path[1:] for path, _ in computed if type(document.get(path[0])) is list}
    return {name: _emptied(document[name], rest) for name, rest in holders.items() if rest}


def _emptied(value: Any, rest: tuple[str, ...]) -> Any:
    if type(value) is list:
        return [_emptied(element, rest) for element in value]
    inner = value.get(rest[0]) if type(value) is dict else None
    return {rest[0]: _emptied(inner, rest[1:])} if len(rest) > 1 and type(inner) in (dict, list) else {}


def _id_first(document: Document) -> Document:
    if "_id" not in document or next(iter(document)) == "_id":
        return document
    return {"_id": document["_id"], **document}
