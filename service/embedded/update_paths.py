"""Where in a document an update operator writes: dotted paths, with $, $[] and $[name] resolved.

https://www.mongodb.com/docs/manual/reference/operator/update/positional/
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from service.embedded.errors import (
    CONFLICTING_UPDATE_OPERATORS,
    DOLLAR_PREFIXED_FIELD_NAME,
    EMPTY_FIELD_NAME,
    FAILED_TO_PARSE,
    IMMUTABLE_FIELD,
    PATH_NOT_VIABLE,
    CommandError,
    bad_value,
)
from service.embedded.matching import Test, matcher, position
from service.embedded.values import MISSING, Document

# MongoDB fills an array up with nulls to reach an index, but not without end.
_LARGEST_PADDING = 1_500_000
Filters = dict[str, Test]


class Place:
    """One spot in a document: the object or array that holds it and its name or index there."""

    def __init__(self, holder: Any, name: str) -> None:
        self.holder = holder
        self.name = name

    def get(self) -> Any:
        """What is there, or MISSING."""
        if type(self.holder) is dict:
            return self.holder.get(self.name, MISSING)
        index = int(self.name)
        return self.holder[index] if index < len(self.holder) else MISSING

    def put(self, value: Any) -> None:
        """Writes there; an array is filled up with nulls before it."""
        if type(self.holder) is dict:
            self.holder[self.name] = value
            return
        index = int(self.name)
        if index - len(self.holder) > _LARGEST_PADDING:
            raise bad_value("the array would have to be padded too far")
        self.holder.extend([None] * (index + 1 - len(self.holder)))
        self.holder[index] = value

    def remove(self) -> None:
        """Takes the field out; an array's element becomes null."""
        if type(self.holder) is dict:
            self.holder.pop(self.name, None)
        elif int(self.name) < len(self.holder):
            self.holder[int(self.name)] = None


def split_path(path: str) -> tuple[str, ...]:
    """The parts of an update's path. CommandError where one is empty or begins with $ wrongly."""
    parts = tuple(path.split("."))
    if not all(parts):
        raise CommandError(
            EMPTY_FIELD_NAME, "The update path contains an empty field name, which is not allowed."
        )
    for part in parts:
        if part.startswith("$") and part != "$" and not (part.startswith("$[") and part.endswith("]")):
            raise CommandError(
                DOLLAR_PREFIXED_FIELD_NAME, f"The dollar ($) prefixed field '{part}' is not valid."
            )
    if parts[0].startswith("$"):
        raise bad_value("Cannot have a positional element at the first position of an update path")
    if parts[0] == "_id" and len(parts) > 1:
        raise CommandError(IMMUTABLE_FIELD, "the path would modify the immutable field '_id'")
    return parts


def refuse_conflicts(paths: list[tuple[str, ...]]) -> None:
    """CommandError where one path is another or lies within another."""
    seen = sorted(paths)
    for first, second in itertools.pairwise(seen):
        if second[: len(first)] == first:
            raise CommandError(
                CONFLICTING_UPDATE_OPERATORS,
                f"Updating the path '{'.'.join(second)}' would create a conflict at '{'.'.join(first)}'",
            )


def array_filters(filters: Any) -> Filters:
    """{name: test on an element} of the arrayFilters option. CommandError where one is malformed."""
    tests: Filters = {}
    for one in filters or []:
        names = {name.partition(".")[0] for name in _field_names(one)} if type(one) is dict else set()
        if len(names) != 1:
            raise CommandError(FAILED_TO_PARSE, "each array filter needs exactly one top-level field name")
        (name,) = names
        if name in tests:
            raise CommandError(
                FAILED_TO_PARSE, f"Found multiple array filters with the same top-level name {name}"
            )
        tests[name] = _filter_test(one, name)
    return tests


def used_filters(paths: list[tuple[str, ...]]) -> set[str]:
    """The names in $[name] of these paths."""
    return {part[2:-1] for path in paths for part in path if part.startswith("$[") and part != "$[]"}


def places(document: Document, parts: tuple[str, ...], query: Document, filters: Filters) -> Iterator[Place]:
    """Every place the path stands for, its holders made where they are missing."""
    return _places(document, _positioned(document, parts, query), filters, create=True, trail=())


def places_there(
    document: Document, parts: tuple[str, ...], query: Document, filters: Filters
) -> Iterator[Place]:
    """The same, but only where the holders are there already (for $unset, $pull, $rename …)."""
    return _places(document, _positioned(document, parts, query), filters, create=False, trail=())


def _positioned(document: Document, parts: tuple[str, ...], query: Document) -> tuple[str, ...]:
    """The path with its $ replaced by the index of the element that the query found."""
    if "$" not in parts:
        return parts
    at = parts.index("$")
    if "$" in parts[at + 1 :]:
        raise bad_value("Too many positional (i.e. '$') elements found in path")
    index = position(query, document, parts[:at])
    if index is None:
        raise bad_value("The positional operator did not find the match needed from the query.")
    return (*parts[:at], str(index), *parts[at + 1 :])


def _places(
    holder: Any, parts: tuple[str, ...], filters: Filters, create: bool, trail: tuple[str, ...]
) -> Iterator[Place]:
    part, rest = parts[0], parts[1:]
    if part.startswith("$["):
        yield from _in_elements(holder, parts, filters, create, trail)
        return
    if type(holder) is list and not part.isdigit():
        if create:
            raise _not_viable(part, trail)
        return
    place = Place(holder, part)
    if not rest:
        yield place
        return
    inner = place.get()
    if inner is MISSING and create:
        inner = {}
        place.put(inner)
    if type(inner) in (dict, list):
        yield from _places(inner, rest, filters, create, (*trail, part))
    elif create:
        raise _not_viable(rest[0], (*trail, part))


def _in_elements(
    holder: Any, parts: tuple[str, ...], filters: Filters, create: bool, trail: tuple[str, ...]
) -> Iterator[Place]:
    if type(holder) is not list:
        path = ".".join(trail)
        raise bad_value(f"The path '{path}' must exist in the document in order to apply array updates.")
    name, rest = parts[0][2:-1], parts[1:]
    test = filters.get(name) if name else None
    if name and test is None:
        raise bad_value(f"No array filter found for identifier '{name}' in path")
    for index, element in enumerate(holder):
        if test is not None and not test(element):
            continue
        if not rest:
            yield Place(holder, str(index))
        elif type(element) in (dict, list):
            yield from _places(element, rest, filters, create, (*trail, str(index)))
        elif create:
            raise _not_viable(rest[0], (*trail, str(index)))


def _not_viable(part: str, trail: tuple[str, ...]) -> CommandError:
    if part.startswith("$["):
        return bad_value(f"Cannot apply array updates to non-array element {'.'.join(trail)}")
    return CommandError(
        PATH_NOT_VIABLE, f"Cannot create field '{part}' in element {'.'.join(trail) or '(root)'}"
    )


def _field_names(query: Any) -> Iterator[str]:
    for name, value in query.items():
        if name in ("$and", "$or", "$nor"):
            for part in value:
                yield from _field_names(part)
        else:
            yield name


def _filter_test(query: Document, name: str) -> Test:
    """An array filter speaks of the element by its name: {"x": {"$gt": 1}}, {"x.price": 3}."""
    test = matcher(query)
    return lambda element: test({name: element})
