"""The query language, case by case as MongoDB's manual has it."""

import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId, Regex

from service.embedded.errors import CommandError
from service.embedded.matching import matcher, position

DATE = datetime.datetime(2026, 7, 1)


@pytest.mark.parametrize(
    ("query", "matching", "not_matching"),
    [
        ({"a": 1}, [{"a": 1}, {"a": 1.0}, {"a": [0, 1]}], [{"a": True}, {"a": "1"}, {}, {"a": [[1]]}]),
        ({"a": True}, [{"a": True}], [{"a": 1}]),
        ({"a": None}, [{}, {"a": None}, {"a": [None]}], [{"a": 0}, {"a": False}, {"a": []}]),
        ({"a.b": None}, [{}, {"a": 4}, {"a": {}}, {"a": [{}]}], [{"a": []}, {"a": [1]}, {"a": {"b": 1}}]),
        ({"a": {"b": 1}}, [{"a": {"b": 1}}], [{"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}}]),
        ({"a": {"b": 1, "c": 2}}, [{"a": {"b": 1, "c": 2}}], [{"a": {"c": 2, "b": 1}}]),
        ({"a": [1, 2]}, [{"a": [1, 2]}, {"a": [[1, 2]]}], [{"a": [2, 1]}, {"a": [1, 2, 3]}]),
        ({"a.b": 1}, [{"a": {"b": 1}}, {"a": [{"b": 1}, {}]}, {"a": {"b": [1]}}], [{"a": 1}, {"a.b": 1}]),
        ({"a.1": 5}, [{"a": [4, 5]}, {"a": {"1": 5}}], [{"a": [5, 4]}, {"a": [5]}]),
        ({"a": {"$ne": 1}}, [{}, {"a": 2}, {"a": []}], [{"a": 1}, {"a": [2, 1]}]),
        (
            {"a": {"$gt": 3}},
            [{"a": 4}, {"a": Int64(9)}, {"a": [1, 4]}],
            [{"a": 3}, {"a": "9"}, {}, {"a": None}],
        ),
        ({"a": {"$gt": 1, "$lt": 5}}, [{"a": 3}, {"a": [0, 9]}], [{"a": 5}, {"a": [0, 1]}]),
        ({"a": {"$gte": None}}, [{}, {"a": None}], [{"a": 1}]),
        ({"a": {"$lt": float("nan")}}, [], [{"a": 1}, {"a": float("nan")}]),
        ({"a": {"$lte": 5}}, [{"a": 5}], [{"a": float("nan")}, {"a": True}]),
        ({"a": {"$gte": DATE}}, [{"a": DATE}], [{"a": DATE - datetime.timedelta(seconds=1)}, {"a": 1e15}]),
        ({"a": {"$gt": "b"}}, [{"a": "c"}, {"a": "ñ"}], [{"a": "B"}, {"a": 3}]),
        ({"a": {"$gt": Decimal128("1.5")}}, [{"a": 2}, {"a": 1.6}], [{"a": 1}]),
        ({"a": {"$in": [1, None]}}, [{"a": 1.0}, {}, {"a": [2, 1]}], [{"a": 2}, {"a": True}]),
        ({"a": {"$in": [Regex("^x"), 3]}}, [{"a": "xy"}, {"a": 3}], [{"a": "yx"}]),
        ({"a": {"$in": []}}, [], [{}, {"a": 1}]),
        ({"a": {"$nin": [1, 2]}}, [{}, {"a": 3}], [{"a": 1}, {"a": [3, 2]}]),
        ({"a": {"$exists": True}}, [{"a": None}, {"a": []}], [{}]),
        ({"a.b": {"$exists": False}}, [{}, {"a": []}, {"a": {}}], [{"a": [{"b": 1}, {}]}]),
        ({"a": {"$size": 2}}, [{"a": [1, 2]}], [{"a": [1]}, {"a": "xy"}, {}, {"a": [[1, 2]]}]),
        ({"a": {"$all": [1, 2]}}, [{"a": [2, 3, 1]}], [{"a": [1]}, {"a": 1}]),
        ({"a": {"$all": [[1, 2]]}}, [{"a": [1, 2]}, {"a": [[1, 2]]}], [{"a": [1, 3]}]),
        ({"a": {"$all": [{"$elemMatch": {"x": 1}}]}}, [{"a": [{"x": 1}]}], [{"a": {"x": 1}}]),
        ({"a": {"$all": []}}, [], [{"a": []}, {"a": 1}]),
        ({"a": {"$elemMatch": {"$gt": 1, "$lt": 5}}}, [{"a": [0, 3]}], [{"a": [0, 9]}, {"a": 3}]),
        ({"a": {"$elemMatch": {"$eq": 1}}}, [{"a": [1]}], [{"a": [[1]]}, {"a": 1}]),
        ({"a": {"$elemMatch": {"$elemMatch": {"$gt": 1}}}}, [{"a": [[2]]}], [{"a": [2]}]),
        (
            {"a": {"$elemMatch": {"x": 1, "y": 2}}},
            [{"a": [{"x": 1, "y": 2}]}],
            [{"a": [{"x": 1}, {"y": 2}]}, {"a": {"x": 1, "y": 2}}],
        ),
        ({"a": {"$elemMatch": {"$or": [{"x": 1}, {"x": 2}]}}}, [{"a": [{"x": 2}]}], [{"a": [{"x": 3}]}]),
        ({"a": {"$not": {"$gt": 3}}}, [{}, {"a": 3}, {"a": "x"}], [{"a": 4}]),
        ({"a": {"$not": Regex("^x")}}, [{"a": "y"}, {}], [{"a": "x"}]),
        ({"a": {"$mod": [4, 1]}}, [{"a": 5}, {"a": 5.5}], [{"a": 4}, {"a": "5"}, {"a": -5}]),
        ({"a": {"$mod": [4, -1]}}, [{"a": -5}], [{"a": 5}]),
        ({"a": {"$type": "string"}}, [{"a": "x"}, {"a": [1, "x"]}], [{"a": 1}, {}]),
        (
            {"a": {"$type": ["int", 10]}},
            [{"a": 1}, {"a": None}],
            [{"a": 1.0}, {"a": Int64(1)}, {}, {"a": True}],
        ),
        ({"a": {"$type": "array"}}, [{"a": []}], [{"a": 1}]),
        ({"a": {"$type": "number"}}, [{"a": 1.5}, {"a": Decimal128("1")}], [{"a": True}]),
        ({"a": {"$regex": "ana$", "$options": "i"}}, [{"a": "Susana"}, {"a": ["x", "ANA"]}], [{"a": "anat"}]),
        ({"a": Regex("^Ñ", "i")}, [{"a": "ñato"}], [{"a": "nato"}, {"a": 1}]),
        ({"a": {"$regex": r"^\w\d$"}}, [{"a": "n1"}], [{"a": "ñ1"}, {"a": "n٣"}]),  # of ASCII alone
        ({"$or": [{"a": 1}, {"b": 2}]}, [{"a": 1}, {"b": 2}], [{"a": 2, "b": 1}]),
        ({"$nor": [{"a": 1}, {"b": 2}]}, [{}, {"a": 2}], [{"a": 1}]),
        ({"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 3}}]}, [{"a": 2}], [{"a": 3}]),
        ({"$expr": {"$gt": ["$a", "$b"]}}, [{"a": 2, "b": 1}, {"a": 1}], [{"a": 1, "b": 2}, {}]),
        ({"$comment": "why", "a": 1}, [{"a": 1}], [{"a": 2}]),
        ({"a": ObjectId("a" * 24)}, [{"a": ObjectId("a" * 24)}], [{"a": "a" * 24}]),
        ({}, [{}, {"a": 1}], []),
    ],
)
def test_what_a_filter_matches(query: Any, matching: Any, not_matching: Any) -> None:
    test = matcher(query)
    assert [document for document in matching if not test(document)] == []
    assert [document for document in not_matching if test(document)] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"$foo": 1}, 2),
        ({"a": {"$foo": 1}}, 2),
        ({"a": {"$gt": 1, "b": 2}}, 2),
        ({"$and": []}, 2),
        ({"$or": {"a": 1}}, 2),
        ({"a": {"$in": 5}}, 2),
        ({"a": {"$in": [{"$gt": 1}]}}, 2),
        ({"a": {"$not": 5}}, 2),
        ({"a": {"$not": {}}}, 2),
        ({"a": {"$elemMatch": 5}}, 2),
        ({"a": {"$size": -1}}, 2),
        ({"a": {"$options": "i"}}, 2),
        ({"a": {"$regex": "("}}, 51091),
        ({"a": {"$regex": "x", "$options": "q"}}, 51108),
        ({"a": {"$regex": r"\w", "$options": "i"}}, 115),
        ({"a": {"$regex": r"(?i)\bana"}}, 115),
        ({"a": {"$regex": "^[[:alpha:]]"}}, 115),
        ({"a": {"$type": "nonsense"}}, 2),
        ({"a": {"$mod": [0, 1]}}, 2),
        ({"$where": "1"}, 115),
        ({"$text": {"$search": "x"}}, 115),
        ({"a": {"$near": [1, 2]}}, 115),
    ],
)
def test_a_wrong_filter_is_refused_with_its_code(query: Any, code: Any) -> None:
    with pytest.raises(CommandError) as caught:
        matcher(query)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("query", "path", "expected"),
    [
        ({"a": 5}, ("a",), 1),
        ({"a": {"$gt": 4}}, ("a",), 1),
        ({"a.b": 7}, ("a",), None),
        ({"a": {"$elemMatch": {"$gte": 6}}}, ("a",), 2),
        ({"$and": [{"x": 1}, {"a": 6}]}, ("a",), 2),
        ({"x": 1}, ("a",), None),
    ],
)
def test_the_position_that_a_query_found(query: Any, path: Any, expected: Any) -> None:
    assert position(query, {"x": 1, "a": [4, 5, 6]}, path) == expected


def test_the_position_of_an_object() -> None:
    document = {"a": [{"id": 1, "v": 1}, {"id": 2, "v": 1}]}
    assert position({"a.id": 2}, document, ("a",)) == 1
    assert position({"a": {"$elemMatch": {"id": 2, "v": 1}}}, document, ("a",)) == 1
