"""Answers in batches: their sizes, replies over 16 MiB, cursors that are killed or belong elsewhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from bson import Int64
from pymongo.errors import CursorNotFound, OperationFailure

from tests.integration.embedded_process import fresh_database

MEBIBYTE = 1024 * 1024


@pytest.fixture
def db(store_uri: Any) -> Iterator[Any]:
    """A database that nobody else uses, with 250 documents in `things`."""
    with fresh_database(store_uri) as database:
        database.things.insert_many([{"_id": n} for n in range(250)])
        yield database


def find(db: Any, **options: Any) -> Any:
    """The cursor part of a find's own reply."""
    return db.command("find", "things", **options)["cursor"]


@pytest.mark.parametrize(
    ("options", "first", "open_after"),
    [
        ({}, 101, True),
        ({"batchSize": 7}, 7, True),
        ({"batchSize": 0}, 0, True),
        ({"batchSize": 250}, 250, False),
        ({"batchSize": 7, "singleBatch": True}, 7, False),
        ({"limit": 5}, 5, False),
        ({"limit": -5}, 5, False),
        ({"limit": 0}, 101, True),
        ({"limit": 20, "batchSize": 8}, 8, True),
        ({"filter": {"_id": -1}}, 0, False),
        ({"filter": {"_id": -1}, "batchSize": 0}, 0, False),
    ],
)
def test_the_first_batch(db: Any, options: Any, first: Any, open_after: Any) -> None:
    cursor = find(db, **options)
    assert len(cursor["firstBatch"]) == first
    assert (cursor["id"] != 0) == open_after
    assert cursor["ns"] == f"{db.name}.things"


def test_the_batches_after_it(db: Any) -> None:
    cursor = find(db, batchSize=2, limit=120)
    more = db.command("getMore", cursor["id"], collection="things", batchSize=3)["cursor"]
    assert [one["_id"] for one in more["nextBatch"]] == [2, 3, 4]
    assert more["id"] == cursor["id"]
    last = db.command("getMore", cursor["id"], collection="things")["cursor"]
    assert (len(last["nextBatch"]), last["id"]) == (115, 0)
    with pytest.raises(CursorNotFound) as caught:
        db.command("getMore", cursor["id"], collection="things")
    assert caught.value.code == 43


def test_a_batch_size_of_one_takes_them_all(db: Any) -> None:
    assert [one["_id"] for one in db.things.find(batch_size=1)] == list(range(250))
    assert len(list(db.things.aggregate([{"$match": {}}], batchSize=3))) == 250


def test_killing(db: Any) -> None:
    cursor = find(db, batchSize=1)["id"]
    reply = db.command("killCursors", "things", cursors=[cursor, Int64(12345)])
    assert (reply["cursorsKilled"], reply["cursorsNotFound"]) == ([cursor], [12345])
    with pytest.raises(CursorNotFound):
        db.command("getMore", cursor, collection="things")


def test_a_cursor_belongs_to_its_collection(db: Any) -> None:
    cursor = find(db, batchSize=1)["id"]
    with pytest.raises(CursorNotFound):
        db.command("getMore", cursor, collection="other")
    assert len(db.command("getMore", cursor, collection="things")["cursor"]["nextBatch"]) == 249


def test_more_than_16_mebibytes(db: Any) -> None:
    text = "x" * (3 * MEBIBYTE)
    for number in range(12):
        db.large.insert_one({"_id": number, "text": text})
    first = db.command("find", "large")["cursor"]
    assert len(first["firstBatch"]) == 5
    assert [(one["_id"], len(one["text"])) for one in db.large.find()] == [(n, len(text)) for n in range(12)]
    assert len(list(db.large.aggregate([{"$sort": {"_id": -1}}]))) == 12
    with pytest.raises(OperationFailure) as caught:
        list(db.large.aggregate([{"$group": {"_id": None, "all": {"$push": "$text"}}}]))
    assert caught.value.code == 10334
    for number in range(12):
        db.large.update_one({"_id": number}, {"$set": {"text": f"{number}{text}"}})
    with pytest.raises(OperationFailure) as caught:
        db.large.distinct("text")
    assert caught.value.code == 17217


def test_two_documents_of_almost_16_mebibytes(db: Any) -> None:
    text = "x" * (16 * MEBIBYTE - 100)
    for number in (1, 2):
        db.large.insert_one({"_id": number, "text": text})
    assert [one["_id"] for one in db.large.find()] == [1, 2]
