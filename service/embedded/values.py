"""BSON values: their order, which of them are equal, and the values a dotted path leads to.

https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from bson import DBRef, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.binary import Binary
from bson.code import Code
from bson.datetime_ms import DatetimeMS
from bson.decimal128 import Decimal128
from bson.errors import InvalidBSON

Document = dict[str, Any]
Key = tuple[Any, ...]


class _Missing:
    """A field that is not there (not the same as null)."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()

NULL, NUMBER, STRING, OBJECT, ARRAY, BINARY, OBJECT_ID, BOOL, DATE, TIMESTAMP, REGEX, CODE = (
    5, 10, 15, 20, 25, 30, 35, 40, 45, 47, 50, 60,
)  # fmt: skip
NULL_KEY: Key = (NULL,)
NOT_A_NUMBER: Key = (NUMBER, 0)
EMPTY_ARRAY_IN_INDEX: Key = (3,)  # an index holds an empty array as "undefined", which sorts before null


def key_of(value: Any) -> Key:
    """A hashable that is equal for equal values and sorts as BSON does: 1 is 1.0, True is not 1."""
    maker = _KEYS.get(type(value))
    return maker(value) if maker else _key_of_a_rare_one(value)


def rank_of(value: Any) -> int:
    """The place of the value's type in BSON's order; null's for a missing field."""
    rank: int = key_of(value)[0]
    return rank


def leaves(document: Any, parts: tuple[str, ...]) -> list[Any]:
    """The values a dotted path leads to; an array at its end comes whole, one on the way is walked.

    MISSING stands for each object (or scalar) on the way that has no such field; an array on the way
    without objects in it gives nothing at all, as in MongoDB.
    """
    if len(parts) == 1 and type(document) is dict:
        return [document.get(parts[0], MISSING)]
    return list(_walk(document, parts))


class Alone(list[Any]):
    """The one value of an array's element: $elemMatch and $pull do not look into it where it is an array."""


def matchable(leaf_values: list[Any]) -> Iterator[Any]:
    """Each leaf, and each element of a leaf that is an array: what an equality is tried on."""
    if type(leaf_values) is Alone:
        yield from leaf_values
        return
    for leaf in leaf_values:
        yield leaf
        if type(leaf) is list:
            yield from leaf


def keys_at(document: Document, parts: tuple[str, ...]) -> set[Key]:
    """The keys under which a document is found by equality on this path (MISSING counts as null)."""
    return {key_of(value) for value in matchable(leaves(document, parts))}


def elements(value: Any) -> list[Any]:
    """The value itself in a list, or the array's own elements."""
    return value if type(value) is list else [value]


def copied(value: Any) -> Any:
    """A copy that shares only what cannot change."""
    if type(value) is dict:
        return {name: copied(inner) for name, inner in value.items()}
    if type(value) is list:
        return [copied(inner) for inner in value]
    return value


def depth_of(value: Any) -> int:
    """How many levels of objects and arrays; 1 for a flat document."""
    if type(value) is dict:
        return 1 + max((depth_of(v) for v in value.values() if type(v) in (dict, list)), default=0)
    if type(value) is list:
        return 1 + max((depth_of(v) for v in value if type(v) in (dict, list)), default=0)
    return 0


def _walk(value: Any, parts: tuple[str, ...]) -> Iterator[Any]:
    if not parts:
        yield value
    elif type(value) is dict:
        yield from _walk(value[parts[0]], parts[1:]) if parts[0] in value else [MISSING]
    elif type(value) is list:
        if parts[0].isdigit() and int(parts[0]) < len(value):
            yield from _walk(value[int(parts[0])], parts[1:])
        for element in value:
            if type(element) is dict:
                yield from _walk(element, parts)
    else:
        yield MISSING


def _number_key(value: Any) -> Key:
    return NOT_A_NUMBER if math.isnan(value) else (NUMBER, 1, value)


def _decimal_key(value: Decimal128) -> Key:
    number: Decimal = value.to_decimal()
    return NOT_A_NUMBER if number.is_nan() else (NUMBER, 1, number)


def _object_key(value: dict[str, Any]) -> Key:
    fields = [(name, key_of(inner)) for name, inner in value.items()]
    return (OBJECT, tuple((key[0], name, key) for name, key in fields))


def _date_key(value: datetime.datetime) -> Key:
    if value.tzinfo is not None:
        value = value.astimezone(datetime.UTC).replace(tzinfo=None)
    if value.microsecond % 1000:
        value = value.replace(microsecond=value.microsecond // 1000 * 1000)
    return (DATE, 0, value)


def _far_date_key(value: DatetimeMS) -> Key:
    """A date that Python has no datetime for is before or after all others."""
    try:
        return _date_key(value.as_datetime())
    except (OverflowError, ValueError, InvalidBSON):
        return (DATE, -1 if int(value) < 0 else 1, int(value))


def _binary_key(value: bytes) -> Key:
    return (BINARY, len(value), getattr(value, "subtype", 0), bytes(value))


def _code_key(value: Code) -> Key:
    return (CODE, str(value), key_of(value.scope or {}))


_KEYS: dict[type, Callable[[Any], Key]] = {
    MinKey: lambda _: (-1,),
    type(None): lambda _: NULL_KEY,
    _Missing: lambda _: NULL_KEY,
    int: lambda value: (NUMBER, 1, value),
    float: _number_key,
    Decimal128: _decimal_key,
    str: lambda value: (STRING, value),
    dict: _object_key,
    list: lambda value: (ARRAY, tuple(key_of(inner) for inner in value)),
    bytes: _binary_key,
    Binary: _binary_key,
    ObjectId: lambda value: (OBJECT_ID, value.binary),
    bool: lambda value: (BOOL, value),
    datetime.datetime: _date_key,
    DatetimeMS: _far_date_key,
    Timestamp: lambda value: (TIMESTAMP, value.time, value.inc),
    Regex: lambda value: (REGEX, str(value.pattern), value.flags),
    DBRef: lambda value: _object_key(dict(value.as_doc())),
    Code: _code_key,
    MaxKey: lambda _: (127,),
}


def _key_of_a_rare_one(value: Any) -> Key:
    for kind in (
        bool,
        int,
        float,
        Code,
        str,
        dict,
        list,
        bytes,
        datetime.datetime,
    ):  # Int64 and other subclasses
        if isinstance(value, kind):
            return _KEYS[kind](value)
    if isinstance(value, tuple):
        return key_of(list(value))
    raise TypeError(f"not a BSON value: {type(value).__name__}")
