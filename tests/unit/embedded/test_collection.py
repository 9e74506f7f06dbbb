"""A collection's indexes: they find what a look at every document finds, and keep unique what has to be."""

from typing import Any

import pytest
from bson import Int64
from hypothesis import given, settings
from hypothesis import strategies as st

from service.embedded.collection import Collection
from service.embedded.errors import CommandError
from service.embedded.matching import matcher
from service.embedded.stored import index_of

SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.0, 2.5, Int64(1), "", "a", "b", {}, {"x": 1}, {"x": 1.0}]
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.lists(st.lists(SCALARS, max_size=2), max_size=2)
INNER = st.dictionaries(st.sampled_from(["x", "y"]), VALUES, max_size=2)
DOCUMENTS = st.fixed_dictionaries(
    {}, optional={"a": VALUES, "b": VALUES, "d": INNER | VALUES | st.lists(INNER | SCALARS, max_size=3)}
)
PATHS = st.sampled_from(["_id", "a", "b", "d", "d.x", "d.y", "a.0", "d.0.x"])
CONDITIONS = st.one_of(
    VALUES,
    st.builds(lambda v: {"$eq": v}, VALUES),
    st.builds(lambda v: {"$in": v}, st.lists(VALUES, max_size=3)),
    st.builds(lambda v: {"$all": v}, st.lists(VALUES, max_size=2)),
    st.builds(lambda op, v: {op: v}, st.sampled_from(["$gt", "$gte", "$lt", "$lte", "$ne"]), VALUES),
    st.builds(lambda low, high: {"$gte": low, "$lt": high}, VALUES, VALUES),
    st.builds(lambda v: {"$elemMatch": {"$gte": v}}, SCALARS),
    st.builds(lambda v: {"$elemMatch": {"$in": [v, 1]}}, SCALARS),
    st.builds(lambda v: {"$elemMatch": {"x": v}}, VALUES),
    st.builds(lambda v: {"$not": {"$eq": v}}, VALUES),
    st.sampled_from([{"$exists": True}, {"$exists": False}, {"$size": 1}]),
)
FIELDS = st.dictionaries(PATHS, CONDITIONS, max_size=2)
QUERIES = st.recursive(
    FIELDS,
    lambda inner: st.builds(
        lambda name, parts, beside: {name: parts, **beside},
        st.sampled_from(["$and", "$or", "$nor"]),
        st.lists(inner, min_size=1, max_size=3),
        FIELDS,
    ),
    max_leaves=4,
)


def collection_of(documents: Any, *indexes: Any) -> Any:
    collection = Collection(1, "db", "things")
    for number, document in enumerate(documents):
        collection.put(number, {"_id": number, **document})
    for index in indexes:
        collection.add_index(index_of({"key": dict.fromkeys(index.split(), 1), "name": index}))
    return collection


def postings(collection: Any, path: Any) -> Any:
    index = collection.hash_of(path)
    return {key: index.find([key]) for key in index.between((-2,), (200,))}, index.has_arrays


def found(collection: Any, query: Any) -> Any:
    return [document["_id"] for _, document in collection.find(query)]


@settings(max_examples=400, deadline=None)
@given(st.lists(DOCUMENTS, max_size=8), QUERIES, st.lists(st.integers(0, 7), max_size=3))
def test_the_indexes_find_what_a_full_look_finds(documents: Any, query: Any, gone: Any) -> None:
    collection = collection_of(documents, "a b", "d", "d.x", "b")
    found(collection, {"a": {"$gt": 0}, "b": {"$gt": 0}})  # from here on the values are kept sorted
    for number in {n for n in gone if n < len(documents)}:
        collection.remove(number)
    test = matcher(query)
    assert found(collection, query) == [n for n, one in collection.documents.items() if test(one)]


@settings(max_examples=200, deadline=None)
@given(st.lists(DOCUMENTS, max_size=6), st.lists(DOCUMENTS, max_size=6))
def test_indexes_that_were_kept_up_equal_new_ones(before: Any, after: Any) -> None:
    kept = collection_of(before, "a", "d.x")
    for number, document in enumerate(after):
        kept.put(number, {"_id": number, **document})
    new = collection_of(
        [{k: v for k, v in one.items() if k != "_id"} for one in kept.documents.values()], "a", "d.x"
    )
    for path in ("a", "d.x"):
        assert postings(kept, path) == postings(new, path)


