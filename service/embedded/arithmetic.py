"""Sums and the other arithmetic of expressions, with MongoDB's rules for what is a number.

A boolean is none; what does not fit 64 bits becomes a double. Decimal128 is refused by name: money is whole
céntimos here, and a sum that left such amounts out would be wrong without saying so.
https://www.mongodb.com/docs/manual/reference/operator/aggregation/#arithmetic-expression-operators
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128

from service.embedded.errors import BAD_VALUE, TYPE_MISMATCH, CommandError, not_supported


def total(values: list[Any]) -> Any:
    """What $sum makes of the values: those that are no numbers count as nothing."""
    numbers = _numbers(values)
    if any(isinstance(number, float) for number in numbers):
        return math.fsum(numbers)
    whole = _fitted(sum(numbers))
    keeps_64_bits = isinstance(whole, int) and any(isinstance(number, Int64) for number in numbers)
    return Int64(whole) if keeps_64_bits else whole


def average(values: list[Any]) -> Any:
    """What $avg makes of the values; null without a number."""
    numbers = _numbers(values)
    return total(numbers) / len(numbers) if numbers else None


def add(*terms: Any) -> Any:
    """$add: numbers, and at most one date, to which they are milliseconds."""
    dates = [term for term in terms if isinstance(term, datetime.datetime)]
    if len(dates) > 1:
        raise CommandError(16612, "only one date allowed in an $add expression")
    rest = sum(_number(term, "$add") for term in terms if not isinstance(term, datetime.datetime))
    return dates[0] + datetime.timedelta(milliseconds=rest) if dates else _fitted(rest)


def subtract(one: Any, other: Any) -> Any:
    """$subtract: of numbers; of dates, the milliseconds between them; of a date and milliseconds, a date."""
    if not isinstance(one, datetime.datetime):
        return _fitted(_number(one, "$subtract") - _number(other, "$subtract"))
    if isinstance(other, datetime.datetime):
        return Int64((one - other) // datetime.timedelta(milliseconds=1))
    return one - datetime.timedelta(milliseconds=_number(other, "$subtract"))


def multiply(*factors: Any) -> Any:
    """$multiply."""
    return _fitted(math.prod(_number(factor, "$multiply") for factor in factors))


def divide(dividend: Any, divisor: Any) -> Any:
    """$divide: always a double."""
    dividend, divisor = _number(dividend, "$divide"), _number(divisor, "$divide")
    if divisor == 0:
        raise CommandError(BAD_VALUE, "can't $divide by zero")
    return dividend / divisor


def remainder(dividend: Any, divisor: Any) -> Any:
    """$mod: the sign is the dividend's, as in C."""
    dividend, divisor = _number(dividend, "$mod"), _number(divisor, "$mod")
    if divisor == 0:
        raise CommandError(16610, "can't $mod by zero")
    if isinstance(dividend, int) and isinstance(divisor, int):
        whole = abs(dividend) % abs(divisor)
        return whole if dividend >= 0 else -whole
    return math.fmod(dividend, divisor)


def floor(value: Any) -> Any:
    """$floor; a double stays one."""
    return _rounded(value, math.floor, "$floor")


def ceil(value: Any) -> Any:
    """$ceil; a double stays one."""
    return _rounded(value, math.ceil, "$ceil")


def _rounded(value: Any, rounding: Callable[[float], int], name: str) -> Any:
    number = _number(value, name)
    if not isinstance(number, float) or not math.isfinite(number):
        return number
    return float(rounding(number))


def _fitted(number: Any) -> Any:
    return float(number) if isinstance(number, int) and not -(2**63) <= number < 2**63 else number


def _is_number(value: Any) -> bool:
    if isinstance(value, Decimal128):
        raise not_supported("arithmetic with Decimal128")
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Any, name: str) -> Any:
    if not _is_number(value):
        raise CommandError(TYPE_MISMATCH, f"{name} only supports numeric types, and in part dates")
    return value


def _numbers(values: list[Any]) -> list[Any]:
    return [value for value in values if _is_number(value)]
