"""The engine over its file: random commands, failing disks and restarts leave what was answered, exactly."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.embedded import engine as engine_module
from service.embedded.commands.request import command
from service.embedded.disk import Disk, DiskFailed
from service.embedded.engine import Engine

IDS = st.integers(0, 5)
FIELDS = st.fixed_dictionaries(
    {}, optional={"a": st.integers(0, 3), "b": st.lists(st.integers(0, 3), max_size=2)}
)
QUERIES = st.one_of(
    st.builds(lambda n: {"_id": n}, IDS),
    st.builds(lambda n: {"a": n}, st.integers(0, 3)),
    st.builds(lambda n: {"b": {"$gte": n}}, st.integers(0, 3)),
)
CHANGES = st.one_of(
    FIELDS,
    st.builds(lambda n: {"$set": {"a": n}}, st.integers(0, 3)),
    st.builds(lambda n: {"$push": {"b": n}, "$inc": {"n": 1}}, st.integers(0, 3)),
    st.sampled_from([{"$unset": {"a": ""}}, {"$set": {"_id": 99}}, {"$rename": {"a": "c"}}]),
)
FLAGS = st.booleans()


def update_command(q: Any, u: Any, multi: bool, upsert: bool) -> dict[str, Any]:
    """An update of one statement."""
    return {"update": "t", "updates": [{"q": q, "u": u, "multi": multi, "upsert": upsert}]}


COMMANDS = st.one_of(
    st.builds(
        lambda documents, ordered: {"insert": "t", "documents": documents, "ordered": ordered},
        st.lists(st.builds(lambda n, fields: {"_id": n, **fields}, IDS, FIELDS), min_size=1, max_size=4),
        FLAGS,
    ),
    st.builds(update_command, QUERIES, CHANGES, FLAGS, FLAGS),
    st.builds(
        lambda q, limit: {"delete": "t", "deletes": [{"q": q, "limit": limit}]}, QUERIES, st.integers(0, 1)
    ),
    st.builds(
        lambda q, u, new: {"findAndModify": "t", "query": q, "update": u, "new": new}, QUERIES, CHANGES, FLAGS
    ),
    st.sampled_from([
        {"createIndexes": "t", "indexes": [{"key": {"a": 1}, "name": "a_1", "unique": True, "sparse": True}]},
        {"createIndexes": "t", "indexes": [{"key": {"b": 1}, "name": "b_1"}]},
        {"dropIndexes": "t", "index": "*"},
        {"drop": "t"},
        {"create": "t"},
    ]),
)  # fmt: skip


def ask(engine: Any, command: Any) -> Any:
    """The reply to a command on one database."""
    return engine.answer({**command, "$db": "centre"})


def state(engine: Any) -> Any:
    """All that a client can see: collections, documents in their order, indexes."""
    names = [one["name"] for one in rows(ask(engine, {"listCollections": 1}))]
    return {
        name: (rows(ask(engine, {"find": name})), rows(ask(engine, {"listIndexes": name})))
        for name in sorted(names)
    }


def rows(reply: Any) -> Any:
    """The documents of a first batch."""
    assert reply["ok"] == 1.0, reply
    return [dict(one) for one in reply["cursor"]["firstBatch"]]


def found_by_index(engine: Any) -> Any:
    """What each value finds: the same from indexes that were kept up and from new ones."""
    queries = [{field: value} for field in ("_id", "a", "b") for value in range(6)] + [
        {"a": None},
        {"b": {"$gt": 0}},
    ]
    return [rows(ask(engine, {"find": "t", "filter": query})) for query in queries]


@settings(max_examples=60, deadline=None)
@given(commands=st.lists(COMMANDS, max_size=12))
def test_a_restart_gives_the_same(tmp_path_factory: Any, commands: Any) -> None:
    path = tmp_path_factory.mktemp("engine") / "store.sqlite3"
    engine = Engine(Disk(path))
    replies = [ask(engine, command) for command in commands]
    assert all(reply.get("code") not in (1, 8) for reply in replies), replies
    before, found = state(engine), found_by_index(engine)
    engine.close()
    engine = Engine(Disk(path))
    assert (state(engine), found_by_index(engine)) == (before, found)
    engine.close()


@settings(max_examples=60, deadline=None)
@given(first=st.lists(COMMANDS, max_size=8), failing=COMMANDS)
@example(
    first=[
        {
            "createIndexes": "t",
            "indexes": [{"key": {"a": 1}, "name": "a_1"}, {"key": {"b": 1}, "name": "b_1"}],
        }
    ],
    failing={"dropIndexes": "t", "index": "*"},
)
def test_a_write_that_the_disk_refuses_changes_nothing(
    tmp_path_factory: Any, first: Any, failing: Any
) -> None:
    path = tmp_path_factory.mktemp("engine") / "store.sqlite3"
    disk = Disk(path)
    engine = Engine(disk)
    for one in first:
        ask(engine, one)
    before, found = state(engine), found_by_index(engine)
    with mock.patch.object(disk, "write", side_effect=DiskFailed("database or disk is full")):
        reply = ask(engine, failing)
    assert reply["ok"] == 1.0 or reply["code"] != 1
    assert (state(engine), found_by_index(engine)) == (before, found)
    engine.close()


@pytest.fixture
def engine(tmp_path: Any) -> Iterator[Any]:
    """An engine on a new file."""
    engine = Engine(Disk(tmp_path / "store.sqlite3"))
    yield engine
    engine.close()


def test_what_is_put_back_stands_where_it_stood(engine: Any) -> None:
    ask(engine, {"insert": "t", "documents": [{"_id": n} for n in range(4)]})
    with mock.patch.object(Disk, "write", side_effect=DiskFailed("full")):
        for removing in (
            {"delete": "t", "deletes": [{"q": {"_id": 1}, "limit": 1}, {"q": {"_id": 0}, "limit": 1}]},
            {"findAndModify": "t", "query": {"_id": 2}, "remove": True},
            {"drop": "t"},
        ):
            assert ask(engine, removing)["code"] == 14031
    assert rows(ask(engine, {"find": "t"})) == [{"_id": n} for n in range(4)]


def test_an_unexpected_error_is_an_answer_and_changes_nothing(
    engine: Any, monkeypatch: Any, caplog: Any
) -> None:
    def broken(request: Any) -> dict[str, Any]:
        request.memory.made("centre", "half")
        raise ZeroDivisionError("Rosa Quispe")

    monkeypatch.setitem(engine_module._COMMANDS, "broken", command(broken))
    reply = ask(engine, {"broken": 1})
    assert (reply["ok"], reply["code"]) == (0.0, 1)
    assert state(engine) == {}
    assert "ZeroDivisionError" in caplog.text
    assert "Rosa" not in caplog.text + str(reply)
    assert ask(engine, {"ping": 1}) == {"ok": 1.0}


def test_what_the_library_cannot_do_is_said_so(engine: Any, monkeypatch: Any) -> None:
    def unable(request: Any) -> dict[str, Any]:
        raise NotImplementedError("something")

    monkeypatch.setitem(engine_module._COMMANDS, "unable", command(unable))
    assert ask(engine, {"unable": 1})["code"] == 115


def test_reading_writes_nothing(engine: Any, monkeypatch: Any) -> None:
    ask(engine, {"insert": "t", "documents": [{"_id": 1}]})

    def write(self, operations: Any) -> None:
        raise AssertionError("a read has written")

    monkeypatch.setattr(Disk, "write", write)
    assert rows(ask(engine, {"find": "t"})) == [{"_id": 1}]
    assert ask(engine, {"update": "t", "updates": [{"q": {"_id": 1}, "u": {"$set": {}}}]})["n"] == 1
    assert ask(engine, {"delete": "t", "deletes": [{"q": {"_id": 2}, "limit": 1}]})["n"] == 0
