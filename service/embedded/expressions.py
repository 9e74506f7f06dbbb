"""Aggregation expressions: mongomock computes them, with what it does differently from MongoDB put right.

Its traps (version 4.3): a missing field is a KeyError that empties the whole output, True equals 1 and is a
number, $not of a list is always false, a list of expressions is not computed, null as text is "None". So only
the operators that were compared one by one are taken, and any other is refused by name.
https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable
from typing import Any

from mongomock import OperationFailure, aggregate

from service.embedded import arithmetic
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
    """What computes the expression for a document: a value, or MISSING. The document is left as it is.

    CommandError where it is wrong by itself or uses an operator that is not supported.
    """
    _check(specification)
    if (
        isinstance(specification, str)
        and specification.startswith("$")
        and not specification.startswith("$$")
    ):
        return _field(tuple(specification[1:].split(".")))
    if isinstance(specification, (dict, list, str)):
        return lambda document: _computed(specification, document)
    return lambda document: specification


def _check(specification: Any) -> None:
    """CommandError where an operator or a field's path in the expression can never be computed right."""
    if isinstance(specification, str) and specification.startswith("$"):
        if not all(specification.removeprefix("$").removeprefix("$").split(".")):
            raise CommandError(15998, "FieldPath field names may not be empty strings.")
    elif isinstance(specification, list):
        for part in specification:
            _check(part)
    elif type(specification) is dict:
        for name, operand in specification.items():
            if name.startswith("$"):
                _check_operator(name, operand, specification)
            if name != "$literal":
                _check(operand)


def _check_operator(name: str, operand: Any, specification: Document) -> None:
    if len(specification) > 1:
        raise CommandError(15983, "an object that is an expression must have exactly one field")
    if name not in _SUPPORTED:
        raise not_supported(f"the expression {name}")
    if name == "$cond" and type(operand) is dict and set(operand) != {"if", "then", "else"}:
        raise CommandError(17080, "$cond takes if, then and else")
    if name == "$ifNull" and (type(operand) is not list or len(operand) < 2):
        raise CommandError(1257300, "$ifNull needs at least two arguments")


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
            if name in _ARITHMETIC:
                return self._arithmetic(name, operand)
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

    def _arithmetic(self, name: str, values: Any) -> Any:
        """A missing or null operand makes the result null."""
        compute, count = _ARITHMETIC[name]
        given = values if isinstance(values, list) else [values]
        operands = self.parse(_exactly(count, given, name) if count else given)
        return None if None in operands else compute(*operands)

    def _sum(self, values: Any) -> Any:
        """Of several operands, or of the elements of one that is an array."""
        operands = self.parse(values if isinstance(values, list) else [values])
        one_array = len(operands) == 1 and isinstance(operands[0], list)
        return arithmetic.total(operands[0] if one_array else operands)

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
    "$sum": _Expressions._sum,
    "$mergeObjects": _Expressions._merge_objects,
    "$arrayElemAt": _Expressions._array_elem_at,
    "$filter": _Expressions._filter,
    "$map": _Expressions._map,
}
# What is computed, and how many operands it takes (0: any number).
_ARITHMETIC: dict[str, tuple[Callable[..., Any], int]] = {
    "$add": (arithmetic.add, 0),
    "$subtract": (arithmetic.subtract, 2),
    "$multiply": (arithmetic.multiply, 0),
    "$divide": (arithmetic.divide, 2),
    "$mod": (arithmetic.remainder, 2),
    "$floor": (arithmetic.floor, 1),
    "$ceil": (arithmetic.ceil, 1),
}
# May be written with their one operand in a list; mongomock knows only the bare one.
_OF_ONE = {"$isArray", "$size"}
_SUPPORTED = {
    *_OWN, *_ARITHMETIC, *_COMPARISONS, *_OF_ONE,
    "$and", "$cmp", "$concatArrays", "$cond", "$ifNull", "$let", "$literal", "$not", "$or", "$switch",
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
