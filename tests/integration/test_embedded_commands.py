"""The embedded store as a driver sees it: each command, its answers and its errors."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from bson import Binary, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.datetime_ms import DatetimeMS
from pymongo import MongoClient, ReturnDocument
from pymongo.errors import OperationFailure

from tests.integration.embedded_process import fresh_database


@pytest.fixture
def db(store_uri: Any) -> Iterator[Any]:
    """A database that nobody else uses."""
    with fresh_database(store_uri) as database:
        yield database


def refused(call: Any, *arguments: Any, **options: Any) -> Any:
    """The code with which a call is refused."""
    with pytest.raises(OperationFailure) as caught:
        call(*arguments, **options)
    return caught.value.code


def test_the_server_says_what_a_driver_needs(db: Any) -> None:
    hello = db.client.admin.command("hello")
    assert hello["isWritablePrimary"] is True
    assert "setName" not in hello  # a standalone: drivers then send no retryable writes
    assert hello["maxBsonObjectSize"] == 16 * 1024 * 1024
    assert db.client.admin.command("isMaster")["ismaster"] is True
    assert db.client.server_info()["versionArray"][0] == 7
    assert db.command("ping") == {"ok": 1.0}
    assert db.command("connectionStatus")["authInfo"]["authenticatedUsers"] == []


def test_unknown_commands_and_options_are_refused_by_name(db: Any) -> None:
    with pytest.raises(OperationFailure, match="no such command: 'mapReduce'") as caught:
        db.command("mapReduce", "x")
    assert (caught.value.code, (caught.value.details or {})["codeName"]) == (59, "CommandNotFound")
    assert refused(db.command, "find", "x", nonsense=1) == 40415
    for option in (
        {"collation": {"locale": "es"}},
        {"let": {"a": 1}},
        {"returnKey": True},
        {"min": {"a": 1}},
    ):
        with pytest.raises(OperationFailure, match=next(iter(option))) as caught:
            db.command("find", "x", **option)
        assert caught.value.code == 115
    assert db.command("find", "x", collation={"locale": "simple"}, returnKey=False)["ok"] == 1.0


def test_an_option_of_a_statement_is_refused_too(db: Any) -> None:
    statement = {"q": {}, "u": {"$set": {"a": 1}}, "collation": {"locale": "es"}}
    (error,) = db.command("update", "x", updates=[statement], check=False)["writeErrors"]
    assert (error["index"], error["code"]) == (0, 115)


def test_transactions_are_refused(db: Any) -> None:
    with db.client.start_session() as session:
        db.things.insert_one({"_id": 1}, session=session)
        assert db.things.find_one({"_id": 1}, session=session) == {"_id": 1}
        with session.start_transaction():
            assert refused(db.things.insert_one, {"_id": 2}, session=session) == 20
            session.abort_transaction()
    assert db.things.count_documents({}) == 1


def test_write_concerns(db: Any) -> None:
    assert db.command("insert", "x", documents=[{}], writeConcern={"w": "majority", "j": True})["n"] == 1
    for promise in (2, "other machines"):
        assert refused(db.command, "insert", "x", documents=[{}], writeConcern={"w": promise}) == 2
    assert refused(db.command, "insert", "$x", documents=[{}]) == 73


def test_types_come_back_as_they_went(db: Any) -> None:
    document = {
        "_id": ObjectId(),
        "int": 5,
        "long": Int64(5),
        "large": 2**40,
        "double": 1.0,
        "decimal": Decimal128("1.50"),
        "text": "ñandú €",
        "bytes": b"\x00\xff",
        "binary": Binary(b"x", 128),
        "date": datetime.datetime(1960, 10, 30, 12, 0, 0, 123000, tzinfo=datetime.UTC),
        "yes": True,
        "none": None,
        "regex": Regex("^a", "im"),
        "timestamp": Timestamp(1, 2),
        "min": MinKey(),
        "max": MaxKey(),
        "list": [1, [2.0, {"z": 1, "a": 2}]],
        "empty": {},
        "dotted": {"a.b": 1},
    }
    db.things.insert_one(document)
    options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
    found = db.things.with_options(codec_options=options).find_one({})
    assert found == document
    assert {name: type(value) for name, value in found.items()} == {
        **{name: type(value) for name, value in document.items()},
        "large": Int64,
    }
    assert list(found) == list(document)


def test_a_date_that_python_does_not_know_stays_whole(db: Any) -> None:
    milliseconds: CodecOptions[dict[str, Any]] = CodecOptions(
        datetime_conversion=DatetimeConversion.DATETIME_MS
    )
    things = db.things.with_options(codec_options=milliseconds)
    things.insert_one({"_id": 1, "at": DatetimeMS(2**55)})
    assert int(things.find_one({"at": {"$gt": DatetimeMS(0)}})["at"]) == 2**55


def test_find_sorts_skips_limits_and_projects(db: Any) -> None:
    db.things.insert_many([{"_id": n, "n": n % 3, "text": "x"} for n in range(10)])
    found = db.things.find({"n": {"$lt": 2}}, {"n": 1}).sort([("n", -1), ("_id", 1)]).skip(1).limit(3)
    assert list(found) == [{"_id": 4, "n": 1}, {"_id": 7, "n": 1}, {"_id": 0, "n": 0}]
    assert list(db.things.find().limit(-2)) == [{"_id": n, "n": n, "text": "x"} for n in (0, 1)]
    assert db.things.find_one({"_id": 99}) is None
    assert list(db.nothing.find()) == []
    assert refused(db.nothing.find_one, {"$nonsense": 1}) == 2


def test_a_cursor_shows_what_was_there_when_it_was_opened(db: Any) -> None:
    db.things.insert_many([{"_id": n} for n in range(20)])
    cursor = db.things.find(batch_size=5)
    assert next(cursor) == {"_id": 0}
    db.things.delete_many({"_id": {"$gte": 10}})
    db.things.update_many({}, {"$set": {"later": True}})
    assert list(cursor) == [{"_id": n} for n in range(1, 20)]


def test_count_and_distinct(db: Any) -> None:
    db.things.insert_many([{"_id": n, "n": n % 3, "tags": ["all", f"t{n % 2}"]} for n in range(10)])
    assert db.things.count_documents({"n": 1}) == 3
    assert db.things.count_documents({}, skip=2, limit=5) == 5
    assert db.things.estimated_document_count() == 10
    assert db.command("count", "things", query={"n": 0}, skip=1)["n"] == 3
    assert db.things.count_documents({"n": 9}) == 0
    assert sorted(db.things.distinct("tags", {"n": {"$gt": 0}})) == ["all", "t0", "t1"]
    assert db.things.distinct("missing") == []


def test_aggregate(db: Any) -> None:
    db.clients.insert_many([{"_id": n, "name": f"c{n}"} for n in range(3)])
    db.things.insert_many([{"_id": n, "client": n % 3, "cents": 100 * n} for n in range(6)])
    pipeline = [
        {"$match": {"cents": {"$gte": 100}}},
        {"$group": {"_id": "$client", "cents": {"$sum": "$cents"}}},
        {"$lookup": {"from": "clients", "localField": "_id", "foreignField": "_id", "as": "client"}},
        {"$unwind": "$client"},
        {"$project": {"_id": 0, "name": "$client.name", "cents": 1}},
        {"$sort": {"name": 1}},
    ]
    assert list(db.things.aggregate(pipeline)) == [
        {"cents": 300, "name": "c0"},
        {"cents": 500, "name": "c1"},
        {"cents": 700, "name": "c2"},
    ]
    assert list(db.nothing.aggregate([{"$group": {"_id": None, "n": {"$sum": 1}}}])) == []
    assert refused(db.things.aggregate, [{"$out": "other"}]) == 115
    assert db.list_collection_names(filter={"name": "other"}) == []
    assert refused(db.aggregate, [{"$currentOp": {}}]) == 115


@pytest.mark.parametrize(
    ("options", "value", "stored"),
    [
        ({"update": {"$inc": {"n": 1}}}, {"_id": 1, "n": 1}, {"_id": 1, "n": 2}),
        ({"update": {"$inc": {"n": 1}}, "new": True}, {"_id": 1, "n": 2}, {"_id": 1, "n": 2}),
        ({"update": {"n": 9}, "new": True}, {"_id": 1, "n": 9}, {"_id": 1, "n": 9}),
        (
            {"update": {"$inc": {"n": 1}}, "new": True, "fields": {"n": 1, "_id": 0}},
            {"n": 2},
            {"_id": 1, "n": 2},
        ),
        ({"remove": True}, {"_id": 1, "n": 1}, None),
    ],
)
def test_find_and_modify(db: Any, options: Any, value: Any, stored: Any) -> None:
    db.things.insert_many([{"_id": 1, "n": 1}, {"_id": 2, "n": 5}])
    reply = db.command("findAndModify", "things", query={"_id": 1}, **options)
    assert reply["value"] == value
    assert reply["lastErrorObject"]["n"] == 1
    assert db.things.find_one({"_id": 1}) == stored


def test_find_and_modify_sorts_and_upserts(db: Any) -> None:
    db.things.insert_many([{"_id": n, "n": n} for n in range(3)])
    first = db.things.find_one_and_update({}, {"$set": {"taken": True}}, sort=[("n", -1)])
    assert first == {"_id": 2, "n": 2}
    assert db.things.find_one_and_update({"_id": 9}, {"$set": {"n": 1}}) is None
    assert db.things.find_one_and_update({"_id": 9}, {"$set": {"n": 1}}, upsert=True) is None
    reply = db.command(
        "findAndModify", "things", query={"k": 1}, update={"$set": {"n": 1}}, upsert=True, new=True
    )
    assert reply["lastErrorObject"] == {"n": 1, "updatedExisting": False, "upserted": reply["value"]["_id"]}
    after = db.things.find_one_and_replace({"_id": 9}, {"n": 7}, return_document=ReturnDocument.AFTER)
    assert after == {"_id": 9, "n": 7}
    assert refused(db.command, "findAndModify", "things", query={}) == 9
    assert refused(db.command, "findAndModify", "things", remove=True, update={"a": 1}) == 9
    changed = db.things.find_one_and_update(
        {"_id": 9}, {"$set": {"list": [1, 5]}}, return_document=ReturnDocument.AFTER
    )
    assert changed["list"] == [1, 5]
    db.things.find_one_and_update({"_id": 9}, {"$set": {"list.$[x]": 0}}, array_filters=[{"x": {"$gt": 2}}])
    assert db.things.find_one({"_id": 9})["list"] == [1, 0]


def test_collections_and_databases(db: Any) -> None:
    db.create_collection("empty")
    db.things.insert_one({"_id": 1})
    assert sorted(db.list_collection_names()) == ["empty", "things"]
    assert refused(db.command, "create", "empty") == 48
    (shown,) = db.list_collections(filter={"name": "things"})
    assert (shown["type"], shown["idIndex"]["name"]) == ("collection", "_id_")
    assert db.name in db.client.list_database_names()
    (info,) = [one for one in db.client.list_databases() if one["name"] == db.name]
    assert info["sizeOnDisk"] > 0
    db.things.drop()
    db.things.drop()
    assert db.list_collection_names() == ["empty"]
    db.client.drop_database(db.name)
    assert db.name not in db.client.list_database_names()
    for name in ("", "a..b", "$a", ".a", "system.users"):
        assert refused(db.command, "create", name) == 73


def test_clients_of_several_processes_and_options_get_on(store_uri: Any, db: Any) -> None:
    with MongoClient[dict[str, Any]](
        store_uri, tz_aware=True, retryWrites=True, w="majority", journal=True
    ) as other:
        other[db.name].things.insert_one({"_id": 1})
    assert db.things.find_one() == {"_id": 1}


def test_an_error_inside_leaves_the_connection_alive(db: Any) -> None:
    things = db.things
    things.insert_one({"_id": 1, "n": "text"})
    assert refused(things.aggregate, [{"$project": {"x": {"$multiply": ["$n", 2]}}}]) == 14
    assert refused(things.aggregate, [{"$project": {"x": {"$dateToString": {"date": "$n"}}}}]) in (2, 115)
    assert things.find_one() == {"_id": 1, "n": "text"}
