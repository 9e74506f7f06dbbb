"""What updates make of documents, as MongoDB's manual has it."""

import datetime
from typing import Any

import pytest
from bson import Int64, ObjectId, Regex
from bson.decimal128 import Decimal128

from service.embedded.errors import CommandError
from service.embedded.updating import update_of, upserted


def changed(document: Any, specification: Any, query: Any = None, filters: Any = None) -> Any:
    return update_of(specification, filters)(document, query or {}, False)


@pytest.mark.parametrize(
    ("document", "specification", "expected"),
    [
        ({"a": 1}, {"$set": {"a": 2, "b.c": 3}}, {"a": 2, "b": {"c": 3}}),
        ({"a": [1, 2]}, {"$set": {"a.1": 9}}, {"a": [1, 9]}),
        ({"a": [1]}, {"$set": {"a.3": 9}}, {"a": [1, None, None, 9]}),
        ({"a": {}}, {"$set": {"a.0": 9}}, {"a": {"0": 9}}),
        ({"a": 1, "b": {"c": 1, "d": 2}}, {"$unset": {"a": "", "b.c": 1, "x.y": 1}}, {"b": {"d": 2}}),
        ({"a": [1, 2]}, {"$unset": {"a.0": ""}}, {"a": [None, 2]}),
        ({"a": 1}, {"$inc": {"a": 2, "b": 3}}, {"a": 3, "b": 3}),
        ({"a": 1}, {"$inc": {"a": 0.5}}, {"a": 1.5}),
        ({"a": 3}, {"$mul": {"a": 2, "b": 5}}, {"a": 6, "b": 0}),
        ({"a": 3, "b": 3}, {"$min": {"a": 2, "b": 5, "c": 1}}, {"a": 2, "b": 3, "c": 1}),
        ({"a": 3, "b": None}, {"$max": {"a": 5, "b": 1}}, {"a": 5, "b": 1}),
        ({"a": 1, "b": 2}, {"$rename": {"a": "c"}}, {"b": 2, "c": 1}),
        (
            {"a": {"x": 1}, "b": 2},
            {"$rename": {"a.x": "y.z", "missing": "m"}},
            {"a": {}, "b": 2, "y": {"z": 1}},
        ),
        ({}, {"$push": {"a": 1}}, {"a": [1]}),
        ({"a": [1]}, {"$push": {"a": [2, 3]}}, {"a": [1, [2, 3]]}),
        ({"a": [1, 2]}, {"$push": {"a": {"$each": [9, 8], "$position": 1}}}, {"a": [1, 9, 8, 2]}),
        ({"a": [3, 1]}, {"$push": {"a": {"$each": [2], "$sort": 1, "$slice": -2}}}, {"a": [2, 3]}),
        (
            {"a": [{"n": 2, "t": "x"}]},
            {"$push": {"a": {"$each": [{"n": 1}, {"n": 3}], "$sort": {"n": -1}, "$slice": 2}}},
            {"a": [{"n": 3}, {"n": 2, "t": "x"}]},
        ),
        ({"a": {"b": [1]}}, {"$push": {"a.b": {"$each": []}}}, {"a": {"b": [1]}}),
        ({"a": [1]}, {"$addToSet": {"a": 1.0}}, {"a": [1]}),
        ({"a": [1]}, {"$addToSet": {"a": True}}, {"a": [1, True]}),
        ({}, {"$addToSet": {"a": {"$each": [1, 2, 1]}}}, {"a": [1, 2]}),
        ({"a": [1, 2, 3, 2]}, {"$pull": {"a": 2}}, {"a": [1, 3]}),
        ({"a": [1, 5, 9]}, {"$pull": {"a": {"$gte": 5}}}, {"a": [1]}),
        ({"a": [{"x": 1, "y": 1}, {"x": 2}]}, {"$pull": {"a": {"x": 1}}}, {"a": [{"x": 2}]}),
        ({"a": [[1, 2], 1]}, {"$pull": {"a": [1, 2]}}, {"a": [1]}),
        ({"a": ["x", "y"]}, {"$pull": {"a": Regex("^x")}}, {"a": ["y"]}),
        ({"a": [1, 2, 3]}, {"$pullAll": {"a": [1, 3], "missing": [1]}}, {"a": [2]}),
        ({"a": [1, 2, 3]}, {"$pop": {"a": 1}}, {"a": [1, 2]}),
        ({"a": [1, 2, 3]}, {"$pop": {"a": -1}}, {"a": [2, 3]}),
        ({"a": 1}, {"$setOnInsert": {"b": 1}}, {"a": 1}),
        ({"_id": 1, "a": 1}, {"b": 2}, {"_id": 1, "b": 2}),
        ({"_id": 1, "a": 1}, {}, {"_id": 1}),
        ({"a": 1, "b": 2}, [{"$set": {"c": {"$add": ["$a", "$b"]}}}, {"$unset": "b"}], {"a": 1, "c": 3}),
        ({"a": 1}, [{"$replaceWith": {"x": "$a"}}], {"x": 1}),
    ],
)
def test_an_update(document: Any, specification: Any, expected: Any) -> None:
    before = repr(document)
    result = changed(document, specification)
    assert result == expected
    assert list(result) == list(expected)
    assert repr(document) == before


