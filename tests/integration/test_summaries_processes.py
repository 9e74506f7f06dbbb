"""Two processes that write and one that sums up, at the same time: in the end every summary is a recount."""

import contextlib
import multiprocessing
import random
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier, Event
from typing import Any

from service import database
from service.config import Settings
from service.database import Db
from service.documents import merges, month_checks, month_summaries, months, pending, sessions
from service.domain.money import Money
from service.errors import ConsultorioError
from tests.conftest import NOW, STAFF_ID
from tests.people_data import LIMA, client, psychotherapist

#: So many that few later writes mark again what a lost mark would leave wrong.
MONTHS = [f"{year}-{month:02d}" for year in range(2021, 2027) for month in range(1, 13)]
WRITERS, WRITES = 2, 60
THERE = {"month": {"$exists": True}}


def write(settings: Settings, people: list[str], therapist: str, seed: int, start: Barrier) -> None:
    """One process: books, moves, hands over, cancels, deletes and merges at random."""
    chance = random.Random(seed)
    with database.connect(settings.mongodb_uri) as connection:
        db = database.open_database(connection, settings.mongodb_db)
        start.wait(60)
        for _ in range(WRITES):
            with contextlib.suppress(ConsultorioError):
                change(db, chance, people, therapist)


def change(db: Db, chance: random.Random, people: list[str], therapist: str) -> None:
    """One change."""
    what, own = chance.random(), list(db.sessions.find(THERE))
    if what < 0.35 or not own:
        data = {"client_id": chance.choice(people), "psychotherapist_id": therapist, "modality": "virtual"}
        sessions.create(db, {**data, **some_time(chance), "overbooking_reason": "x"}, NOW, LIMA)
        return
    one = chance.choice(own)["_id"]
    if what < 0.55:
        edit(db, one, some_time(chance))
    elif what < 0.75:
        edit(db, one, {"status": chance.choice(("cancelled", "done"))})
    elif what < 0.85:
        edit(db, one, {"client_id": chance.choice(people), "price": Money(chance.randrange(9999), "PEN")})
    elif what < 0.97:
        sessions.delete(db, one, None, NOW)
    else:
        one_person, the_same = chance.sample(people, 2)
        merge = merges.merge(db, one_person, the_same, None, STAFF_ID, NOW)
        merges.undo(db, merge["_id"], NOW)


def edit(db: Db, session_id: str, changes: dict[str, Any]) -> None:
    sessions.update(db, session_id, {"overbooking_reason": "x", **changes}, None, NOW, LIMA)


def some_time(chance: random.Random) -> dict[str, datetime]:
    day = f"{chance.choice(MONTHS)}-{chance.randrange(1, 28):02d}"
    begins = datetime.fromisoformat(f"{day}T{chance.randrange(8, 20):02d}:00").replace(tzinfo=LIMA)
    return {"starts_at": begins, "ends_at": begins + timedelta(minutes=50)}


def sum_up(settings: Settings, start: Barrier, over: Event, rounds: Any) -> None:
    """Another process: sums up as the worker does, until the writers are done; how often there was work."""
    with database.connect(settings.mongodb_uri) as connection:
        db = database.open_database(connection, settings.mongodb_db)
        start.wait(60)
        worked = 0
        while not over.is_set():
            worked += month_summaries.settle(db) > 0
        rounds.put(worked)


def test_summaries_are_right_after_writers_and_a_worker_at_once(settings: Settings, db: Db) -> None:
    people = [client(db, f"Ana{n}", "Ríos")["_id"] for n in range(4)]
    therapists = [psychotherapist(db, f"Luis{n}", "Rey")["_id"] for n in range(WRITERS)]
    context = multiprocessing.get_context("spawn")
    start, over, rounds = context.Barrier(WRITERS + 1), context.Event(), context.Queue()
    writers = [
        context.Process(target=write, args=(settings, people, therapist, seed, start), daemon=True)
        for seed, therapist in enumerate(therapists)
    ]
    worker = context.Process(target=sum_up, args=(settings, start, over, rounds), daemon=True)
    for process in (*writers, worker):
        process.start()
    while any(process.is_alive() for process in writers):
        months.year(db, 2026)
        for process in writers:
            process.join(0.02)
    over.set()
    assert rounds.get(timeout=60) > 3
    worker.join(10)
    merges.sweep(db, NOW)
    assert month_checks.check(db, MONTHS) == []
    assert pending.count(db) == 0
    assert db.sessions.count_documents(THERE) > 10
