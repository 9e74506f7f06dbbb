"""Writes to the embedded store: what they answer, what they refuse, and that nothing refused stays."""

from collections.abc import Iterator
from typing import Any

import pytest
from bson import Int64
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, WriteError

from tests.integration.embedded_process import fresh_database

MEBIBYTE = 1024 * 1024


@pytest.fixture
def db(store_uri: Any) -> Iterator[Any]:
    """A database that nobody else uses."""
    with fresh_database(store_uri) as database:
        yield database


def details_of(caught: pytest.ExceptionInfo[OperationFailure]) -> Any:
    """What the store answered beside the error's text."""
    return caught.value.details


def nested(levels: Any) -> Any:
    """A document of so many levels."""
    document: dict[str, Any] = {}
    for _ in range(levels - 1):
        document = {"a": document}
    return document


def test_a_duplicate_says_what_is_in_the_way(db: Any) -> None:
    db.things.create_index([("email", 1), ("kind", -1)], unique=True)
    db.things.insert_one({"_id": 1, "email": "a", "kind": 1})
    with pytest.raises(DuplicateKeyError) as caught:
        db.things.insert_one({"_id": 2, "email": "a", "kind": 1.0})
    assert caught.value.code == 11000
    assert details_of(caught)["keyPattern"] == {"email": 1, "kind": -1}
    assert details_of(caught)["keyValue"] == {"email": "a", "kind": 1.0}
    assert "index: email_1_kind_-1 dup key" in details_of(caught)["errmsg"]
    with pytest.raises(DuplicateKeyError) as caught:
        db.things.insert_one({"_id": 1.0, "email": "b"})
    assert details_of(caught)["keyPattern"] == {"_id": 1}
    with pytest.raises(DuplicateKeyError):
        db.things.find_one_and_update({"_id": 3}, {"$set": {"email": "a", "kind": 1}}, upsert=True)
    assert db.things.count_documents({}) == 1


@pytest.mark.parametrize(("ordered", "stored", "indexes"), [(True, [1, 2], [2]), (False, [1, 2, 3], [2, 3])])
def test_insert_many_with_duplicates(db: Any, ordered: Any, stored: Any, indexes: Any) -> None:
    documents = [{"_id": 1}, {"_id": 2}, {"_id": 1}, {"_id": 2}, {"_id": 3}]
    with pytest.raises(BulkWriteError) as caught:
        db.things.insert_many(documents, ordered=ordered)
    details = caught.value.details
    assert [error["index"] for error in details["writeErrors"]] == indexes
    assert {error["code"] for error in details["writeErrors"]} == {11000}
    assert details["nInserted"] == len(stored)
    assert [document["_id"] for document in db.things.find()] == stored


def test_insert_puts_the_id_first(db: Any) -> None:
    db.command("insert", "things", documents=[{"a": 1, "_id": 5}, {"a": 2}])
    first, second = db.things.find()
    assert list(first) == list(second) == ["_id", "a"]


def test_updates_count_what_they_matched_and_changed(db: Any) -> None:
    db.things.insert_many([{"_id": n, "n": 0} for n in range(3)])
    assert db.things.update_many({}, {"$set": {"n": 0}}).raw_result["nModified"] == 0
    result = db.things.update_many({"_id": {"$gte": 1}}, {"$inc": {"n": 1}})
    assert (result.matched_count, result.modified_count, result.upserted_id) == (2, 2, None)
    assert (
        db.things.update_one({"_id": 0}, {"$set": {"n": 0.0}}).modified_count == 1
    )  # another type is a change
    assert db.things.replace_one({"_id": 9}, {"n": 1}).matched_count == 0
    result = db.things.replace_one({"_id": 9}, {"n": 1}, upsert=True)
    assert (result.matched_count, result.modified_count, result.upserted_id) == (0, 0, 9)
    assert db.things.update_one({"k": 5}, {"$set": {"n": 1}}, upsert=True).upserted_id is not None


def test_a_statement_that_fails_leaves_nothing(db: Any) -> None:
    db.things.create_index("n", unique=True)
    db.things.insert_many([{"_id": n, "n": n} for n in range(3)])
    with pytest.raises(WriteError) as caught:
        db.things.update_many({}, {"$set": {"n": 7}})
    assert caught.value.code == 11000
    assert [document["n"] for document in db.things.find()] == [0, 1, 2]
    with pytest.raises(WriteError) as caught:
        db.things.update_many({}, [{"$set": {"_id": 5}}])
    assert caught.value.code == 66
    assert [document["_id"] for document in db.things.find()] == [0, 1, 2]


