"""The simple conditions of a query: each becomes a test on the values that a field's path leads to.

https://www.mongodb.com/docs/manual/reference/operator/query/
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from bson import Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.code import Code
from bson.decimal128 import Decimal128

from service.embedded.errors import CommandError, bad_value, not_supported
from service.embedded.values import (
    BINARY,
    DATE,
    MISSING,
    NOT_A_NUMBER,
    NULL_KEY,
    Key,
    key_of,
    matchable,
    rank_of,
)

_READ_OTHERWISE = re.compile(r"\[:\^?\w+:\]|\\[Zz]")
_CLASSES = re.compile(r"\\[wWdDsSbB]")
LeafTest = Callable[[list[Any]], bool]
_REGEX_FLAGS = {"i": re.I, "m": re.M, "s": re.S, "x": re.X, "u": re.U}


def equal_to(value: Any) -> LeafTest:
    """{field: value}: the value, an array with it, or for a regular expression a text that it finds."""
    if not isinstance(value, Regex):
        return _one_of({key_of(value)})
    search, same = regular_expression(value, None), _one_of({key_of(value)})
    return lambda values: search(values) or same(values)


def in_list(operand: Any) -> LeafTest:
    """$in, with values and regular expressions."""
    if type(operand) is not list:
        raise bad_value("$in needs an array")
    if any(type(value) is dict and next(iter(value), "").startswith("$") for value in operand):
        raise bad_value("cannot nest $ under $in")
    plain = _one_of({key_of(value) for value in operand if not isinstance(value, Regex)})
    searches = [equal_to(value) for value in operand if isinstance(value, Regex)]
    if not searches:
        return plain
    return lambda values: plain(values) or any(search(values) for search in searches)


def negation(test: LeafTest) -> LeafTest:
    """The opposite of a test over all of a field's values."""
    return lambda values: not test(values)


def regular_expression(operand: Any, options: Any) -> LeafTest:
    """$regex with its $options, or a Regex value. Python's expressions stand in for PCRE.

    CommandError (115) for what the two read differently.
    """
    search = _compiled(operand, options).search
    return lambda values: any(isinstance(v, str) and search(v) is not None for v in matchable(values))


def _one_of(keys: set[Key]) -> LeafTest:
    def test(values: list[Any]) -> bool:
        return any(key_of(value) in keys for value in matchable(values))

    return test


def _not_equal(operand: Any) -> LeafTest:
    if isinstance(operand, Regex):
        raise bad_value("Can't have regex as arg to $ne.")
    return negation(equal_to(operand))


def _compared(compare: Callable[[Any, Any], bool], or_equal: bool) -> Callable[[Any], LeafTest]:
    def make(operand: Any) -> LeafTest:
        if isinstance(operand, Regex):
            raise bad_value("Can't have RegEx as arg to predicate over field")
        bound = key_of(operand)
        if bound in (NOT_A_NUMBER, NULL_KEY):  # neither is before or after anything
            return _one_of({bound}) if or_equal else lambda values: False
        return lambda values: any(_compares(key_of(value), bound, compare) for value in matchable(values))

    return make


def _compares(key: Key, bound: Key, compare: Callable[[Any, Any], bool]) -> bool:
    """Only the same kind of value compares, except with the two ends of all order."""
    same_kind = key[0] == bound[0] or bound[0] in (-1, 127)
    return same_kind and key != NOT_A_NUMBER and compare(key, bound)


def _exists(operand: Any) -> LeafTest:
    wanted = operand not in (False, None, 0)
    return lambda values: any(value is not MISSING for value in values) == wanted


def _size(operand: Any) -> LeafTest:
    if not _is_number(operand) or operand != int(operand) or operand < 0:
        raise bad_value("$size must be a whole number that is not negative")
    return lambda values: any(type(value) is list and len(value) == operand for value in values)


