"""Aggregation expressions: mongomock computes them, with what it does differently from MongoDB put right.

Its traps (version 4.3): a missing field is a KeyError that empties the whole output, True equals 1, $not of a
list is always false, $mod gives a float, a list of expressions is not computed, datetimes cannot be added to.
https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Callable
from typing import Any

from mongomock import OperationFailure, aggregate

from service.embedded.errors import BAD_VALUE, CommandError, not_supported
from service.embedded.values import MISSING, Document, key_of

Compute = Callable[[Any], Any]
_COMPARISONS = {
    "$eq": operator.eq, "$ne": operator.ne,
    "$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt, "$lte": operator.le,
}  # fmt: skip
_MISSING_KEY = (0,)  # before null
_MongomockParser: Any = aggregate._Parser


def expression(specification: Any) -> Compute:
    """What computes the expression for a document: a value, or MISSING. The document is left as it is."""
    if (
        isinstance(specification, str)
        and specification.startswith("$")
        and not specification.startswith("$$")
    ):
        return _field(tuple(specification[1:].split(".")))
    if isinstance(specification, (dict, list, str)):
        return lambda document: _computed(specification, document)
    return lambda document: specification


def truth(value: Any) -> bool:
    """Whether MongoDB takes the value as true: all but false, null, missing and zero."""
    return (
        value is not MISSING
        and value is not None
        and (not isinstance(value, (bool, int, float)) or value != 0)
    )


def field_value(value: Any, parts: tuple[str, ...]) -> Any:
    """What "$a.b" stands for: MISSING where it is not there; through an array, what its objects have."""
    for at, part in enumerate(parts):
        if type(value) is list:
            found = (field_value(element, parts[at:]) for element in value if type(element) in (dict, list))
            return [element for element in found if element is not MISSING]
        if type(value) is not dict or part not in value:
            return MISSING
        value = value[part]
    return value


def _field(parts: tuple[str, ...]) -> Compute:
    if len(parts) == 1:
        name = parts[0]
        return lambda document: document.get(name, MISSING)
    return lambda document: field_value(document, parts)


def _computed(specification: Any, document: Document) -> Any:
    try:
        return _Expressions(document, ignore_missing_keys=True).parse(specification)
    except KeyError:
        return MISSING
    except NotImplementedError:
        raise not_supported("an operator of this expression") from None
    except OperationFailure as error:
        raise CommandError(error.code or BAD_VALUE, str(error)) from None
    except (AssertionError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        # Only the kind of error: mongomock's text may hold values.
        raise CommandError(BAD_VALUE, f"an expression cannot be computed: {type(error).__name__}") from None


class _Expressions(_MongomockParser):  # type: ignore[misc]
    """mongomock's parser, which looks each operator up in methods that can be overridden."""

    def parse(self, expression: Any) -> Any:
        if isinstance(expression, list):
            return [None if value is MISSING else value for value in map(self._or_missing, expression)]
        if type(expression) is dict and len(expression) == 1:
            ((name, operand),) = expression.items()
            if name in _OWN:
                return _OWN[name](self, operand)
            if name in _OF_ONE and isinstance(operand, list) and len(operand) == 1:
                return super().parse({name: operand[0]})
        return super().parse(expression)

    def _or_missing(self, expression: Any) -> Any:
        try:
            return self.parse(expression)
        except KeyError:
            return MISSING

    def _parse_to_bool(self, expression: Any) -> bool:
        return truth(self._or_missing(expression))

    def _parse_basic_expression(self, expression: Any) -> Any:
        if not isinstance(expression, str) or not expression.startswith("$"):
            return expression
        parts = tuple(expression.lstrip("$").split("."))
        root: Any = self._doc_dict
        if expression.startswith("$$"):
            root, parts = self._variable(parts[0]), parts[1:]
        value = field_value(root, parts)
        if value is MISSING:
            raise KeyError("a missing field")
        return value

    def _variable(self, name: str) -> Any:
        if name in self._user_vars:
            return self._user_vars[name]
        if name in ("ROOT", "CURRENT"):
            return self._doc_dict
        if name == "REMOVE":
            return MISSING
        if name == "NOW":
            return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        raise CommandError(17276, f"Use of undefined variable: {name}")

    def _handle_comparison_operator(self, operator: str, values: Any) -> Any:
        left, right = (_comparable(self._or_missing(value)) for value in _exactly(2, values, operator))
        if operator == "$cmp":
            return (left > right) - (left < right)
        return _COMPARISONS[operator](left, right)

    def _handle_boolean_operator(self, operator: str, values: Any) -> bool:
        operands = values if isinstance(values, list) else [values]
        if operator == "$not":
            return not self._parse_to_bool(_exactly(1, operands, operator)[0])
        return bool(super()._handle_boolean_operator(operator, operands))

    def _in(self, values: Any) -> bool:
        wanted, among = (self._or_missing(value) for value in _exactly(2, values, "$in"))
        if not isinstance(among, list):
            raise CommandError(40081, "$in requires an array as a second argument")
        key = _comparable(wanted)
        return any(_comparable(value) == key for value in among)

    def _divide(self, values: Any) -> Any:
        dividend, divisor = self._two_numbers(values, "$divide")
        if dividend is None or divisor is None:
            return None
        if divisor == 0:
            raise CommandError(BAD_VALUE, "can't $divide by zero")
        return dividend / divisor

    def _mod(self, values: Any) -> Any:
        dividend, divisor = self._two_numbers(values, "$mod")
        if dividend is None or divisor is None:
            return None
        if divisor == 0:
            raise CommandError(16610, "can't $mod by zero")
        rest = math.fmod(dividend, divisor)
        if isinstance(dividend, int) and isinstance(divisor, int):
            whole = abs(dividend) % abs(divisor)
            return whole if dividend >= 0 else -whole
        return rest

    def _two_numbers(self, values: Any, name: str) -> list[Any]:
        operands = [self._or_missing(value) for value in _exactly(2, values, name)]
        numbers = [None if value is MISSING else value for value in operands]
        if any(isinstance(n, bool) or not isinstance(n, (int, float, type(None))) for n in numbers):
            raise CommandError(14, f"{name} only supports numeric types")
        return numbers

    def _add(self, values: Any) -> Any:
        operands = [self._or_missing(v) for v in (values if isinstance(values, list) else [values])]
        if any(value is MISSING or value is None for value in operands):
            return None
        dates = [value for value in operands if isinstance(value, datetime.datetime)]
        if any(isinstance(v, bool) or not isinstance(v, (int, float, datetime.datetime)) for v in operands):
            raise CommandError(14, "$add only supports numeric or date types")
        if len(dates) > 1:
            raise CommandError(16612, "only one date allowed in an $add expression")
        total = sum(value for value in operands if not isinstance(value, datetime.datetime))
        return dates[0] + datetime.timedelta(milliseconds=total) if dates else total

    def _merge_objects(self, values: Any) -> Document:
        merged: Document = {}
        for value in self.parse(values) if isinstance(values, list) else [self._or_missing(values)]:
            if isinstance(value, dict):
                merged.update(value)
            elif value is not None and value is not MISSING:
                raise CommandError(40400, "$mergeObjects requires object inputs")
        return merged

    def _array_elem_at(self, values: Any) -> Any:
        array, index = (self._or_missing(value) for value in _exactly(2, values, "$arrayElemAt"))
        if array is MISSING or array is None:
            return None
        if not isinstance(array, list) or not isinstance(index, int):
            raise CommandError(28689, "$arrayElemAt takes an array and a number")
        if not -len(array) <= index < len(array):
            raise KeyError("no such element")
        return array[index]

    def _filter(self, value: Any) -> Any:
        scopes = self._one_scope_an_element(value, "$filter", "cond")
        return scopes and [item for item, scope in scopes if scope._parse_to_bool(value["cond"])]

    def _map(self, value: Any) -> Any:
        scopes = self._one_scope_an_element(value, "$map", "in")
        return scopes and [
            scope.parse([value["in"]])[0] for _, scope in scopes
        ]  # a list turns missing to null

    def _one_scope_an_element(
        self, value: Any, operator: str, body: str
    ) -> list[tuple[Any, _Expressions]] | None:
        if not isinstance(value, dict) or not {"input", body} <= set(value) <= {"input", body, "as"}:
            raise CommandError(28646, f"{operator} takes input, as and {body}")
        source = self._or_missing(value["input"])
        if source is MISSING or source is None:
            return None
        if not isinstance(source, list):
            raise CommandError(28651, f"input to {operator} must be an array")
        name = value.get("as", "this")
        return [
            (item, _Expressions(self._doc_dict, {**self._user_vars, name: item}, True)) for item in source
        ]


