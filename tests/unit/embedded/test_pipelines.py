"""Pipelines and expressions, with the traps of mongomock that the portable subset would fall into."""

import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64

from service.embedded.errors import CommandError
from service.embedded.expressions import expression
from service.embedded.pipelines import leading_match, run, stages
from service.embedded.values import MISSING, copied

DATE = datetime.datetime(2026, 7, 1)


class Foreign:
    """Other collections: here each $lookup finds among the same few documents."""

    documents: list[dict[str, Any]] = [{"_id": 1, "k": "x"}, {"_id": 2, "k": ["x", "y"]}, {"_id": 3}]

    def finder(self, collection: Any, path: Any) -> Any:
        def find(values: Any) -> Any:
            return [one for one in self.documents if set(_list(one.get(path))) & set(values)]

        return find


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def results(documents: Any, pipeline: Any) -> Any:
    before = copied(documents)
    found = run(documents, stages(pipeline, Foreign()))
    assert documents == before, "a stage wrote into the stored documents"
    return found


@pytest.mark.parametrize(
    ("document", "specification", "expected"),
    [
        ({"a": 1}, "$a", 1),
        ({}, "$a", MISSING),
        ({"a": {"b": 2}}, "$a.b", 2),
        ({"a": [{"b": 1}, {}, {"b": 2}, 7]}, "$a.b", [1, 2]),
        ({"a": 1}, "text", "text"),
        ({"a": 1}, {"$literal": "$a"}, "$a"),
        ({"a": 1}, {"x": "$a", "y": "$b"}, {"x": 1}),
        ({"a": 1}, ["$a", "$b"], [1, None]),
        ({"a": 1}, "$$ROOT.a", 1),
        ({"a": 1}, "$$REMOVE", MISSING),
        # A comparison on a missing field has an answer: missing is before null, which is before all else.
        ({}, {"$eq": ["$a", 1]}, False),
        ({}, {"$eq": ["$a", None]}, False),
        ({}, {"$lt": ["$a", 1]}, True),
        ({}, {"$gt": ["$a", None]}, False),
        ({"a": True}, {"$eq": ["$a", 1]}, False),
        ({"a": 1.0}, {"$eq": ["$a", 1]}, True),
        ({"a": "x"}, {"$gt": ["$a", 5]}, True),
        ({"a": 2}, {"$cmp": ["$a", 3]}, -1),
        ({"a": True}, {"$in": ["$a", [1, 2]]}, False),
        ({"a": 2}, {"$in": ["$a", [1, "$a"]]}, True),
        ({"a": 0}, {"$not": ["$a"]}, True),
        ({"a": 1}, {"$not": [{"$eq": ["$a", 1]}]}, False),
        ({"a": 1}, {"$and": ["$a", {"$gt": ["$a", 0]}]}, True),
        ({"a": 0}, {"$or": ["$a", "$missing"]}, False),
        ({"a": 1}, {"$cond": [{"$eq": ["$missing", 1]}, "yes", "no"]}, "no"),
        ({"a": 5}, {"$cond": {"if": "$a", "then": "$a", "else": 0}}, 5),
        (
            {"a": 2},
            {"$switch": {"branches": [{"case": {"$eq": ["$a", 2]}, "then": "two"}], "default": 0}},
            "two",
        ),
        ({}, {"$ifNull": ["$a", 7]}, 7),
        ({"a": None}, {"$ifNull": ["$a", "$b", 7]}, 7),
        ({"a": 1, "b": 2}, {"$add": ["$a", "$b", 3]}, 6),
        ({"a": 1}, {"$add": ["$a", "$missing"]}, None),
        ({"a": DATE}, {"$add": ["$a", 1000]}, DATE + datetime.timedelta(seconds=1)),
        ({"a": DATE}, {"$subtract": ["$a", 1000]}, DATE - datetime.timedelta(seconds=1)),
        ({"a": DATE}, {"$subtract": [{"$add": ["$a", 1500]}, "$a"]}, 1500),
        ({"a": 7}, {"$subtract": ["$a", 2]}, 5),
        ({"a": 7}, {"$multiply": ["$a", 3]}, 21),
        ({"a": 7}, {"$divide": ["$a", 2]}, 3.5),
        ({}, {"$divide": ["$a", 2]}, None),
        ({"a": -7}, {"$mod": ["$a", 3]}, -1),
        ({"a": 7.5}, {"$mod": ["$a", 2]}, 1.5),
        ({"a": 7.2}, {"$floor": "$a"}, 7),
        ({"a": 7.2}, {"$ceil": ["$a"]}, 8),
        ({"a": [1, 2, 3]}, {"$size": "$a"}, 3),
        ({"a": [1, 2, 3]}, {"$sum": "$a"}, 6),
        ({"a": 1}, {"$sum": ["$a", 2, True, "x", None, "$missing", [5]]}, 3),
        ({"a": 2**62}, {"$add": ["$a", "$a"]}, 2.0**63),
        ({"a": 2**62}, {"$multiply": ["$a", -4]}, -(2.0**64)),
        ({"a": -0.5}, {"$floor": ["$a"]}, -1.0),
        ({"a": None}, {"$ceil": "$a"}, None),
        ({"a": [1, 2, 3]}, {"$map": {"input": "$a", "as": "n", "in": {"$add": ["$$n", 1]}}}, [2, 3, 4]),
        ({"a": [{"b": 1}, {}]}, {"$map": {"input": "$a", "in": "$$this.b"}}, [1, None]),
        ({"a": None}, {"$map": {"input": "$a", "in": 1}}, None),
        ({"a": [1, 5]}, {"$filter": {"input": "$a", "as": "n", "cond": {"$gt": ["$$n", 3]}}}, [5]),
        ({}, {"$filter": {"input": "$a", "cond": True}}, None),
        ({"a": [4, 5]}, {"$arrayElemAt": ["$a", -1]}, 5),
        ({"a": [4, 5]}, {"$arrayElemAt": ["$a", 5]}, MISSING),
        ({"a": {"x": 1}}, {"$mergeObjects": ["$a", {"y": 2}, None]}, {"x": 1, "y": 2}),
        ({"a": [1], "b": [2]}, {"$concatArrays": ["$a", "$b"]}, [1, 2]),
        ({"a": [1]}, {"$isArray": ["$a"]}, True),
        ({"a": 3}, {"$let": {"vars": {"v": "$a"}, "in": {"$eq": ["$$v", 3]}}}, True),
    ],
)
def test_an_expression(document: Any, specification: Any, expected: Any) -> None:
    assert expression(specification)(document) == expected
    assert type(expression(specification)(document)) is type(expected) or isinstance(expected, (int, float))


