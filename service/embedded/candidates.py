"""Which documents a filter can possibly find, so that not all have to be looked at.

Always more than the filter finds, never less: where that is not sure, there are no candidates and all
documents are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import Regex

from service.embedded.indexes import FieldIndex
from service.embedded.matching import is_operators
from service.embedded.values import DATE, NUMBER, OBJECT_ID, STRING, Document, Key, key_of

IndexFor = Callable[[str], FieldIndex | None]
_ORDERED = (NUMBER, STRING, OBJECT_ID, DATE)


class Candidates:
    """Records that may match, from one or more indexes; `cost` is how many they are at most."""

    def __init__(self, parts: list[tuple[FieldIndex, list[Key]]]) -> None:
        self.parts = parts
        self.cost = sum(index.count(keys) for index, keys in parts)

    def records(self) -> list[int]:
        """The records' numbers in their natural order, each once."""
        return sorted(set().union(*(index.find(keys) for index, keys in self.parts)))


# What a field's condition says of the keys it can have; None where it says nothing.
_KeysOf = Callable[[FieldIndex, Any], list[Key] | None]


def candidates(query: Document, index_for: IndexFor) -> Candidates | None:
    """The cheapest that an equality gives, or else a range; None where all documents have to be looked at."""
    return _of_query(query, index_for, _equal_keys) or _of_query(query, index_for, _keys_in_range)


def _of_query(query: Document, index_for: IndexFor, keys_of: _KeysOf) -> Candidates | None:
    found = [_of_clause(name, value, index_for, keys_of) for name, value in query.items()]
    return _cheapest(found)


def _cheapest(found: list[Candidates | None]) -> Candidates | None:
    return min((one for one in found if one), key=lambda one: one.cost, default=None)


def _of_clause(name: str, value: Any, index_for: IndexFor, keys_of: _KeysOf) -> Candidates | None:
    if name == "$and":
        return _cheapest([_of_query(part, index_for, keys_of) for part in value])
    if name == "$or":
        return _of_every_branch([candidates(part, index_for) for part in value])
    if name.startswith("$"):
        return None
    return _of_field(name, value, index_for, keys_of)


def _of_every_branch(branches: list[Candidates | None]) -> Candidates | None:
    parts = []
    for branch in branches:
        if branch is None:
            return None
        parts += branch.parts
    return Candidates(parts)


def _of_field(path: str, value: Any, index_for: IndexFor, keys_of: _KeysOf) -> Candidates | None:
    if is_operators(value) and type(value.get("$elemMatch")) is dict:
        return _of_elements(path, value["$elemMatch"], index_for, keys_of)
    index = index_for(path)
    keys = keys_of(index, value) if index else None
    return Candidates([(index, keys)]) if index and keys is not None else None


def _of_elements(path: str, operand: Document, index_for: IndexFor, keys_of: _KeysOf) -> Candidates | None:
    """An element's fields are found under the array's path and their own."""
    if is_operators(operand):
        return _of_field(path, operand, index_for, keys_of)
    fields = {f"{path}.{name}": value for name, value in operand.items() if not name.startswith("$")}
    return _of_query(fields, index_for, keys_of)


def _equal_keys(index: FieldIndex, condition: Any) -> list[Key] | None:
    if not is_operators(condition):
        return _plain([condition])
    if "$eq" in condition:
        return _plain([condition["$eq"]])
    if "$in" in condition:
        return _plain(condition["$in"])
    if condition.get("$all") and not is_operators(condition["$all"][0]):
        return _plain(condition["$all"][:1])
    return None


def _plain(values: list[Any]) -> list[Key] | None:
    """The keys of values; a regular expression has none."""
    return None if any(isinstance(value, Regex) for value in values) else [key_of(value) for value in values]


def _keys_in_range(index: FieldIndex, condition: Any) -> list[Key] | None:
    """The keys within the bounds; only one bound where arrays are, which may meet each by another element."""
    bounds = condition.items() if is_operators(condition) else ()
    found = [_range(name, key_of(value)) for name, value in bounds if name in _LOWER]
    ranges = [one for one in found if one]
    if not ranges:
        return None
    if index.has_arrays:
        return min((index.between(low, high) for low, high in ranges), key=len)
    return index.between(max(low for low, _ in ranges), min(high for _, high in ranges))


_LOWER = {"$gt": True, "$gte": True, "$lt": False, "$lte": False}


def _range(name: str, bound: Key) -> tuple[Key, Key] | None:
    """From and to, both included, within the values of the bound's own kind."""
    rank = bound[0]
    if rank not in _ORDERED:
        return None
    return (bound, (rank + 1,)) if _LOWER[name] else ((rank,), bound)
