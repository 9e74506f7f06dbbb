"""What an update makes of a document: a replacement, update operators, or a pipeline.

What is changed is always a copy: the stored document stays whole until the new one is put in its place, so a
cursor keeps its snapshot and a failed command leaves nothing behind.
https://www.mongodb.com/docs/manual/reference/command/update/
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bson import ObjectId, Regex

from service.embedded.errors import (
    DOLLAR_PREFIXED_FIELD_NAME,
    FAILED_TO_PARSE,
    IMMUTABLE_FIELD,
    CommandError,
    bad_value,
)
from service.embedded.matching import is_operators
from service.embedded.pipelines import stages_of_update
from service.embedded.update_operators import IN_PLACE, Operator, operator_named
from service.embedded.update_paths import (
    Filters,
    array_filters,
    places,
    places_there,
    refuse_conflicts,
    split_path,
    used_filters,
)
from service.embedded.values import MISSING, Document, copied, key_of

# (the document as it is, the query that found it, whether it is being inserted) -> the document as it will be
Update = Callable[[Document, Document, bool], Document]


@dataclass(frozen=True)
class _Step:
    parts: tuple[str, ...]
    name: str
    operator: Operator
    operand: Any


def update_of(specification: Any, filters: Any = None) -> Update:
    """The change that an update command's `u` describes. CommandError where it is none."""
    if type(specification) is list:
        _no_filters(filters)
        return _by_pipeline(specification)
    if type(specification) is not dict:
        raise CommandError(FAILED_TO_PARSE, "Update argument must be either an object or an array")
    if is_operators(specification):
        return _by_operators(specification, filters)
    _no_filters(filters)
    return _replacing(specification)


def is_replacement(specification: Any) -> bool:
    """Whether the update replaces the document whole."""
    return type(specification) is dict and not is_operators(specification)


def upserted(query: Document, specification: Any, update: Update) -> Document:
    """What an upsert inserts: what the query asks for by equality, then the update, `_id` first."""
    asked = _asked_for(query)
    if is_replacement(specification):
        asked = {"_id": asked["_id"]} if "_id" in asked else {}
    document = update(asked, query, True)
    if "_id" not in document:
        document["_id"] = ObjectId()
    return {"_id": document.pop("_id"), **document}


def _no_filters(filters: Any) -> None:
    if filters:
        raise CommandError(FAILED_TO_PARSE, "arrayFilters may only be specified with update operators")


def _replacing(replacement: Document) -> Update:
    for name in replacement:
        if name.startswith("$"):
            raise CommandError(
                DOLLAR_PREFIXED_FIELD_NAME, f"The dollar ($) prefixed field '{name}' is not allowed"
            )

    def update(document: Document, query: Document, inserting: bool) -> Document:
        identity = document.get("_id", MISSING)
        if identity is MISSING:
            return copied(replacement)  # type: ignore[no-any-return]
        _same_id(identity, replacement.get("_id", identity))
        return {"_id": identity, **{name: copied(v) for name, v in replacement.items() if name != "_id"}}

    return update


def _by_pipeline(specification: list[Any]) -> Update:
    stages = stages_of_update(specification)

    def update(document: Document, query: Document, inserting: bool) -> Document:
        changed: Document = copied(document)
        for stage in stages:
            changed = next(iter(stage([changed])))
        identity = document.get("_id", MISSING)
        if identity is not MISSING:
            _same_id(identity, changed.get("_id", identity))
            changed = {"_id": identity, **{name: value for name, value in changed.items() if name != "_id"}}
        return changed

    return update


def _by_operators(specification: Document, filter_documents: Any) -> Update:
    filters = array_filters(filter_documents)
    renames = _renames(specification.get("$rename", {}))
    steps = _steps(specification)
    paths = [step.parts for step in steps]
    refuse_conflicts(paths + [path for pair in renames for path in pair])
    unused = set(filters) - used_filters(paths)
    if unused:
        raise CommandError(
            FAILED_TO_PARSE, f"The array filter for identifier '{sorted(unused)[0]}' was not used"
        )

    def update(document: Document, query: Document, inserting: bool) -> Document:
        changed: Document = copied(document)
        for source, target in renames:
            _rename(changed, source, target)
        for step in steps:
            if step.name != "$setOnInsert" or inserting:
                _apply(step, changed, query, filters)
        if "_id" in document:
            _same_id(document["_id"], changed.get("_id", MISSING))
        return changed

    return update