@pytest.mark.parametrize(
    ("specification", "code"),
    [
        ({"$divide": [1, 0]}, 2),
        ({"$mod": [1, 0]}, 16610),
        ({"$add": ["x", 1]}, 14),
        ({"$in": [1, 5]}, 40081),
        ({"$eq": [1]}, 16020),
        ("$$nobody", 17276),
        ({"$size": "$missing"}, 2),
        ({"$zip": {"inputs": [[1]]}}, 115),
        ({"$nonsense": 1}, 115),
        ({"x": [{"$cond": [True, {"$toString": None}, 1]}]}, 115),  # mongomock says "None"
        ({"$concat": ["x", 1]}, 115),  # … "x1"
        ({"$substr": ["ñ", 0, 1]}, 115),  # … counts characters, not bytes
        ({"$hour": {"date": DATE, "timezone": "-05:00"}}, 115),  # … nothing at all
        ({"$add": [1, 2], "$size": []}, 15983),
        ({"$cond": {"if": 1, "then": 2}}, 17080),
        ({"$ifNull": ["$a"]}, 1257300),
        ("$", 15998),
        ({"$add": ["$a..b", 1]}, 15998),
        ({"$multiply": [True, 2]}, 14),
        ({"$subtract": [1, DATE]}, 14),
        ({"$add": [DATE, DATE]}, 16612),
        ({"$add": [Decimal128("1.5"), 1]}, 115),
        ({"$sum": [Decimal128("1.5"), 1]}, 115),
        ({"$map": {"input": 5, "in": 1}}, 28651),
        ({"$multiply": ["x", 2]}, 14),
    ],
)
def test_a_wrong_expression_is_refused_with_its_code(specification: Any, code: Any) -> None:
    with pytest.raises(CommandError) as caught:
        expression(specification)({"a": 1})
    assert caught.value.code == code


ROWS = [
    {"_id": 1, "k": "x", "n": 1, "t": True, "tags": ["a", "b"]},
    {"_id": 2, "k": "x", "n": 2.5, "t": 1, "tags": []},
    {"_id": 3, "k": "y", "n": None, "d": {"e": 5}},
]