_OWN: dict[str, Callable[[_Expressions, Any], Any]] = {
    "$in": _Expressions._in,
    "$divide": _Expressions._divide,
    "$mod": _Expressions._mod,
    "$add": _Expressions._add,
    "$mergeObjects": _Expressions._merge_objects,
    "$arrayElemAt": _Expressions._array_elem_at,
    "$filter": _Expressions._filter,
    "$map": _Expressions._map,
}
# May be written with their one operand in a list; mongomock knows only the bare one.
_OF_ONE = {*aggregate.unary_arithmetic_operators, *aggregate.date_operators, *aggregate.type_operators} | {
    "$toString", "$toInt", "$toLong", "$toDecimal", "$toLower", "$toUpper", "$arrayToObject",
    "$objectToArray",
}  # fmt: skip


def _comparable(value: Any) -> Any:
    return _MISSING_KEY if value is MISSING else key_of(value)


def _exactly(count: int, values: Any, name: str) -> list[Any]:
    operands = values if isinstance(values, list) else [values]
    if len(operands) != count:
        raise CommandError(
            16020, f"Expression {name} takes exactly {count} arguments. {len(operands)} were passed in."
        )
    return operands


# $map, $let and the others make their inner parser by the module's name.
vars(aggregate)["_Parser"] = _Expressions
