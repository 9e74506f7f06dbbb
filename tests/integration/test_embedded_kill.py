"""kill -9 of the store in the middle of a stream of acknowledged writes from two processes, twenty times.

Run as a program (`python -m tests.integration.test_embedded_kill URI NAME LOG`) it is one of the writers.
"""

import subprocess
import sys
import time
from collections import Counter
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from service.embedded import place
from tests.integration.embedded_process import READY_SECONDS, running

ROUNDS, WRITES_A_ROUND, WRITERS = 20, 40, ("left", "right")


def write_for_ever(uri: Any, name: Any, log_path: Any) -> None:
    """Writes of four kinds, one after the other; each number goes into the log once it is acknowledged."""
    with (
        MongoClient[dict[str, Any]](uri, retryWrites=False, serverSelectionTimeoutMS=30_000) as client,
        open(log_path, "w") as log,
    ):
        for number in range(1_000_000):
            try:
                write(client.centre, name, number)
            except ConnectionFailure:
                continue  # it was not acknowledged; it may have been written or not
            log.write(f"{number}\n")
            log.flush()


def write(db: Any, name: Any, number: Any) -> None:
    """The write of this number."""
    kind, identity = number % 4, f"{name}-{number}"
    if kind == 0:
        db.single.insert_one({"_id": identity, "text": "ñ" * 300})
    elif kind == 1:
        db.triple.insert_many([{"_id": f"{identity}-{n}", "batch": identity} for n in range(3)])
    elif kind == 2:
        db.counters.update_one({"_id": name}, {"$set": {"n": number, "same": number}}, upsert=True)
    elif is_deleted_again(number - 3):
        db.single.delete_one({"_id": f"{name}-{number - 3}"})


def is_deleted_again(number: Any) -> Any:
    """Every second of the single documents is: by the write that comes three later."""
    return number % 8 == 0


def acknowledged(log_path: Any) -> Any:
    """The numbers that a writer knows to be written; a line that is not finished does not count."""
    text = log_path.read_text() if log_path.exists() else ""
    return [int(line) for line in text[: text.rfind("\n") + 1].split()]


def wait_for_writes(logs: Any, writers: Any, more: Any) -> None:
    """Waits until each writer has so many more writes acknowledged."""
    before = {name: len(acknowledged(log)) for name, log in logs.items()}
    deadline = time.monotonic() + READY_SECONDS
    while any(len(acknowledged(log)) < before[name] + more for name, log in logs.items()):
        assert all(writer.poll() is None for writer in writers)
        assert time.monotonic() < deadline
        time.sleep(0.005)


def check(db: Any, name: Any, numbers: Any) -> None:
    """Nothing acknowledged is lost, nothing half written."""
    done = set(numbers)
    single = {one["_id"] for one in db.single.find({}, {"_id": 1})}
    kept = {f"{name}-{n}" for n in done if n % 4 == 0 and not is_deleted_again(n)}
    deleted = {f"{name}-{n - 3}" for n in done if n % 4 == 3 and is_deleted_again(n - 3)}
    assert kept and kept <= single
    assert deleted and not deleted & single
    batches = Counter(one["batch"] for one in db.triple.find())
    assert set(batches.values()) == {3}
    assert {f"{name}-{n}" for n in done if n % 4 == 1} <= set(batches)
    counter = db.counters.find_one({"_id": name})
    assert counter["n"] == counter["same"]
    assert counter["n"] >= max(n for n in done if n % 4 == 2)


@pytest.mark.slow
def test_kill_in_the_middle_of_writes(tmp_path: Any) -> None:
    logs = {name: tmp_path / name for name in WRITERS}
    with running(tmp_path / "store") as store:
        command = [sys.executable, "-m", "tests.integration.test_embedded_kill", place.uri(store.folder)]
        writers = [subprocess.Popen([*command, name, str(log)]) for name, log in logs.items()]
        try:
            for _ in range(ROUNDS):
                wait_for_writes(logs, writers, WRITES_A_ROUND)
                store.kill()
                known = {name: acknowledged(log) for name, log in logs.items()}
                store.start()
                with store.client() as client:
                    for name, numbers in known.items():
                        check(client.centre, name, numbers)
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()
    assert all(len(acknowledged(log)) >= ROUNDS * WRITES_A_ROUND for log in logs.values())


if __name__ == "__main__":
    write_for_ever(*sys.argv[1:])