@pytest.mark.parametrize(
    ("pipeline", "expected"),
    [
        ([{"$group": {"_id": None, "n": {"$sum": "$n"}}}], [{"_id": None, "n": 3.5}]),
        ([{"$match": {"k": "none"}}, {"$group": {"_id": None, "n": {"$sum": 1}}}], []),
        ([{"$match": {"k": "none"}}, {"$count": "n"}], []),
        ([{"$count": "n"}], [{"n": 3}]),
        (
            [{"$group": {"_id": "$k", "n": {"$avg": "$n"}, "lo": {"$min": "$n"}, "hi": {"$max": "$n"}}}],
            [{"_id": "x", "n": 1.75, "lo": 1, "hi": 2.5}, {"_id": "y", "n": None, "lo": None, "hi": None}],
        ),
        (
            [{"$group": {"_id": {"k": "$k", "d": "$d.e"}, "c": {"$count": {}}}}],
            [{"_id": {"k": "x"}, "c": 2}, {"_id": {"k": "y", "d": 5}, "c": 1}],
        ),
        (
            [{"$group": {"_id": "$t", "c": {"$sum": 1}}}],
            [{"_id": True, "c": 1}, {"_id": 1, "c": 1}, {"_id": None, "c": 1}],
        ),
        (
            [{"$group": {"_id": 1, "a": {"$push": "$n"}, "f": {"$first": "$d"}, "l": {"$last": "$d.e"}}}],
            [{"_id": 1, "a": [1, 2.5, None], "f": None, "l": 5}],
        ),
        (
            [{"$group": {"_id": 1, "a": {"$addToSet": {"$ifNull": ["$n", 0]}}}}],
            [{"_id": 1, "a": [1, 2.5, 0]}],
        ),
        (
            [{"$group": {"_id": 1, "o": {"$push": {"k": "$k", "e": "$d.e"}}}}],
            [{"_id": 1, "o": [{"k": "x"}, {"k": "x"}, {"k": "y", "e": 5}]}],
        ),
        ([{"$group": {"_id": 1, "m": {"$mergeObjects": "$d"}}}], [{"_id": 1, "m": {"e": 5}}]),
        ([{"$project": {"k": 1}}, {"$limit": 1}], [{"_id": 1, "k": "x"}]),
        ([{"$project": {"_id": 0, "double": {"$multiply": ["$n", 2]}}}, {"$limit": 1}], [{"double": 2}]),
        ([{"$project": {"n": 0, "t": 0, "tags": 0, "d": 0}}, {"$limit": 1}], [{"_id": 1, "k": "x"}]),
        (
            [{"$match": {"_id": 3}}, {"$project": {"d.f": "$k", "d.e": 1}}],
            [{"_id": 3, "d": {"e": 5, "f": "y"}}],
        ),
        ([{"$match": {"_id": 3}}, {"$project": {"d": {"e": 1}}}], [{"_id": 3, "d": {"e": 5}}]),
        ([{"$match": {"_id": 3}}, {"$project": {"_id": "$k"}}], [{"_id": "y"}]),
        (
            [{"$match": {"_id": 1}}, {"$project": {"tags.of": "$k", "d.e": "$k"}}],
            [{"_id": 1, "tags": [{"of": "x"}, {"of": "x"}], "d": {"e": "x"}}],
        ),
        (
            [{"$match": {"_id": 3}}, {"$set": {"d.f": 6, "n": "$$REMOVE"}}],
            [{"_id": 3, "k": "y", "d": {"e": 5, "f": 6}}],
        ),
        (
            [{"$match": {"_id": 3}}, {"$addFields": {"d": {"g": 7}}}],
            [{"_id": 3, "k": "y", "n": None, "d": {"e": 5, "g": 7}}],
        ),
        ([{"$match": {"_id": 3}}, {"$unset": ["d", "n"]}], [{"_id": 3, "k": "y"}]),
        (
            [{"$unwind": "$tags"}, {"$project": {"tags": 1}}],
            [{"_id": 1, "tags": "a"}, {"_id": 1, "tags": "b"}],
        ),
        (
            [
                {"$unwind": {"path": "$tags", "preserveNullAndEmptyArrays": True, "includeArrayIndex": "i"}},
                {"$project": {"tags": 1, "i": 1}},
            ],
            [
                {"_id": 1, "tags": "a", "i": 0},
                {"_id": 1, "tags": "b", "i": 1},
                {"_id": 2, "i": None},
                {"_id": 3, "i": None},
            ],
        ),
        ([{"$sort": {"k": -1, "_id": -1}}, {"$project": {"_id": 1}}], [{"_id": 3}, {"_id": 2}, {"_id": 1}]),
        ([{"$sort": {"n": 1}}, {"$project": {"_id": 1}}], [{"_id": 3}, {"_id": 1}, {"_id": 2}]),
        ([{"$skip": 1}, {"$limit": 1}, {"$project": {"_id": 1}}], [{"_id": 2}]),
        ([{"$match": {"_id": 3}}, {"$replaceRoot": {"newRoot": "$d"}}], [{"e": 5}]),
        ([{"$match": {"_id": 3}}, {"$replaceWith": {"only": "$k"}}], [{"only": "y"}]),
        ([{"$sortByCount": "$k"}], [{"_id": "x", "count": 2}, {"_id": "y", "count": 1}]),
        (
            [{"$facet": {"n": [{"$count": "c"}], "none": [{"$match": {"_id": 9}}, {"$count": "c"}]}}],
            [{"n": [{"c": 3}], "none": []}],
        ),
        (
            [{"$match": {"_id": 1}}, {"$project": {"k": 1}}]
            + [{"$lookup": {"from": "other", "localField": "k", "foreignField": "k", "as": "found"}}],
            [{"_id": 1, "k": "x", "found": Foreign.documents[:2]}],
        ),
        (
            [{"$match": {"_id": 1}}, {"$project": {"k": 1}}]
            + [{"$lookup": {"from": "other", "localField": "missing", "foreignField": "k", "as": "found"}}],
            [{"_id": 1, "k": "x", "found": [Foreign.documents[2]]}],
        ),
    ],
)
def test_a_pipeline(pipeline: Any, expected: Any) -> None:
    assert results(ROWS, pipeline) == expected