def test_new_fields_come_in_the_order_of_their_names() -> None:
    assert list(changed({}, {"$set": {"b": 1, "a10": 1, "a": 1}})) == ["a", "a10", "b"]


def test_numbers_keep_their_size() -> None:
    assert isinstance(changed({"a": Int64(1)}, {"$inc": {"a": 1}})["a"], Int64)
    assert type(changed({"a": 1}, {"$inc": {"a": 1}})["a"]) is int


def test_current_date() -> None:
    result = changed({}, {"$currentDate": {"a": True, "b": {"$type": "date"}}})
    assert isinstance(result["a"], datetime.datetime)
    assert result["a"].microsecond % 1000 == 0


@pytest.mark.parametrize(
    ("document", "query", "specification", "filters", "expected"),
    [
        ({"a": [1, 5, 9]}, {"a": 5}, {"$set": {"a.$": 7}}, None, {"a": [1, 7, 9]}),
        (
            {"a": [{"id": 1, "n": 0}, {"id": 2, "n": 0}]},
            {"a.id": 2},
            {"$inc": {"a.$.n": 1}},
            None,
            {"a": [{"id": 1, "n": 0}, {"id": 2, "n": 1}]},
        ),
        (
            {"a": [{"id": 2, "s": "x"}, {"id": 2, "s": "y"}]},
            {"a": {"$elemMatch": {"id": 2, "s": "y"}}},
            {"$set": {"a.$.s": "z"}},
            None,
            {"a": [{"id": 2, "s": "x"}, {"id": 2, "s": "z"}]},
        ),
        ({"a": [1, 2]}, {}, {"$inc": {"a.$[]": 1}}, None, {"a": [2, 3]}),
        ({"a": [{"n": 1}, {"n": 2}]}, {}, {"$unset": {"a.$[].n": ""}}, None, {"a": [{}, {}]}),
        ({"a": [1, 5, 9]}, {}, {"$set": {"a.$[big]": 0}}, [{"big": {"$gte": 5}}], {"a": [1, 0, 0]}),
        (
            {"a": [{"k": 1, "v": [1, 9]}, {"k": 2, "v": [9]}]},
            {},
            {"$set": {"a.$[one].v.$[big]": 0}},
            [{"one.k": 1}, {"big": {"$gt": 5}}],
            {"a": [{"k": 1, "v": [1, 0]}, {"k": 2, "v": [9]}]},
        ),
        ({"a": [{"b": [1, 2]}]}, {}, {"$push": {"a.0.b": 3}}, None, {"a": [{"b": [1, 2, 3]}]}),
    ],
)
def test_array_positions(document: Any, query: Any, specification: Any, filters: Any, expected: Any) -> None:
    assert changed(document, specification, query, filters) == expected


