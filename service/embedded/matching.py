"""MongoDB's query language: a filter document becomes a test on documents.

Written here rather than taken from mongomock, whose filter says True equals 1, compares embedded documents
without their order, and costs about ten times as much for each document.
https://www.mongodb.com/docs/manual/reference/operator/query/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bson import Regex

from service.embedded.conditions import SIMPLE_CONDITIONS, LeafTest, equal_to, negation, regular_expression
from service.embedded.errors import bad_value, not_supported
from service.embedded.expressions import expression, truth
from service.embedded.values import MISSING, Alone, Document, leaves

Test = Callable[[Any], bool]

_JUNCTIONS = ("$and", "$or", "$nor")
_UNSUPPORTED = {
    "$where", "$text", "$jsonSchema", "$geoIntersects", "$geoWithin", "$near", "$nearSphere", "$maxDistance",
    "$minDistance", "$bitsAllClear", "$bitsAllSet", "$bitsAnyClear", "$bitsAnySet", "$sampleRate", "$rand",
}  # fmt: skip


def matcher(query: Any) -> Test:
    """The test that a filter stands for. CommandError where the filter is wrong or not supported."""
    if type(query) is not dict:
        raise bad_value("the filter must be an object")
    return _all_of([_clause(name, value) for name, value in query.items() if name != "$comment"])


def is_operators(value: Any) -> bool:
    """Whether a field's condition is written with operators ({"$gt": 1}) rather than as a value."""
    return type(value) is dict and bool(value) and next(iter(value)).startswith("$")


def position(query: Document, document: Document, array_path: tuple[str, ...]) -> int | None:
    """Which element of the array at `array_path` fulfils the query: what the positional $ stands for."""
    found = [leaf for leaf in leaves(document, array_path) if type(leaf) is list]
    if not found:
        return None
    for test in _element_tests(query, array_path):
        for index, element in enumerate(found[0]):
            if test(element):
                return index
    return None


def element_test(operand: Any) -> Test:
    """The test of $elemMatch (and $pull) on one element: a filter for objects, or conditions on a value."""
    if type(operand) is not dict:
        raise bad_value("$elemMatch needs an Object")
    if is_operators(operand) and next(iter(operand)) not in (*_JUNCTIONS, "$expr"):
        test = condition(operand)
        return lambda element: test(Alone([element]))
    inner = matcher(operand)
    return lambda element: type(element) is dict and inner(element)


def condition(value: Any) -> LeafTest:
    """The test on a field's values for a condition: a value, a regular expression or operators."""
    if not is_operators(value):
        return equal_to(value)
    tests = [_operator(name, operand, value) for name, operand in value.items() if name != "$options"]
    if "$options" in value and "$regex" not in value:
        raise bad_value("$options needs a $regex")
    return tests[0] if len(tests) == 1 else lambda values: all(test(values) for test in tests)


def _operator(name: str, operand: Any, beside: Document) -> LeafTest:
    if name == "$regex":
        return regular_expression(operand, beside.get("$options"))
    maker = SIMPLE_CONDITIONS.get(name) or _NESTED_CONDITIONS.get(name)
    if maker:
        return maker(operand)
    raise not_supported(name) if name in _UNSUPPORTED else bad_value(f"unknown operator: {name}")


def _all_of(tests: list[Test]) -> Test:
    if not tests:
        return lambda document: True
    if len(tests) == 1:
        return tests[0]
    return lambda document: all(test(document) for test in tests)


def _clause(name: str, value: Any) -> Test:
    if name in _JUNCTIONS:
        return _junction(name, value)
    if name == "$expr":
        compute = expression(value)
        return lambda document: truth(compute(document))
    if name.startswith("$"):
        raise (
            not_supported(name) if name in _UNSUPPORTED else bad_value(f"unknown top level operator: {name}")
        )
    test, parts = condition(value), tuple(name.split("."))
    if len(parts) == 1:
        return lambda document: test([document.get(name, MISSING)])
    return lambda document: test(leaves(document, parts))


def _junction(name: str, value: Any) -> Test:
    if type(value) is not list or not value:
        raise bad_value(f"{name} must be a nonempty array")
    tests = [matcher(part) for part in value]
    if name == "$and":
        return _all_of(tests)
    if name == "$or":
        return lambda document: any(test(document) for test in tests)
    return lambda document: not any(test(document) for test in tests)


def _not(operand: Any) -> LeafTest:
    if not isinstance(operand, Regex) and not is_operators(operand):
        raise bad_value("$not needs a regex or a document")
    return negation(condition(operand))


def _all(operand: Any) -> LeafTest:
    if type(operand) is not list:
        raise bad_value("$all needs an array")
    tests = [condition(value) if is_operators(value) else equal_to(value) for value in operand]
    return lambda values: bool(tests) and all(test(values) for test in tests)


def _elem_match(operand: Any) -> LeafTest:
    test = element_test(operand)
    return lambda values: any(type(value) is list and any(map(test, value)) for value in values)


def _element_tests(query: Document, array_path: tuple[str, ...]) -> list[Test]:
    """For each condition of the query that goes through the array, the test on one element of it."""
    tests: list[Test] = []
    for name, value in query.items():
        parts = tuple(name.split("."))
        if name == "$and":
            tests += [test for part in value for test in _element_tests(part, array_path)]
        elif parts == array_path:
            tests.append(_whole_element(value))
        elif parts[: len(array_path)] == array_path:
            tests.append(_part_of_element(".".join(parts[len(array_path) :]), value))
    return tests


def _whole_element(value: Any) -> Test:
    if is_operators(value) and "$elemMatch" in value:
        return element_test(value["$elemMatch"])
    test = condition(value)
    return lambda element: test(Alone([element]))


def _part_of_element(path: str, value: Any) -> Test:
    test = matcher({path: value})
    return lambda element: type(element) is dict and test(element)


_NESTED_CONDITIONS: dict[str, Callable[[Any], LeafTest]] = {
    "$not": _not,
    "$all": _all,
    "$elemMatch": _elem_match,
}