@pytest.mark.parametrize(
    ("query", "expected_looks"),
    [
        ({"_id": 7}, 1),
        ({"_id": {"$in": [7, 8, "none"]}}, 2),
        ({"month": "m3"}, 10),
        ({"month": "m3", "n": {"$gt": 5}}, 10),
        ({"month": "m3", "_id": 3}, 1),
        ({"$and": [{"n": 1}, {"month": "m3"}]}, 10),
        ({"$or": [{"month": "m3"}, {"_id": 4}]}, 11),
        ({"$or": [{"month": "m3"}, {"n": 4}]}, 100),
        ({"month": {"$in": ["m1", "m2"]}}, 20),
        ({"month": {"$gte": "m8"}}, 20),
        ({"month": {"$gt": "m2", "$lte": "m4"}}, 30),
        ({"marks": "x5"}, 1),
        ({"marks": {"$all": ["x5", "x6"]}}, 1),
        ({"people": {"$elemMatch": {"id": 3}}}, 100),
        ({"people.id": 3}, 10),
        ({"n": 4}, 100),
        ({}, 100),
    ],
)
def test_how_many_documents_are_looked_at(query: Any, expected_looks: Any) -> None:
    documents = [
        {"month": f"m{n % 10}", "n": n, "marks": ["all", f"x{n}"], "people": [{"id": n % 10}]}
        for n in range(100)
    ]
    collection = collection_of(documents, "month n", "marks", "people.id")
    found(collection, query)
    assert collection.looked_at == (10 if "people" in query else expected_looks)


def test_two_elements_of_an_array_may_meet_the_two_bounds() -> None:
    collection = collection_of([{"a": 3}, {"a": [0, 9]}, {"a": 9}], "a")
    between = {"a": {"$gt": 1, "$lt": 5}}
    assert found(collection, between) == [0, 1]
    collection.remove(1)
    collection.looked_at = 0
    assert (found(collection, between), collection.looked_at) == ([0], 1)


def unique(**options: Any) -> Any:
    return index_of({"key": {"a": 1}, "name": "a_1", "unique": True, **options})


@pytest.mark.parametrize(
    ("index", "one", "other", "allowed"),
    [
        (unique(), {"a": 1}, {"a": 1.0}, False),
        (unique(), {"a": 1}, {"a": True}, True),
        (unique(), {}, {}, False),
        (unique(), {}, {"a": None}, False),
        (unique(), {"a": [1, 2]}, {"a": 2}, False),
        (unique(), {"a": [1, 1]}, {"a": 2}, True),
        (unique(), {"a": []}, {"a": []}, False),
        (unique(), {"a": []}, {}, True),
        (unique(sparse=True), {}, {}, True),
        (unique(sparse=True), {"a": None}, {"a": None}, False),
        (unique(partialFilterExpression={"b": {"$exists": True}}), {"a": 1}, {"a": 1}, True),
        (unique(partialFilterExpression={"b": {"$exists": True}}), {"a": 1, "b": 1}, {"a": 1}, True),
        (unique(partialFilterExpression={"b": {"$exists": True}}), {"a": 1, "b": 1}, {"a": 1, "b": 2}, False),
        (index_of({"key": {"a": 1, "b": 1}, "name": "n", "unique": True}), {"a": 1}, {"a": 1, "b": 0}, True),
        (
            index_of({"key": {"a": 1, "b": 1}, "name": "n", "unique": True}),
            {"a": 1},
            {"a": 1, "b": None},
            False,
        ),
        (
            index_of({"key": {"a.k": 1}, "name": "n", "unique": True}),
            {"a": [{"k": 1}]},
            {"a": {"k": 1}},
            False,
        ),
    ],
)
def test_what_a_unique_index_allows(index: Any, one: Any, other: Any, allowed: Any) -> None:
    collection = collection_of([one])
    collection.add_index(index)
    document = {"_id": 2, **other}
    if allowed:
        collection.check(2, document)
        return
    with pytest.raises(CommandError) as caught:
        collection.check(2, document)
    assert caught.value.code == 11000
    assert caught.value.details["keyPattern"] == index.specification["key"]


def test_a_document_does_not_stand_in_its_own_way() -> None:
    collection = collection_of([{"a": 1}])
    collection.add_index(unique())
    collection.check(0, {"_id": 0, "a": 1, "b": 2})


def test_a_unique_index_is_not_built_over_duplicates() -> None:
    collection = collection_of([{"a": 1}, {"a": 1}])
    with pytest.raises(CommandError) as caught:
        collection.add_index(unique())
    assert caught.value.details["keyValue"] == {"a": 1}
    assert list(collection.indexes) == ["_id_"]
