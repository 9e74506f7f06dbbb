"""The store's life on disk: what was answered is there after any end; damage, a second owner, a full disk."""

import os
import resource
import signal
import socket
import sqlite3
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import bson
import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure

from service.embedded import place
from tests.integration.embedded_process import StoreProcess, running

DATABASE = place.DATABASE_NAME


@pytest.fixture
def store(tmp_path: Any) -> Iterator[Any]:
    """A store of this test's own."""
    with running(tmp_path / "store") as process:
        yield process


def restart(store: Any, end: Any) -> None:
    """Ends the store in one way or the other and starts it again."""
    getattr(store, end)()
    store.start()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_everything_is_there_again(store: Any, end: Any) -> None:
    with store.client() as client:
        db = client.centre
        db.create_collection("empty")
        db.things.create_index([("a", 1), ("b", -1)], unique=True, partialFilterExpression={"a": {"$gt": 1}})
        db.things.create_index("c")
        db.things.drop_index("c_1")
        db.things.insert_many([{"_id": n, "a": n, "b": {"list": [n, 1.0, None]}} for n in range(5)])
        db.things.update_one({"_id": 1}, {"$set": {"a": 50}})
        db.things.delete_one({"_id": 0})
        db.things.insert_one({"_id": 0, "a": -1})
        db.gone.insert_one({})
        db.gone.drop()
        before = list(db.things.find())
        indexes = list(db.things.list_indexes())
        restart(store, end)
        assert list(db.things.find()) == before
        assert [one["_id"] for one in before] == [1, 2, 3, 4, 0]
        assert list(db.things.list_indexes()) == indexes
        assert sorted(db.list_collection_names()) == ["empty", "things"]
        with pytest.raises(DuplicateKeyError):
            db.things.insert_one({"_id": 9, "a": 50, "b": {"list": [1, 1, None]}})
        db.things.insert_one({"_id": 10, "a": 51})
        assert [one["_id"] for one in db.things.find()] == [1, 2, 3, 4, 0, 10]


def test_a_clean_stop_ends_what_is_under_way_and_leaves_one_file(store: Any) -> None:
    answered = []

    def write(number: Any) -> None:
        with store.client(retryWrites=False) as client:
            try:
                for n in range(100_000):
                    client.centre.things.insert_one({"_id": f"{number}-{n}"})
                    answered.append(f"{number}-{n}")
            except Exception:  # noqa: S110 - the store is gone, which is what the test waits for
                pass

    threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    while len(answered) < 60:
        threading.Event().wait(0.01)
    assert store.stop() == 0
    for thread in threads:
        thread.join()
    assert sorted(os.listdir(store.folder)) == [place.LOCK_NAME, DATABASE]
    store.start()
    with store.client() as client:
        stored = {one["_id"] for one in client.centre.things.find()}
    assert set(answered) <= stored
    assert len(stored - set(answered)) <= 3  # one a writer, whose answer was cut off


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_with_an_idle_client_connected(store: Any, number: Any) -> None:
    with store.client() as client:
        client.admin.command("ping")
        os.kill(store.pid, number)
        assert store.wait() == 0  # it does not wait for the client to go
    assert not place.socket_path(store.folder).exists()


#: A store whose main thread never sees SIGTERM: the system gives it to another thread, as it may any time.
DEAF_MAIN_THREAD = """
import signal, sys, threading
from service.embedded.__main__ import main
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
sys.exit(main())
"""


def test_it_stops_whichever_thread_is_told_and_however_long_it_waits(tmp_path: Any) -> None:
    with running(tmp_path / "store", "-c", DEAF_MAIN_THREAD) as store, store.client() as client:
        client.admin.command("ping")
        os.kill(store.pid, signal.SIGTERM)
        assert store.wait() == 0


def test_nobody_else_may_read_it(store: Any) -> None:
    for name in ("", DATABASE, place.SOCKET_NAME, place.LOCK_NAME):
        mode = stat.S_IMODE((store.folder / name).stat().st_mode)
        assert mode & 0o077 == 0, (name, oct(mode))


def test_it_says_what_it_is_for_and_how_to_move_on(store: Any) -> None:
    assert "una sola máquina" in store.log
    for word in ("backup", "MONGODB_URI", "restore"):
        assert word in store.log


def test_a_second_owner_is_told_who_holds_it(store: Any) -> None:
    second = StoreProcess(store.folder)
    second.spawn()
    assert second.wait() == 1
    assert f"el proceso {store.pid} ya usa el almacén de {store.folder}" in store.log
    with store.client() as client:
        assert client.admin.command("ping")["ok"] == 1.0


