"""What each update operator does at a place: $set, $inc, $push … one function each.

https://www.mongodb.com/docs/manual/reference/operator/update/
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from bson import Int64, Regex, Timestamp
from bson.decimal128 import Decimal128

from service.embedded.conditions import equal_to
from service.embedded.errors import FAILED_TO_PARSE, TYPE_MISMATCH, CommandError, bad_value, not_supported
from service.embedded.matching import element_test, is_operators
from service.embedded.projecting import sorted_by
from service.embedded.update_paths import Place
from service.embedded.values import MISSING, Alone, copied, key_of

Operator = Callable[[Place, Any], None]


def now() -> datetime.datetime:
    """The instant of $currentDate, to the millisecond, UTC without a zone."""
    instant = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _set(place: Place, operand: Any) -> None:
    place.put(copied(operand))


def _unset(place: Place, operand: Any) -> None:
    place.remove()


def _arithmetic(name: str, start: int, compute: Callable[[Any, Any], Any]) -> Operator:
    def apply(place: Place, operand: Any) -> None:
        if not _is_number(operand):
            raise CommandError(TYPE_MISMATCH, f"Cannot apply {name} with a non-numeric argument")
        there = place.get()
        if there is MISSING:
            place.put(_number(compute(start, operand), operand, operand))
            return
        if not _is_number(there):
            raise CommandError(TYPE_MISMATCH, f"Cannot apply {name} to a value of non-numeric type")
        place.put(_number(compute(there, operand), there, operand))

    return apply


def _is_number(value: Any) -> bool:
    if isinstance(value, Decimal128):
        raise not_supported("arithmetic with Decimal128")
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(result: Any, *operands: Any) -> Any:
    """A 64-bit integer stays one; what does not fit 64 bits is refused as MongoDB refuses it."""
    if isinstance(result, float):
        return result
    if not -(2**63) <= result < 2**63:
        raise bad_value("Failed to apply the operation: the result does not fit a 64-bit integer")
    if any(isinstance(operand, Int64) for operand in operands):
        return Int64(result)
    return int(result)


def _extreme(wins: Callable[[Any, Any], bool]) -> Operator:
    def apply(place: Place, operand: Any) -> None:
        there = place.get()
        if there is MISSING or wins(key_of(operand), key_of(there)):
            place.put(copied(operand))

    return apply


def _current_date(place: Place, operand: Any) -> None:
    if operand is True or operand is False or operand == {"$type": "date"}:
        place.put(now())
    elif operand == {"$type": "timestamp"}:
        place.put(Timestamp(int(datetime.datetime.now(datetime.UTC).timestamp()), 1))
    else:
        raise bad_value("$currentDate takes true or {$type: 'date'|'timestamp'}")


def _array_at(place: Place, name: str) -> list[Any]:
    """The array at the place, made where there is none, so that the operator may change it."""
    there = place.get()
    if there is MISSING:
        there = []
        place.put(there)
    if type(there) is not list:
        raise bad_value(f"The field '{place.name}' must be an array for {name}")
    return there


def _push(place: Place, operand: Any) -> None:
    modifiers = operand if is_operators(operand) else {"$each": [operand]}
    added = _each(modifiers, "$push")
    unknown = set(modifiers) - {"$each", "$slice", "$sort", "$position"}
    if unknown:
        raise bad_value(f"Unrecognized clause in $push: {sorted(unknown)[0]}")
    array = _array_at(place, "$push")
    at = _whole(modifiers.get("$position", len(array)), "$position")
    array[at:at] = copied(added)
    if "$sort" in modifiers:
        array[:] = _sorted(array, modifiers["$sort"])
    if "$slice" in modifiers:
        keep = _whole(modifiers["$slice"], "$slice")
        array[:] = array[:keep] if keep >= 0 else array[keep:]


def _each(modifiers: dict[str, Any], name: str) -> list[Any]:
    added = modifiers.get("$each")
    if type(added) is not list:
        raise bad_value(f"The argument to $each in {name} must be an array")
    return added


def _whole(value: Any, name: str) -> int:
    if not _is_number(value) or value != int(value):
        raise bad_value(f"The value for {name} must be an integer value")
    return int(value)


def _sorted(array: list[Any], order: Any) -> list[Any]:
    if type(order) is dict:
        wrapped = [element if type(element) is dict else {} for element in array]
        places = {id(document): element for document, element in zip(wrapped, array, strict=True)}
        return [places[id(document)] for document in sorted_by(wrapped, order)]
    if order not in (1, -1):
        raise bad_value("The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1}")
    return sorted(array, key=key_of, reverse=order < 0)


def _add_to_set(place: Place, operand: Any) -> None:
    added = [operand]
    if is_operators(operand):
        if set(operand) != {"$each"}:
            raise bad_value("Found unexpected fields in $addToSet")
        added = _each(operand, "$addToSet")
    array = _array_at(place, "$addToSet")
    there = {key_of(element) for element in array}
    for element in added:
        if key_of(element) not in there:
            there.add(key_of(element))
            array.append(copied(element))


def _pull(place: Place, operand: Any) -> None:
    test = _pull_test(operand)
    _keep(place, "$pull", lambda element: not test(element))


def _pull_test(operand: Any) -> Callable[[Any], bool]:
    if type(operand) is dict:
        return element_test(operand)
    if isinstance(operand, Regex):
        found = equal_to(operand)
        return lambda element: found(Alone([element]))
    same = key_of(operand)
    return lambda element: key_of(element) == same


def _pull_all(place: Place, operand: Any) -> None:
    if type(operand) is not list:
        raise bad_value("$pullAll requires an array argument")
    gone = {key_of(value) for value in operand}
    _keep(place, "$pullAll", lambda element: key_of(element) not in gone)


def _keep(place: Place, name: str, wanted: Callable[[Any], bool]) -> None:
    there = place.get()
    if there is MISSING:
        return
    if type(there) is not list:
        raise bad_value(f"Cannot apply {name} to a non-array value")
    there[:] = [element for element in there if wanted(element)]


def _pop(place: Place, operand: Any) -> None:
    if operand not in (1, -1):
        raise CommandError(FAILED_TO_PARSE, "$pop expects 1 or -1")
    there = place.get()
    if there is MISSING:
        return
    if type(there) is not list:
        raise CommandError(TYPE_MISMATCH, f"Path '{place.name}' contains an element of non-array type")
    if there:
        there.pop(-1 if operand == 1 else 0)


def operator_named(name: str) -> Operator:
    """The operator; CommandError where there is none of that name or it is not supported."""
    if name in OPERATORS:
        return OPERATORS[name]
    if name == "$bit":
        raise not_supported(name)
    raise CommandError(FAILED_TO_PARSE, f"Unknown modifier: {name}. Expected a valid update modifier")


OPERATORS: dict[str, Operator] = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$inc": _arithmetic("$inc", 0, lambda there, operand: there + operand),
    "$mul": _arithmetic("$mul", 0, lambda there, operand: there * operand),
    "$min": _extreme(lambda new, there: bool(new < there)),
    "$max": _extreme(lambda new, there: bool(new > there)),
    "$currentDate": _current_date,
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pull": _pull,
    "$pullAll": _pull_all,
    "$pop": _pop,
}
# These change only what is there: they never make the objects on the way to their field.
IN_PLACE = {"$unset", "$pull", "$pullAll", "$pop"}
