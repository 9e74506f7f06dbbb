"""The scheduler's rounds and the lease that lets one scheduler ask at a time."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from pymongo.errors import AutoReconnect

from service.config import Settings
from service.database import Db
from service.documents import leases
from tests.conftest import NOW
from tests.processes import ROOT, wait_until
from workers import unfinished
from workers.scheduler import LEASE, Scheduler

AT = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def test_a_lease_is_one_holders_until_it_runs_out(db: Db) -> None:
    assert leases.acquire(db, "x", "ana", AT, 60)
    assert not leases.acquire(db, "x", "luis", later(59), 60)
    assert leases.acquire(db, "x", "ana", later(59), 60), "renewed by its holder"
    assert not leases.acquire(db, "x", "luis", later(118), 60)
    assert leases.acquire(db, "x", "luis", later(119), 60), "run out"
    assert not leases.acquire(db, "x", "ana", later(120), 60)
    assert leases.acquire(db, "another", "ana", AT, 60)


def test_only_its_holder_gives_a_lease_back(db: Db) -> None:
    leases.acquire(db, "x", "ana", AT, 60)
    leases.release(db, "x", "luis")
    assert not leases.acquire(db, "x", "luis", AT, 60)
    leases.release(db, "x", "ana")
    assert leases.acquire(db, "x", "luis", AT, 60)


def test_of_many_at_the_same_moment_one_gets_the_lease(db: Db) -> None:
    for round in range(20):
        start = threading.Barrier(8)

        def try_it(holder: int, name: str = f"lease-{round}", start: threading.Barrier = start) -> bool:
            start.wait()
            return leases.acquire(db, name, str(holder), AT, 60)

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(try_it, range(8))) == 1


def test_a_round_asks_everything_and_one_failure_holds_up_no_other(app: Flask) -> None:
    asked: list[object] = []

    def fails(app: Flask, now: datetime) -> None:
        raise ValueError("María Quispe")

    def answers(app: Flask, now: datetime) -> None:
        asked.append((current_app.name, now))

    assert Scheduler(app, {"fails": fails, "answers": answers}).round()
    assert asked == [("service", NOW)], "inside the app's context, with the calendar's now"


def test_a_second_scheduler_asks_nothing_until_the_first_leaves(app: Flask) -> None:
    asked: list[str] = []
    first = Scheduler(app, {"due": lambda app, now: asked.append("first")})
    second = Scheduler(app, {"due": lambda app, now: asked.append("second")})

    assert first.round()
    assert not second.round()
    first.stop()
    first.run()
    assert second.round()

    assert asked == ["first", "second"]


def test_a_store_that_is_away_is_waited_for(app: Flask) -> None:
    tries: list[int] = []
    scheduler: Scheduler

    def due(app: Flask, now: datetime) -> None:
        scheduler.stop()

    class Flaky(Scheduler):
        def round(self) -> bool:
            tries.append(1)
            if len(tries) < 3:
                raise AutoReconnect("gone")
            return super().round()

    scheduler = Flaky(app, {"due": due})
    scheduler.run(interval=0.01)
    assert len(tries) == 3


def test_the_process_takes_the_lease_and_gives_it_back_on_sigterm(settings: Settings, db: Db) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_DB": settings.mongodb_db,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(settings.data_dir),
    }
    process = subprocess.Popen([sys.executable, "-m", "workers.scheduler"], env=environ)
    try:
        wait_until(lambda: db.leases.find_one({"_id": LEASE}), "the lease")
        process.terminate()
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
    assert db.leases.find_one({"_id": LEASE}) is None


def test_what_a_crash_left_half_written_is_finished(app: Flask, db: Db) -> None:
    ana, luis = "a" * 32, "b" * 32
    kinds = {
        "psychotherapists": [],
        "clients": [{"client_id": luis, "kind": "partner", "answers_surveys": False}],
    }
    names = {"version": 1, "given_names": "Ana", "family_names": "Ríos", "search": []}
    db.clients.insert_one({"_id": ana, **names, "relationships": kinds, "unmirrored": [luis]})
    db.clients.insert_one({"_id": luis, **names, "relationships": {"psychotherapists": [], "clients": []}})

    unfinished.finish(app, NOW)

    mirrored = db.clients.find_one({"_id": luis})
    assert mirrored is not None
    assert [each["client_id"] for each in mirrored["relationships"]["clients"]] == [ana]
    assert db.clients.count_documents({"unmirrored": {"$exists": True}}) == 0