def test_a_socket_left_by_a_killed_store_is_no_obstacle(store: Any) -> None:
    store.kill()
    assert place.socket_path(store.folder).exists()
    store.start()


def test_a_path_too_long_for_a_socket(tmp_path: Any) -> None:
    folder = tmp_path / ("x" * 60) / ("y" * 60)
    folder.parent.mkdir()
    with running(folder) as store:
        path = place.socket_path(folder)
        assert folder not in path.parents
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        store.stop()
        assert not path.exists()
        path.parent.rmdir()


def test_another_socket(tmp_path: Any) -> None:
    path = tmp_path / "other.sock"
    mode = tmp_path.stat().st_mode
    store = StoreProcess(tmp_path / "store")
    store.start("--socket", str(path))
    assert place.socket_path(store.folder) == path
    assert tmp_path.stat().st_mode == mode
    store.stop()


def damaged(store: Any) -> Any:
    """How a store on this folder ends, and what it says."""
    store.spawn()
    return store.wait(), store.log.splitlines()[-1]


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "empty"])
def test_a_damaged_file_stops_the_start(store: Any, damage: Any) -> None:
    with store.client() as client:
        client.centre.things.insert_many([{"_id": n, "text": "x" * 500} for n in range(200)])
    store.stop()
    path = store.folder / DATABASE
    whole = path.read_bytes()
    content = {
        "cut": whole[: len(whole) // 2],
        "flipped": whole.replace(b"xxxx", b"xxxy", 1),
        "foreign": b"hello" * 1000,
        "empty": b"",
    }
    path.write_bytes(content[damage])
    status, said = damaged(store)
    assert status == 1
    assert said.startswith("No se puede iniciar el almacén: el archivo")
    assert "dañado" in said
    assert path.read_bytes() == content[damage]
    path.write_bytes(whole)
    store.start()
    with store.client() as client:
        assert client.centre.things.count_documents({}) == 200


def test_a_file_that_makes_no_sense_stops_the_start(store: Any) -> None:
    with store.client() as client:
        client.centre.things.insert_one({"_id": 1})
    store.stop()
    connection = sqlite3.connect(store.folder / DATABASE)
    connection.execute("DELETE FROM collections")
    connection.commit()
    connection.close()
    status, said = damaged(store)
    assert (status, "no se entiende" in said) == (1, True)


def limit_file_size(store: Any, size: Any) -> None:
    """No file of the store's may grow beyond so many bytes: to it, the disk is full."""
    resource.prlimit(store.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_refuses_the_write_and_changes_nothing(store: Any) -> None:
    with store.client() as client:
        things = client.centre.things
        things.create_index("n", unique=True)
        things.insert_many([{"_id": n, "n": n} for n in range(5)])
        before, collections = list(things.find()), client.centre.list_collection_names()
        largest = max(path.stat().st_size for path in store.folder.iterdir())
        limit_file_size(store, largest + 8192)
        text = "x" * 100_000
        attempts: list[Callable[[], Any]] = [
            lambda: things.insert_many([{"_id": 10 + n, "n": 10 + n, "text": text} for n in range(5)]),
            lambda: things.update_many({}, {"$set": {"text": text}}),
            lambda: things.find_one_and_update({"_id": 1}, {"$set": {"text": text, "n": 77}}),
            lambda: client.centre.other.insert_one({"text": text}),
        ]
        for attempt in attempts:
            with pytest.raises(OperationFailure) as caught:
                attempt()
            assert caught.value.code == 14031
            assert list(things.find()) == before
            assert client.centre.list_collection_names() == collections
        limit_file_size(store, resource.RLIM_INFINITY)
        things.insert_one({"_id": 11, "n": 77, "text": text})
        restart(store, "kill")
        assert [one["_id"] for one in things.find()] == [0, 1, 2, 3, 4, 11]
    assert text not in store.log


def test_a_frame_that_was_cut_off_changes_nothing(store: Any) -> None:
    """A client that dies in the middle of sending an insert of several documents."""
    documents = bson.encode(
        {"insert": "things", "$db": "centre", "documents": [{"_id": n} for n in range(50)]}
    )
    body = struct.pack("<I", 0) + b"\0" + documents
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(place.socket_path(store.folder)))
        connection.sendall((struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body)[:-10])
    with store.client() as client:
        assert client.centre.things.count_documents({}) == 0