def test_a_mixed_bulk(db: Any) -> None:
    db.things.insert_many([{"_id": n, "n": n} for n in range(4)])
    requests = [
        InsertOne({"_id": 10}),
        UpdateOne({"_id": 0}, {"$set": {"n": 5}}),
        UpdateMany({"_id": {"$lt": 3}}, {"$inc": {"n": 1}}),
        ReplaceOne({"_id": 20}, {"n": 1}, upsert=True),
        DeleteOne({"_id": 3}),
        InsertOne({"_id": 10}),
        InsertOne({"_id": 11}),
    ]
    with pytest.raises(BulkWriteError) as caught:
        db.things.bulk_write(requests)
    details = caught.value.details
    assert (details["nInserted"], details["nMatched"], details["nModified"], details["nRemoved"]) == (
        1,
        4,
        4,
        1,
    )
    assert [(one["index"], one["_id"]) for one in details["upserted"]] == [(3, 20)]
    assert [error["index"] for error in details["writeErrors"]] == [5]
    assert {one["_id"]: one.get("n") for one in db.things.find()} == {0: 6, 1: 2, 2: 3, 10: None, 20: 1}


def test_deletes(db: Any) -> None:
    db.things.insert_many([{"_id": n, "k": n % 2} for n in range(6)])
    assert db.things.delete_one({"k": 0}).deleted_count == 1
    assert db.things.delete_many({"k": 0}).deleted_count == 2
    assert db.things.delete_many({"k": 9}).deleted_count == 0
    assert [one["_id"] for one in db.things.find()] == [1, 3, 5]
    db.things.insert_one({"_id": 0, "k": 0})
    assert [one["_id"] for one in db.things.find()] == [1, 3, 5, 0]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"_id": [1]}, 53),
        ({"_id": {"$x": 1}}, 52),
        (nested(101), 15),
        ({"list": [[nested(99)]]}, 15),
    ],
    ids=["array as _id", "dollar in _id", "too deep", "too deep through lists"],
)
def test_what_may_not_be_stored(db: Any, document: Any, code: Any) -> None:
    (error,) = db.command("insert", "things", documents=[document], check=False)["writeErrors"]
    assert error["code"] == code
    assert db.list_collection_names() == []


def test_just_deep_enough(db: Any) -> None:
    db.things.insert_one({"_id": 1, **nested(100)})
    with pytest.raises(WriteError) as caught:
        db.things.update_one({"_id": 1}, {"$set": {"b": nested(100)}})
    assert caught.value.code == 15


def test_a_document_may_not_grow_over_16_mebibytes(db: Any) -> None:
    text = "x" * (9 * MEBIBYTE)
    db.things.insert_one({"_id": 1, "a": text})
    with pytest.raises(WriteError) as caught:
        db.things.update_one({"_id": 1}, [{"$set": {"b": "$a"}}])
    assert caught.value.code == 10334
    with pytest.raises(OperationFailure) as failed:
        db.things.find_one_and_update({"_id": 1}, [{"$set": {"b": "$a"}}])
    assert failed.value.code == 10334
    assert db.things.find_one({}, {"a": 0}) == {"_id": 1}
    reply = db.command("insert", "things", documents=[{"_id": 2, "a": "x" * (15 * MEBIBYTE)}])
    assert reply["n"] == 1


def test_arguments_of_a_wrong_kind(db: Any) -> None:
    wrong: list[dict[str, Any]] = [
        {"documents": []},
        {"documents": [{}], "ordered": "yes"},
    ]
    for arguments in wrong:
        with pytest.raises(OperationFailure):
            db.command("insert", "things", **arguments)
    statements: list[dict[str, Any]] = [{"q": 5, "u": {}}, {"q": {}}, {"u": {}}]
    statements.append({"q": {}, "u": {"a": 1}, "multi": True})
    for statement in statements:
        assert "writeErrors" in db.command("update", "things", updates=[statement], check=False)
    assert "writeErrors" in db.command("delete", "things", deletes=[{"q": {}, "limit": 5}], check=False)
    assert db.list_collection_names() == []


def test_numbers_stay_what_they_were(db: Any) -> None:
    db.things.insert_one({"_id": 1, "n": Int64(1), "m": 1})
    db.things.update_one({"_id": 1}, {"$inc": {"n": 1, "m": 1}})
    found = db.things.find_one()
    assert (type(found["n"]), type(found["m"])) == (Int64, int)
