"""Indexes of a collection: which documents have a value in a field, and which values may exist only once.

They are hashes, so they answer equality ($eq, $in, an element of an array) at once; the first range asked of
one sorts its values, which are kept sorted from then on.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from service.embedded.errors import DUPLICATE_KEY, CommandError
from service.embedded.matching import Test
from service.embedded.values import EMPTY_ARRAY_IN_INDEX, MISSING, Document, Key, key_of, keys_at, leaves

# One record's number alone, or several: most values of most fields belong to one document.
_Posting = int | set[int]


@dataclass(frozen=True)
class Index:
    """A declared index, with its specification as listIndexes shows it."""

    specification: Document
    applies: Test | None = None  # the test of partialFilterExpression

    @property
    def name(self) -> str:
        """Its name ("month_1_starts_at_1")."""
        return str(self.specification["name"])

    @property
    def fields(self) -> list[str]:
        """The dotted paths of its key, in order."""
        return list(self.specification["key"])

    @property
    def unique(self) -> bool:
        """Whether a value may exist only once."""
        return bool(self.specification.get("unique", False))

    @property
    def is_partial(self) -> bool:
        """Whether it leaves documents out."""
        return self.applies is not None or bool(self.specification.get("sparse", False))

    def is_called(self, name_or_key: Any) -> bool:
        """Whether this is the index of that name, or with that key."""
        if type(name_or_key) is dict:
            return key_of(self.specification["key"]) == key_of(name_or_key)
        return bool(name_or_key == self.name)

    def holds(self, document: Document) -> bool:
        """Whether the document is in the index at all (partial and sparse ones leave some out)."""
        if self.applies is not None:
            return self.applies(document)
        if not self.specification.get("sparse"):
            return True
        return any(value is not MISSING for path in self.fields for value in leaves(document, _parts(path)))


class FieldIndex:
    """The records that have a value at a path, by value; an array by each of its elements and as a whole."""

    def __init__(self, path: str) -> None:
        self._parts = _parts(path)
        self._postings: dict[Key, _Posting] = {}
        self._sorted: list[Key] | None = None  # the keys in order, from the first range on
        self._arrays = 0  # how many documents have several values here, or none

    @property
    def has_arrays(self) -> bool:
        """Whether some document has not just one value at the path."""
        return self._arrays > 0

    def add(self, record: int, document: Document) -> None:
        """Takes a document in."""
        keys = keys_at(document, self._parts)
        self._arrays += len(keys) != 1
        for key in keys:
            there = self._postings.get(key)
            if there is None:
                self._postings[key] = record
                if self._sorted is not None:
                    bisect.insort(self._sorted, key)
            elif isinstance(there, int):
                self._postings[key] = {there, record}
            else:
                there.add(record)

    def remove(self, record: int, document: Document) -> None:
        """Takes a document out; it is given as it was when it was taken in."""
        keys = keys_at(document, self._parts)
        self._arrays -= len(keys) != 1
        for key in keys:
            there = self._postings.get(key)
            if isinstance(there, set):
                there.discard(record)
                if there:
                    continue
            del self._postings[key]
            if self._sorted is not None:
                del self._sorted[bisect.bisect_left(self._sorted, key)]

    def count(self, keys: Iterable[Key]) -> int:
        """How many records `find` would look at."""
        found = (self._postings.get(key) for key in keys)
        return sum(1 if isinstance(there, int) else len(there or ()) for there in found)

    def find(self, keys: Iterable[Key]) -> set[int]:
        """The records with one of these values."""
        records: set[int] = set()
        for key in keys:
            there = self._postings.get(key)
            records.update({there} if isinstance(there, int) else there or ())
        return records

    def owner(self, key: Key) -> int | None:
        """The record with this value, where no two can have the same."""
        return next(iter(self.find([key])), None)

    def between(self, low: Key, high: Key) -> list[Key]:
        """The values from `low` to `high`, both included."""
        if self._sorted is None:
            self._sorted = sorted(self._postings)
        return self._sorted[bisect.bisect_left(self._sorted, low) : bisect.bisect_right(self._sorted, high)]


class UniqueIndex:
    """Who owns each combination of values that may exist only once."""

    def __init__(self, index: Index, namespace: str) -> None:
        self._index = index
        self._namespace = namespace
        self._owners: dict[Key, int] = {}

    def check(self, record: int, document: Document) -> None:
        """CommandError (11000) where another record has one of the document's combinations."""
        for values in self._combinations(document):
            owner = self._owners.get(_combined(values))
            if owner is not None and owner != record:
                raise self._duplicate(values)

    def add(self, record: int, document: Document) -> None:
        """Takes a document in that was checked."""
        for values in self._combinations(document):
            self._owners[_combined(values)] = record

    def remove(self, record: int, document: Document) -> None:
        """Takes a document out; it is given as it was when it was taken in."""
        for values in self._combinations(document):
            self._owners.pop(_combined(values), None)

    def _combinations(self, document: Document) -> Iterator[tuple[Any, ...]]:
        if not self._index.holds(document):
            return iter(())
        columns = [_indexed_values(document, _parts(path)) for path in self._index.fields]
        return itertools.product(*columns)

    def _duplicate(self, values: tuple[Any, ...]) -> CommandError:
        shown = dict(zip(self._index.fields, (None if v is _EMPTY_ARRAY else v for v in values), strict=True))
        return duplicate(self._namespace, self._index, shown)


def duplicate(namespace: str, index: Index, values: Document) -> CommandError:
    """The error for a value that is there already; `values` by the index's fields."""
    shown = ", ".join(f"{path}: {value!r}" for path, value in values.items())
    return CommandError(
        DUPLICATE_KEY,
        f"E11000 duplicate key error collection: {namespace} index: {index.name} dup key: {{ {shown} }}",
        keyPattern=index.specification["key"],
        keyValue=values,
    )


class _EmptyArray:
    """What an index holds for an empty array: a value of its own, before null."""


_EMPTY_ARRAY = _EmptyArray()


def _indexed_values(document: Document, parts: tuple[str, ...]) -> list[Any]:
    """The values one field brings into an index: null where it is missing, an array's elements one by one."""
    values: list[Any] = []
    for leaf in leaves(document, parts):
        if type(leaf) is list:
            values += leaf or [_EMPTY_ARRAY]
        else:
            values.append(None if leaf is MISSING else leaf)
    return values or [None]


def _combined(values: tuple[Any, ...]) -> Key:
    return tuple(EMPTY_ARRAY_IN_INDEX if value is _EMPTY_ARRAY else key_of(value) for value in values)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))
