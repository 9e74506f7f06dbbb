"""How fast the embedded store is, printed only: `python bench/store.py [how many sessions]`.

Beside each figure stands how many pings the store answers in the same time, because that ratio says more than
milliseconds of this machine on this day.
"""

from __future__ import annotations

import datetime
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from service.embedded import place

A_MONTH, CLIENTS = 500, 2_000
START = datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC)


def session(number: int) -> dict[str, Any]:
    """One of the sessions: 500 a month, 30 a client."""
    months = number // A_MONTH
    starts_at = START + datetime.timedelta(hours=number)
    return {
        "_id": f"{number:032x}",
        "version": 1,
        "client_id": f"{number % CLIENTS:032x}",
        "psychotherapist_id": f"{number % 20:032x}",
        "starts_at": starts_at,
        "ends_at": starts_at + datetime.timedelta(minutes=50),
        "month": f"{2016 + months // 12}-{months % 12 + 1:02d}",
        "modality": "virtual" if number % 3 else "on_site",
        "status": "done",
        "currency": "PEN",
        "price_cents": 15_000,
        "commission_bp": 3_750,
        "commission_cents": 5_625,
        "counts": True,
        "note": "",
        "pending": [],
    }


def main(count: int) -> None:
    """Starts a store on a temporary folder, fills it, and prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "service.embedded", "--data-dir", folder]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                with connected(folder) as client:
                    measure(client, count)
            finally:
                process.terminate()
        started = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process, connected(folder):
            print(f"{'start with all of it':32} {time.perf_counter() - started:9.2f} s")
            process.terminate()


def connected(folder: str) -> MongoClient[dict[str, Any]]:
    """A client of the store of a folder, once it answers."""
    for _ in range(600):
        client = MongoClient[dict[str, Any]](place.uri(folder), serverSelectionTimeoutMS=100)
        try:
            client.admin.command("ping")
        except PyMongoError:
            client.close()
        else:
            return client
    raise SystemExit("the store does not answer")


def measure(client: MongoClient[dict[str, Any]], count: int) -> None:
    """Prints each figure."""
    sessions = client.bench.sessions
    for key in (["month", "starts_at"], ["client_id", "starts_at"], ["pending"]):
        sessions.create_index([(field, 1) for field in key])
    started = time.perf_counter()
    for first in range(0, count, 600):
        sessions.insert_many([session(number) for number in range(first, min(first + 600, count))])
    print(f"{f'insert {count:,} by 600':32} {time.perf_counter() - started:9.2f} s")
    ping = seconds(lambda: client.admin.command("ping"), 300)
    for name, call in figures(client, count):
        took = seconds(call, 20)
        print(f"{name:32} {took * 1000:9.2f} ms {took / ping:9.1f} pings")


def figures(client: MongoClient[dict[str, Any]], count: int) -> list[tuple[str, Callable[[], Any]]]:
    """(name, what is measured)."""
    sessions = client.bench.sessions
    month, by_id = session(count // 2)["month"], {"_id": session(count // 3)["_id"]}
    report = {
        "_id": {"psychotherapist_id": "$psychotherapist_id", "currency": "$currency"},
        "sessions": {"$sum": {"$cond": ["$counts", 1, 0]}},
        "gross": {"$sum": "$price_cents"},
        "clients": {"$addToSet": "$client_id"},
    }
    fresh = itertools.count(count)
    day = {"$gte": START, "$lt": START + datetime.timedelta(days=1)}
    return [
        ("ping", lambda: client.admin.command("ping")),
        ("one by _id", lambda: sessions.find_one(by_id)),
        ("update one by _id", lambda: sessions.update_one(by_id, {"$inc": {"version": 1}})),
        ("insert one", lambda: sessions.insert_one(session(next(fresh)))),
        ("insert 600", lambda: sessions.insert_many([session(next(fresh)) for _ in range(600)])),
        ("a client's sessions", lambda: list(sessions.find({"client_id": session(5)["client_id"]}))),
        ("a month's 500 sessions", lambda: list(sessions.find({"month": month}).sort("starts_at", 1))),
        (
            "50 of a month, sorted",
            lambda: list(sessions.find({"month": month}).sort("starts_at", 1).limit(50)),
        ),
        (
            "a month's report",
            lambda: list(sessions.aggregate([{"$match": {"month": month}}, {"$group": report}])),
        ),
        ("a look at all", lambda: sessions.count_documents({"price_cents": 1})),
        ("a day without an index", lambda: sessions.count_documents({"starts_at": day})),
    ]


def seconds(call: Callable[[], Any], times: int) -> float:
    """How long one call takes, over so many."""
    call()
    started = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - started) / times


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000)