def _steps(specification: Document) -> list[_Step]:
    """The operators by field, in the order in which MongoDB takes them (numbers as such, names as text)."""
    steps = []
    for name, fields in specification.items():
        if not name.startswith("$"):
            raise CommandError(FAILED_TO_PARSE, f"Unknown modifier: {name}. Expected a valid update modifier")
        if name == "$rename":
            continue
        operator = operator_named(name)
        if type(fields) is not dict:
            raise CommandError(
                FAILED_TO_PARSE, f"Modifiers operate on fields but {name} was given something else"
            )
        steps += [_Step(split_path(path), name, operator, operand) for path, operand in fields.items()]
    return sorted(steps, key=lambda step: [(not part.isdigit(), int(part) if part.isdigit() else 0, part)
                                           for part in step.parts])  # fmt: skip


def _apply(step: _Step, document: Document, query: Document, filters: Filters) -> None:
    find = places_there if step.name in IN_PLACE else places
    for place in list(find(document, step.parts, query, filters)):
        step.operator(place, step.operand)


def _renames(fields: Any) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    if type(fields) is not dict:
        raise CommandError(
            FAILED_TO_PARSE, "Modifiers operate on fields but $rename was given something else"
        )
    pairs = []
    for source, target in fields.items():
        if not isinstance(target, str):
            raise bad_value("The 'to' field for $rename must be a string")
        pair = (split_path(source), split_path(target))
        if any(part.startswith("$") for path in pair for part in path):
            raise bad_value("The fields of $rename may not be dynamic")
        pairs.append(pair)
    return pairs


def _rename(document: Document, source: tuple[str, ...], target: tuple[str, ...]) -> None:
    for path in (source, target):
        _refuse_arrays_on_the_way(document, path)
    found = list(places_there(document, source, {}, {}))
    if not found or found[0].get() is MISSING:
        return
    value = found[0].get()
    found[0].remove()
    for place in places(document, target, {}, {}):
        place.remove()  # a renamed field goes to the end
        place.put(value)


def _refuse_arrays_on_the_way(document: Any, path: tuple[str, ...]) -> None:
    for part in path[:-1]:
        document = document.get(part) if type(document) is dict else None
        if type(document) is list:
            raise bad_value("The source and target of $rename may not be array elements")


def _same_id(before: Any, after: Any) -> None:
    if after is MISSING or key_of(before) != key_of(after):
        raise CommandError(
            IMMUTABLE_FIELD,
            "After applying the update, the (immutable) field '_id' was found to have been altered",
        )


def _asked_for(query: Document) -> Document:
    """What a new document takes over from the query: its equalities, also inside $and."""
    found: dict[str, Any] = {}
    _collect(query, found)
    _refuse_paths_within(found)
    document: Document = {}
    for path, value in found.items():
        for place in places(document, tuple(path.split(".")), {}, {}):
            place.put(copied(value))
    return document


def _refuse_paths_within(found: dict[str, Any]) -> None:
    """CommandError (54) where a query names a field and also something within it."""
    paths = sorted(tuple(path.split(".")) for path in found)
    if any(second[: len(first)] == first for first, second in itertools.pairwise(paths)):
        raise CommandError(54, "cannot infer query fields to set, a path is matched twice")


def _collect(query: Document, found: dict[str, Any]) -> None:
    for name, value in query.items():
        if name == "$and" or (name == "$or" and len(value) == 1):
            for part in value:
                _collect(part, found)
        elif name.startswith("$") or isinstance(value, Regex):
            continue
        elif not is_operators(value):
            _note(found, name, value)
        elif "$eq" in value:
            _note(found, name, value["$eq"])
        elif len(value.get("$all", ())) == 1 and not is_operators(value["$all"][0]):
            _note(found, name, value["$all"][0])


def _note(found: dict[str, Any], name: str, value: Any) -> None:
    if name in found:
        raise CommandError(54, f"cannot infer query fields to set, path '{name}' is matched twice")
    found[name] = value
