"""Indexes of the embedded store: made, listed, dropped, in conflict, and what unique ones allow."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import DuplicateKeyError, OperationFailure

from tests.integration.embedded_process import fresh_database


@pytest.fixture
def db(store_uri: Any) -> Iterator[Any]:
    """A database that nobody else uses."""
    with fresh_database(store_uri) as database:
        yield database


def details_of(caught: pytest.ExceptionInfo[OperationFailure]) -> Any:
    """What the store answered beside the error's text."""
    return caught.value.details


def refused(call: Any, *arguments: Any, **options: Any) -> Any:
    """The code with which a call is refused."""
    with pytest.raises(OperationFailure) as caught:
        call(*arguments, **options)
    return caught.value.code


def test_making_and_listing(db: Any) -> None:
    names = db.things.create_indexes(
        [
            IndexModel([("month", ASCENDING), ("at", DESCENDING)]),
            IndexModel("email", unique=True, sparse=True),
            IndexModel("n", name="by_n", unique=True, partialFilterExpression={"n": {"$gt": 5}}),
        ]
    )
    assert names == ["month_1_at_-1", "email_1", "by_n"]
    shown = {index["name"]: index for index in db.things.list_indexes()}
    assert list(shown) == ["_id_", *names]
    assert shown["month_1_at_-1"] == {"v": 2, "key": {"month": 1, "at": -1}, "name": "month_1_at_-1"}
    assert shown["email_1"]["sparse"] is True
    assert shown["by_n"]["partialFilterExpression"] == {"n": {"$gt": 5}}
    assert db.things.index_information()["email_1"]["unique"] is True


def test_what_making_answers(db: Any) -> None:
    specification = {"key": {"a": 1}, "name": "a_1"}
    made = db.command("createIndexes", "things", indexes=[specification])
    assert (made["numIndexesBefore"], made["numIndexesAfter"], made["createdCollectionAutomatically"]) == (
        1,
        2,
        True,
    )
    again = db.command("createIndexes", "things", indexes=[specification])
    assert (again["numIndexesAfter"], again["note"]) == (2, "all indexes already exist")


@pytest.mark.parametrize(
    ("specification", "code"),
    [
        ({"key": {"a": 1}, "name": "a_1", "unique": True}, 86),
        ({"key": {"b": 1}, "name": "a_1"}, 86),
        ({"key": {"a": 1}, "name": "other"}, 85),
        ({"key": {"a": "text"}, "name": "text"}, 115),
        ({"key": {"a": "hashed"}, "name": "hashed"}, 115),
        ({"key": {"a": 1}, "name": "ttl", "expireAfterSeconds": 5}, 115),
        ({"key": {"a": 1}, "name": "es", "collation": {"locale": "es"}}, 115),
        ({"key": {}, "name": "none"}, 67),
        ({"key": {"a": 0}, "name": "zero"}, 67),
        ({"key": {"$a": 1}, "name": "dollar"}, 67),
        ({"key": {"z": 1}, "name": "z", "sparse": True, "partialFilterExpression": {"z": 1}}, 67),
        ({"key": {"z": 1}, "name": "z", "partialFilterExpression": {"z": {"$ne": 1}}}, 67),
        ({"key": {"z": 1}, "name": "z", "partialFilterExpression": {"z": {"$exists": False}}}, 67),
    ],
)
def test_indexes_that_are_refused(db: Any, specification: Any, code: Any) -> None:
    db.things.create_index("a")
    indexes = [{"key": {"first": 1}, "name": "first"}, specification]
    assert refused(db.command, "createIndexes", "things", indexes=indexes) == code
    assert [index["name"] for index in db.things.list_indexes()] == ["_id_", "a_1"]


def test_the_same_key_may_be_indexed_twice_where_it_differs(db: Any) -> None:
    db.things.create_index("a")
    db.things.create_index("a", unique=True, name="unique_a")
    assert db.things.create_index("_id") == "_id_1"  # is there already, under its own name
    assert [index["name"] for index in db.things.list_indexes()] == ["_id_", "a_1", "unique_a"]