def _mod(operand: Any) -> LeafTest:
    if type(operand) is not list or len(operand) != 2 or not all(_is_number(number) for number in operand):
        raise bad_value("malformed mod, needs to be an array of two numbers")
    divisor, remainder = (int(number) for number in operand)
    if divisor == 0:
        raise bad_value("divisor cannot be 0")

    def one(value: Any) -> bool:
        if not _is_number(value) or value != value or value in (float("inf"), float("-inf")):
            return False
        rest = abs(int(value)) % abs(divisor)  # the sign is the number's, as in C
        return (rest if value >= 0 else -rest) == remainder

    return lambda values: any(one(value) for value in matchable(values))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _compiled(operand: Any, options: Any) -> re.Pattern[str]:
    pattern, flags = (operand.pattern, operand.flags) if isinstance(operand, Regex) else (operand, 0)
    if not isinstance(pattern, str):
        raise bad_value("$regex has to be a string")
    for letter in options or "":
        if letter not in _REGEX_FLAGS:
            raise CommandError(51108, f"invalid flag in regex options: {letter}")
        flags |= _REGEX_FLAGS[letter]
    if _READ_OTHERWISE.search(pattern):
        raise not_supported("a POSIX class, \\Z or \\z in a regular expression")
    try:
        found = re.compile(pattern, flags & ~re.UNICODE)
        if not found.flags & re.IGNORECASE:
            return re.compile(pattern, flags & ~re.UNICODE | re.ASCII)
    except re.error:
        raise CommandError(51091, "Regular expression is invalid") from None
    # To PCRE \w is ASCII only but ñ is Ñ in another case; Python has both or neither.
    if _CLASSES.search(pattern):
        raise not_supported("a class such as \\w in a regular expression that ignores case")
    return found


def _type(operand: Any) -> LeafTest:
    wanted = operand if type(operand) is list else [operand]
    if not wanted:
        raise CommandError(9, "$type must match at least one type")
    tests = [_type_test(kind) for kind in wanted]
    return lambda values: any(test(value) for value in matchable(values) for test in tests)


def _type_test(kind: Any) -> Callable[[Any], bool]:
    name = _TYPE_NUMBERS.get(kind) if _is_number(kind) else kind
    test = _TYPES.get(name) if isinstance(name, str) else None
    if test is None:
        raise bad_value("Unknown type name alias or number in $type")
    return test


_TYPE_NUMBERS = {
    1: "double", 2: "string", 3: "object", 4: "array", 5: "binData", 7: "objectId", 8: "bool", 9: "date",
    10: "null", 11: "regex", 13: "javascript", 16: "int", 17: "timestamp", 18: "long", 19: "decimal",
    -1: "minKey", 127: "maxKey",
}  # fmt: skip
_TYPES: dict[str, Callable[[Any], bool]] = {
    "double": lambda value: isinstance(value, float),
    "string": lambda value: isinstance(value, str) and not isinstance(value, Code),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "binData": lambda value: value is not MISSING and rank_of(value) == BINARY,
    "objectId": lambda value: isinstance(value, ObjectId),
    "bool": lambda value: isinstance(value, bool),
    "date": lambda value: value is not MISSING and rank_of(value) == DATE,
    "null": lambda value: value is None,
    "regex": lambda value: isinstance(value, Regex),
    "javascript": lambda value: isinstance(value, Code),
    "int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "timestamp": lambda value: isinstance(value, Timestamp),
    "long": lambda value: isinstance(value, Int64) or (type(value) is int and not -(2**31) <= value < 2**31),
    "decimal": lambda value: isinstance(value, Decimal128),
    "number": lambda value: _is_number(value) or isinstance(value, Decimal128),
    "minKey": lambda value: isinstance(value, MinKey),
    "maxKey": lambda value: isinstance(value, MaxKey),
}
SIMPLE_CONDITIONS: dict[str, Callable[[Any], LeafTest]] = {
    "$eq": equal_to,
    "$ne": _not_equal,
    "$gt": _compared(operator.gt, False),
    "$gte": _compared(operator.ge, True),
    "$lt": _compared(operator.lt, False),
    "$lte": _compared(operator.le, True),
    "$in": in_list,
    "$nin": lambda operand: negation(in_list(operand)),
    "$exists": _exists,
    "$size": _size,
    "$type": _type,
    "$mod": _mod,
}
