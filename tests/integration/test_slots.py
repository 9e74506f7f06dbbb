"""One slot, many processes: a psychotherapist's time is given once, and a client's; a crash on the way leaves
nothing half done.
"""

import multiprocessing
from multiprocessing.synchronize import Barrier

import pytest

from service import database
from service.config import Settings
from service.database import Db
from service.documents import calendars, client_time, clients, psychotherapists, sessions
from service.domain.money import Money
from service.errors import Conflict
from tests.conftest import NOW

PROCESSES, TRIES, ROUNDS = 4, 8, 50


@pytest.fixture
def people(db: Db) -> dict[str, str]:
    """A client and a psychotherapist."""
    client = clients.create(db, {"given_names": "Ana", "family_names": "Ríos"}, NOW)
    return {"client_id": client["_id"], "psychotherapist_id": therapist(db)}


def therapist(db: Db) -> str:
    """One more psychotherapist's id."""
    terms = {"commission_bp": 3750, "default_price": Money(18000, "PEN")}
    person = {"given_names": "Ronald", "family_names": "Emard", **terms}
    return str(psychotherapists.create(db, person, NOW)["_id"])


def slot(settings: Settings, people: dict[str, str], day: int, minute: int = 0) -> dict:
    start = NOW.replace(year=2027, month=1 + day // 28, day=1 + day % 28, minute=minute)
    return {**people, "starts_at": start, "ends_at": start.replace(hour=18), "modality": "virtual"}


def race(
    settings: Settings, people: dict[str, str], own: str, barrier: Barrier, results: multiprocessing.Queue
) -> None:
    """One process: in every round it tries eight overlapping slots of the same hour.

    In the first half of them all have the same psychotherapist; then each has its own, with the same client.
    """
    with database.connect(settings.mongodb_uri) as client:
        db = database.open_database(client, settings.mongodb_db)
        won = [0] * ROUNDS
        for day in range(ROUNDS):
            barrier.wait(60)
            who = people if day < ROUNDS // 2 else {**people, "psychotherapist_id": own}
            for attempt in range(TRIES):
                try:
                    sessions.create(db, slot(settings, who, day, attempt), NOW, settings.zone)
                    won[day] += 1
                except Conflict:
                    pass
        results.put(won)


def test_four_processes_never_get_the_same_slot_twice_nor_the_same_client(
    settings: Settings, db: Db, people: dict[str, str]
) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    racers = [
        context.Process(target=race, args=(settings, people, therapist(db), barrier, results), daemon=True)
        for _ in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    won = [results.get(timeout=100) for _ in racers]
    for racer in racers:
        racer.join(10)
    assert [sum(by_round) for by_round in zip(*won, strict=True)] == [1] * ROUNDS
    assert db.sessions.count_documents({}) == ROUNDS
    assert (calendars.sweep(db), client_time.sweep(db) <= 1) == (0, True)


def test_what_a_crash_left_reserved_is_finished_by_the_next_writer_or_the_sweep(
    settings: Settings, db: Db, people: dict[str, str]
) -> None:
    """A writer dies right after it reserved: the slot is taken, and the session appears once."""
    crashed = sessions.new_document(db, slot(settings, people, 0), NOW, settings.zone)
    left = {"id": "r1", "writes": [calendars.write(crashed)]}
    db.calendars.insert_one({"_id": people["psychotherapist_id"], "version": 1, "reservations": [left]})
    with pytest.raises(Conflict):
        sessions.create(db, slot(settings, people, 0, 30), NOW, settings.zone)
    assert [session["_id"] for session in db.sessions.find()] == [crashed["_id"]]

    db.calendars.update_one({}, {"$push": {"reservations": left | {"id": "r2"}}, "$inc": {"version": 1}})
    assert (calendars.sweep(db), calendars.sweep(db)) == (1, 0)
    assert db.sessions.count_documents({}) == 1


def test_finishing_late_does_not_bring_a_deleted_session_back(
    settings: Settings, db: Db, people: dict[str, str]
) -> None:
    session = sessions.create(db, slot(settings, people, 0), NOW, settings.zone)
    sessions.delete(db, session["_id"], None, NOW)
    late = {"id": "r1", "writes": [calendars.write(session)]}
    db.calendars.update_one({}, {"$push": {"reservations": late}, "$inc": {"version": 1}})
    assert calendars.sweep(db) == 1
    assert sessions.find(db, sessions.condition(db, {})) == []
    sessions.create(db, slot(settings, people, 0, 30), NOW, settings.zone)


def test_a_late_edit_that_lost_changes_nothing(settings: Settings, db: Db, people: dict[str, str]) -> None:
    session = sessions.create(db, slot(settings, people, 0), NOW, settings.zone)
    newer = sessions.update(db, session["_id"], {"note": "nueva"}, 1, NOW, settings.zone)
    late = {"id": "r1", "writes": [calendars.write(session | {"version": 2, "note": "tarde"}, session)]}
    db.calendars.update_one({}, {"$push": {"reservations": late}, "$inc": {"version": 1}})
    calendars.sweep(db)
    assert sessions.get(db, session["_id"]) == newer