def test_sums_keep_their_type() -> None:
    (row,) = results([{"n": Int64(1)}, {"n": 2}], [{"$group": {"_id": None, "n": {"$sum": "$n"}}}])
    assert isinstance(row["n"], Int64)
    (row,) = results([{"n": Int64(2**62)}, {"n": 2**62}], [{"$group": {"_id": None, "n": {"$sum": "$n"}}}])
    assert row["n"] == 2.0**63


@pytest.mark.parametrize(
    ("pipeline", "code"),
    [
        ([{"$nonsense": 1}], 40324),
        ([{"$out": "x"}], 115),
        ([{"$merge": {"into": "x"}}], 115),
        ([{"$setWindowFields": {}}], 115),
        ([{"$match": {}, "$limit": 1}], 40323),
        ([{"$limit": 0}], 15958),
        ([{"$skip": -1}], 15958),
        ([{"$group": {"n": {"$sum": 1}}}], 15955),
        ([{"$group": {"_id": 1, "n": {"$nonsense": 1}}}], 15952),
        ([{"$group": {"_id": 1, "n": 5}}], 40234),
        ([{"$group": {"_id": 1, "n": {"$stdDevPop": "$n"}}}], 115),
        ([{"$group": {"_id": 1, "n": {"$sum": {"$literal": Decimal128("1.5")}}}}], 115),
        ([{"$group": {"_id": 1, "n": {"$avg": {"$literal": Decimal128("1.5")}}}}], 115),
        ([{"$sort": {}}], 15976),
        ([{"$sort": {"a": 2}}], 15975),
        ([{"$project": {}}], 51272),
        ([{"$project": {"a": 1, "b": 0}}], 31254),
        ([{"$unwind": "tags"}], 28818),
        ([{"$count": "$n"}], 40156),
        ([{"$replaceRoot": {"newRoot": "$k"}}], 40228),
        ([{"$lookup": {"from": "x", "let": {}, "pipeline": [], "as": "y"}}], 115),
        ([{"$facet": {"a": [{"$nonsense": 1}]}}], 40324),
        ("no list", 14),
    ],
)
def test_a_wrong_pipeline_is_refused_with_its_code(pipeline: Any, code: Any) -> None:
    with pytest.raises(CommandError) as caught:
        results(ROWS, pipeline)
    assert caught.value.code == code


def test_the_filters_at_the_head_become_one() -> None:
    one, two, rest = {"$match": {"a": 1}}, {"$match": {"b": 2}}, {"$limit": 1}
    assert leading_match([one, rest]) == ({"a": 1}, [rest])
    assert leading_match([one, two, rest, one]) == ({"$and": [{"a": 1}, {"b": 2}]}, [rest, one])
    assert leading_match([rest]) == ({}, [rest])
