"""$group: documents by a key, and what is accumulated over each group.

Ours rather than mongomock's, which answers a row where there was no document, drops 0 and "" from $addToSet,
and takes True and 1 for one key. https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.embedded.arithmetic import average, total
from service.embedded.errors import CommandError, not_supported
from service.embedded.expressions import Compute, expression
from service.embedded.values import MISSING, Document, Key, key_of

Accumulate = Callable[[list[Any]], Any]
_UNSUPPORTED = {
    "$stdDevPop", "$stdDevSamp", "$top", "$topN", "$bottom", "$bottomN", "$firstN", "$lastN", "$minN",
    "$maxN", "$median", "$percentile", "$accumulator",
}  # fmt: skip


def group(specification: Any) -> Callable[[list[Document]], list[Document]]:
    """The stage $group; its rows come in the order in which their first document came. CommandError."""
    if type(specification) is not dict:
        raise CommandError(15947, "a group's fields must be specified in an object")
    if "_id" not in specification:
        raise CommandError(15955, "a group specification must include an _id")
    identify = expression(specification["_id"])
    fields = {name: _accumulator(name, value) for name, value in specification.items() if name != "_id"}

    def stage(documents: list[Document]) -> list[Document]:
        groups: dict[Key, tuple[Any, list[Document]]] = {}
        for document in documents:
            identity = identify(document)
            groups.setdefault(key_of(identity), (identity, []))[1].append(document)
        return [_row(identity, members, fields) for identity, members in groups.values()]

    return stage


def _row(identity: Any, members: list[Document], fields: dict[str, tuple[Compute, Accumulate]]) -> Document:
    row: Document = {"_id": None if identity is MISSING else identity}
    for name, (compute, accumulate) in fields.items():
        row[name] = accumulate([compute(member) for member in members])
    return row


def _accumulator(name: str, value: Any) -> tuple[Compute, Accumulate]:
    if "." in name or name.startswith("$"):
        raise CommandError(40235, f"The field name '{name}' cannot contain '.' or begin with $")
    if type(value) is not dict or len(value) != 1:
        raise CommandError(40234, f"The field '{name}' must be an accumulator object")
    ((operator, operand),) = value.items()
    if operator == "$count":
        return lambda document: 1, total
    if operator in _UNSUPPORTED:
        raise not_supported(f"the accumulator {operator}")
    if operator not in _ACCUMULATORS:
        raise CommandError(15952, f"unknown group operator '{operator}'")
    return expression(operand), _ACCUMULATORS[operator]


def _smallest(values: list[Any]) -> Any:
    there = _there(values)
    return min(there, key=key_of) if there else None


def _largest(values: list[Any]) -> Any:
    there = _there(values)
    return max(there, key=key_of) if there else None


def _there(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None and value is not MISSING]


def _at(index: int) -> Accumulate:
    return lambda values: None if values[index] is MISSING else values[index]


def _set(values: list[Any]) -> list[Any]:
    return list({key_of(value): value for value in reversed(values) if value is not MISSING}.values())[::-1]


def _merged(values: list[Any]) -> Document:
    merged: Document = {}
    for value in _there(values):
        if type(value) is not dict:
            raise CommandError(40400, "$mergeObjects requires object inputs")
        merged.update(value)
    return merged


_ACCUMULATORS: dict[str, Accumulate] = {
    "$sum": total,
    "$avg": average,
    "$min": _smallest,
    "$max": _largest,
    "$first": _at(0),
    "$last": _at(-1),
    "$push": lambda values: [value for value in values if value is not MISSING],
    "$addToSet": _set,
    "$mergeObjects": _merged,
}