def test_dropping(db: Any) -> None:
    for field in "abcd":
        db.things.create_index(field)
    db.things.drop_index("a_1")
    db.things.drop_index([("b", 1)])
    assert refused(db.things.drop_index, "a_1") == 27
    assert refused(db.things.drop_index, [("b", 1)]) == 27
    assert refused(db.things.drop_index, "_id_") == 72
    assert refused(db.command, "dropIndexes", "things", index=["c_1", "zzz"]) == 27
    assert [index["name"] for index in db.things.list_indexes()] == ["_id_", "c_1", "d_1"]
    assert db.command("dropIndexes", "things", index="*")["nIndexesWas"] == 3
    assert [index["name"] for index in db.things.list_indexes()] == ["_id_"]
    assert refused(db.command, "dropIndexes", "nothing", index="*") == 26
    assert refused(db.command, "listIndexes", "nothing") == 26


def test_a_unique_index_is_refused_over_duplicates(db: Any) -> None:
    db.things.insert_many([{"_id": 1, "a": 5}, {"_id": 2, "a": 5}])
    with pytest.raises(DuplicateKeyError) as caught:
        db.things.create_index("a", unique=True)
    assert details_of(caught)["keyValue"] == {"a": 5}
    assert [index["name"] for index in db.things.list_indexes()] == ["_id_"]


def test_dropping_a_unique_index_frees_its_values(db: Any) -> None:
    db.things.create_index("a", unique=True)
    db.things.insert_one({"a": 1})
    db.things.drop_index("a_1")
    db.things.insert_one({"a": 1})
    assert db.things.count_documents({"a": 1}) == 2


def test_unique_with_missing_fields(db: Any) -> None:
    db.plain.create_index("a", unique=True)
    db.plain.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError):
        db.plain.insert_one({"_id": 2})
    with pytest.raises(DuplicateKeyError):
        db.plain.insert_one({"_id": 3, "a": None})
    db.sparse.create_index("a", unique=True, sparse=True)
    db.sparse.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 3, "a": None}])
    with pytest.raises(DuplicateKeyError):
        db.sparse.insert_one({"_id": 4, "a": None})


def test_unique_over_part_of_the_documents(db: Any) -> None:
    db.things.create_index(
        [("document.type", 1), ("document.number", 1)],
        unique=True,
        partialFilterExpression={"document.number": {"$exists": True}},
    )
    db.things.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 3, "document": {"type": "DNI", "number": "1"}}])
    with pytest.raises(DuplicateKeyError) as caught:
        db.things.update_one({"_id": 1}, {"$set": {"document": {"type": "DNI", "number": "1"}}})
    assert details_of(caught)["keyValue"] == {"document.type": "DNI", "document.number": "1"}
    db.things.update_one({"_id": 1}, {"$set": {"document": {"type": "CE", "number": "1"}}})
    db.things.update_one({"_id": 3}, {"$unset": {"document": ""}})
    db.things.update_one({"_id": 2}, {"$set": {"document": {"type": "DNI", "number": "1"}}})
    assert db.things.count_documents({"document.number": "1"}) == 2


def test_a_hint_names_an_index_that_is_there(db: Any) -> None:
    things = db.things
    assert list(things.find({}, hint="a_1")) == []  # nothing is looked for in a collection that is not there
    things.insert_one({"_id": 1, "a": 1})
    things.create_index([("a", 1), ("b", 1)], name="both")
    things.create_index("a", sparse=True)
    right = {"$set": {"c": 1}}
    for hint in ("both", [("a", 1), ("b", 1)], "_id_"):
        assert things.count_documents({}, hint=hint) == len(list(things.find({}, hint=hint))) == 1
        assert things.update_one({}, right, hint=hint).matched_count == 1
        assert things.find_one_and_update({}, right, hint=hint)
    for hint, code in (("nonsense", 2), ([("b", 1), ("a", 1)], 2), ("a_1", 115)):
        assert refused(list, things.find({}, hint=hint)) == code
        assert refused(things.aggregate, [], hint=hint) == code
        assert refused(things.count_documents, {}, hint=hint) == code
        assert refused(things.distinct, "a", hint=hint) == code
        assert refused(things.update_many, {}, right, hint=hint) == code
        assert refused(things.delete_many, {}, hint=hint) == code
        assert refused(things.find_one_and_update, {}, right, hint=hint) == code


def test_a_dropped_collection_takes_its_indexes_along(db: Any) -> None:
    db.things.create_index("a", unique=True)
    db.things.insert_one({"_id": 1, "a": 1})
    db.things.drop()
    db.things.insert_many([{"_id": 1, "a": 1}, {"_id": 2, "a": 1}])
    assert [index["name"] for index in db.things.list_indexes()] == ["_id_"]
