"""BSON's order and equality, and where dotted paths lead."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

import pytest
from bson import Binary, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from service.embedded.values import MISSING, copied, depth_of, key_of, keys_at, leaves

FLAT_TO_DEEP: list[Any] = [{}, {"a": 1}, {"a": {}}, {"a": [{"b": []}]}]
UTC_NOON = datetime.datetime(2026, 7, 1, 12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, Int64(1)),
        (1, Decimal128("1.0")),
        (Int64(2**53), float(2**53)),
        (0.0, -0.0),
        (float("nan"), Decimal128("NaN")),
        (b"x", Binary(b"x", 0)),
        (UTC_NOON, DatetimeMS(int((UTC_NOON - datetime.datetime(1970, 1, 1)).total_seconds() * 1000))),
        (None, MISSING),
        ({"a": 1, "b": [1.0]}, {"a": 1.0, "b": [Int64(1)]}),
    ],
)
def test_equal_values_have_the_same_key(one: Any, other: Any) -> None:
    assert key_of(one) == key_of(other)
    assert hash(key_of(one)) == hash(key_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (False, 0),
        (None, False),
        ("1", 1),
        ("", None),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1, 2], [2, 1]),
        ([1], 1),
        ([], None),
        (b"x", Binary(b"x", 5)),
        (2**53, 2**53 + 1),
        (float(2**53), 2**53 + 1),
        ("a", "A"),
    ],
)
def test_different_values_have_different_keys(one: Any, other: Any) -> None:
    assert key_of(one) != key_of(other)


def test_order_goes_by_type_and_then_by_value() -> None:
    ascending = [
        MinKey(), None, float("nan"), float("-inf"), -1, 0.5, Decimal128("0.75"), 1, Int64(2**40), "", "A",
        "a", "ñ", {}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": "x"}, [], [1], [1, 2], [2], b"z", b"ab",
        ObjectId("0" * 24), ObjectId("f" * 24), False, True, DatetimeMS(-(2**60)), UTC_NOON,
        UTC_NOON + datetime.timedelta(milliseconds=1), DatetimeMS(2**60), Timestamp(1, 1), Timestamp(1, 2),
        Regex("a"), MaxKey(),
    ]  # fmt: skip
    for smaller, larger in itertools.pairwise(ascending):
        assert key_of(smaller) < key_of(larger), (smaller, larger)


def test_a_decimal_compares_exactly_with_a_float() -> None:
    assert key_of(Decimal128(Decimal("0.1"))) < key_of(0.1)  # 0.1 as a double is a little more


def test_leaves_of_a_path() -> None:
    assert leaves({"a": {"b": 1}}, ("a", "b")) == [1]
    assert leaves({"a": [{"b": 1}, {"b": [2]}, {}, 3]}, ("a", "b")) == [1, [2], MISSING]
    assert leaves({"a": []}, ("a", "b")) == []
    assert leaves({"a": [1, 2]}, ("a", "b")) == []
    assert leaves({"a": 4}, ("a", "b")) == [MISSING]
    assert leaves({}, ("a", "b")) == [MISSING]
    assert leaves({"a": [[5]]}, ("a", "0")) == [[5]]
    # A number is an index and a field's name: no element has a field "1", which a query for null finds.
    assert leaves({"a": [{"b": 7}, {"b": 8}]}, ("a", "1", "b")) == [8, MISSING, MISSING]
    assert leaves({"a": None}, ("a",)) == [None]


def test_an_array_is_found_by_each_element_and_whole() -> None:
    assert keys_at({"a": [1, "x"]}, ("a",)) == {key_of(1), key_of("x"), key_of([1, "x"])}
    assert keys_at({}, ("a",)) == {key_of(None)}


def test_a_copy_shares_nothing_that_can_change() -> None:
    original = {"a": [{"b": 1}]}
    copy = copied(original)
    copy["a"][0]["b"] = 2
    assert original == {"a": [{"b": 1}]}


def test_depth() -> None:
    assert [depth_of(value) for value in FLAT_TO_DEEP] == [1, 1, 2, 4]