@pytest.mark.parametrize(
    ("document", "specification", "code"),
    [
        ({}, {"$foo": {"a": 1}}, 9),
        ({}, {"$set": {"a": 1}, "b": 2}, 9),
        ({}, {"a": 1, "$set": {"b": 2}}, 52),
        ({}, {"$set": 5}, 9),
        ({}, 5, 9),
        ({}, {"$bit": {"a": {"and": 1}}}, 115),
        ({}, {"$set": {"a": 1}, "$inc": {"a": 1}}, 40),
        ({}, {"$set": {"a": 1, "a.b": 1}}, 40),
        ({}, {"$set": {"a..b": 1}}, 56),
        ({}, {"$set": {"": 1}}, 56),
        ({}, {"$set": {"$a": 1}}, 52),
        ({"_id": 1}, {"$set": {"_id": 2}}, 66),
        ({"_id": 1}, {"$unset": {"_id": ""}}, 66),
        ({"_id": {"x": 1}}, {"$set": {"_id.x": 2}}, 66),
        ({"_id": 1}, {"_id": 2, "a": 1}, 66),
        ({"a": 1}, {"$set": {"a.b": 1}}, 28),
        ({"a": [1]}, {"$set": {"a.b": 1}}, 28),
        ({"a": "x"}, {"$inc": {"a": 1}}, 14),
        ({"a": 1}, {"$inc": {"a": "1"}}, 14),
        ({"a": Decimal128("1.5")}, {"$inc": {"a": 1}}, 115),
        ({"a": Int64(2**63 - 1)}, {"$inc": {"a": 1}}, 2),
        ({"a": 1}, {"$push": {"a": 1}}, 2),
        ({"a": []}, {"$push": {"a": {"$each": 5}}}, 2),
        ({"a": []}, {"$push": {"a": {"$each": [], "$foo": 5}}}, 2),
        ({"a": 1}, {"$addToSet": {"a": 1}}, 2),
        ({"a": 1}, {"$pull": {"a": 1}}, 2),
        ({"a": 1}, {"$pop": {"a": 1}}, 14),
        ({"a": []}, {"$pop": {"a": 2}}, 9),
        ({"a": [1]}, {"$set": {"a.$": 1}}, 2),
        ({"a": [1]}, {"$set": {"a.$[x]": 1}}, 2),
        ({"a": 1}, {"$set": {"a.$[]": 1}}, 2),
        ({"a": 1}, {"$rename": {"a": 5}}, 2),
        ({}, [{"$match": {}}], 72),
        ({}, [{"$nonsense": {}}], 72),
    ],
)
def test_a_wrong_update_is_refused_with_its_code(document: Any, specification: Any, code: Any) -> None:
    with pytest.raises(CommandError) as caught:
        changed(document, specification)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "filters",
    [[{"x": 1, "y": 1}], [{"x": 1}, {"x": 2}], [5], [{"unused": 1}], [{}]],
    ids=["two names", "one name twice", "no object", "unused", "empty"],
)
def test_wrong_array_filters_are_refused(filters: Any) -> None:
    with pytest.raises(CommandError) as caught:
        update_of({"$set": {"a.$[x]": 1}} if filters != [{"unused": 1}] else {"$set": {"a": 1}}, filters)
    assert caught.value.code == 9


@pytest.mark.parametrize(
    ("query", "specification", "expected"),
    [
        ({"_id": 5, "a": 1}, {"$set": {"b": 2}}, {"_id": 5, "a": 1, "b": 2}),
        ({"_id": 5, "a.b": 1}, {"$setOnInsert": {"a.c": 2}}, {"_id": 5, "a": {"b": 1, "c": 2}}),
        ({"$and": [{"_id": 5}, {"a": {"$eq": 1}}]}, {"$inc": {"n": 1}}, {"_id": 5, "a": 1, "n": 1}),
        ({"_id": 5, "a": {"$gt": 1}, "b": Regex("x")}, {"$set": {"c": 1}}, {"_id": 5, "c": 1}),
        (
            {"_id": 5, "a": {"$all": [1]}, "b": {"$all": [1, 2]}},
            {"$set": {"c": 1}},
            {"_id": 5, "a": 1, "c": 1},
        ),
        ({"$or": [{"a": 1}, {"b": 2}], "_id": 5}, {"$set": {"c": 1}}, {"_id": 5, "c": 1}),
        ({"_id": 5, "a": 1}, {"b": 2}, {"_id": 5, "b": 2}),
        ({"a": 1}, {"_id": 5, "b": 2}, {"_id": 5, "b": 2}),
        ({"a": 1}, {"$setOnInsert": {"_id": 5}}, {"_id": 5, "a": 1}),
        ({"_id": 5, "a": 1}, [{"$set": {"b": {"$add": ["$a", 1]}}}], {"_id": 5, "a": 1, "b": 2}),
    ],
)
def test_an_upsert_takes_over_the_equalities_of_its_query(
    query: Any, specification: Any, expected: Any
) -> None:
    document = upserted(query, specification, update_of(specification))
    assert document == expected
    assert next(iter(document)) == "_id"


def test_an_upsert_makes_an_id_where_none_is_given() -> None:
    assert isinstance(upserted({"a": 1}, {"b": 2}, update_of({"b": 2}))["_id"], ObjectId)


@pytest.mark.parametrize("query", [{"a": 1, "$and": [{"a": 2}]}, {"a": 1, "a.b": 2}])
def test_an_upsert_refuses_a_field_that_is_asked_for_twice(query: Any) -> None:
    with pytest.raises(CommandError) as caught:
        upserted(query, {"$set": {"c": 1}}, update_of({"$set": {"c": 1}}))
    assert caught.value.code == 54
