"""Series under race and crash: a slot has one owner, a series is there whole or not at all."""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

from service import database
from service.config import Settings
from service.database import Db
from service.documents import calendars, clients, psychotherapists, series, sessions, store
from service.domain.booking import overlapping
from service.domain.money import Money
from service.errors import Conflict, NotFound, Stale
from tests.conftest import NOW
from tests.processes import wait_until
from tests.small_centre import LIMA

PROCESSES, ROUNDS, LENGTH = 4, 20, 4
START = datetime(2027, 1, 4, 9, 0, tzinfo=LIMA)
Act = Callable[[], Any]


@pytest.fixture
def people(db: Db) -> dict[str, str]:
    """A client, a psychotherapist, and a colleague who may stand in."""
    therapist, colleague = (
        psychotherapists.create(
            db,
            {
                "given_names": name,
                "family_names": "Emard",
                "commission_bp": 3750,
                "default_price": Money(18000, "PEN"),
            },
            NOW,
        )["_id"]
        for name in ("Ronald", "Hellen")
    )
    client = clients.create(db, {"given_names": "Ana", "family_names": "Ríos"}, NOW)
    return {"client_id": client["_id"], "psychotherapist_id": therapist, "colleague": colleague}


@pytest.fixture
def booked(db: Db, people: dict[str, str]) -> list[dict[str, Any]]:
    """A series of four."""
    return series.create(db, wanted(people, START), NOW, LIMA)


def wanted(people: dict[str, str], start: datetime, count: int = LENGTH) -> dict[str, Any]:
    who = {name: people[name] for name in ("client_id", "psychotherapist_id")}
    times = {"starts_at": start, "ends_at": start + timedelta(minutes=50)}
    return {**who, **times, "modality": "virtual", "repeat": {"every_weeks": 1, "count": count}}


def in_flight(db: Db) -> int:
    return sum(len(calendar["reservations"]) for calendar in db.calendars.find())


def whole(db: Db, length: int) -> list[str]:
    """The series there are; each has all its sessions."""
    by_series: dict[str, int] = {}
    for session in db.sessions.find({"series_id": {"$ne": None}, "month": {"$exists": True}}):
        by_series[session["series_id"]] = by_series.get(session["series_id"], 0) + 1
    assert set(by_series.values()) <= {length}
    return sorted(by_series)


# Four processes at the same moment -------------------------------------------


def book(settings: Settings, people: dict[str, str], number: int, barrier: Barrier, results: Any) -> None:
    """One process: in each round it confirms a series or a single session that overlaps all the others'."""
    with database.connect(settings.mongodb_uri) as client:
        db = database.open_database(client, settings.mongodb_db)
        won = []
        for turn in range(ROUNDS):
            start = START + timedelta(days=turn % 5, weeks=LENGTH * 2 * (turn // 5), minutes=10 * number)
            data = wanted(people, start + timedelta(weeks=2) if number == 3 else start)
            barrier.wait(60)
            with contextlib.suppress(Conflict):
                if number == 3:
                    won.append(sessions.create(db, data, NOW, LIMA)["series_id"])
                else:
                    won.append(series.create(db, data, NOW, LIMA)[0]["series_id"])
        results.put(won)


def change(settings: Settings, people: dict[str, str], number: int, barrier: Barrier, results: Any) -> None:
    """One process: in each round it does its own kind of change to the same series."""
    with database.connect(settings.mongodb_uri) as client:
        db = database.open_database(client, settings.mongodb_db)
        done = []
        for turn in range(ROUNDS):
            ids = ids_of_round(turn)
            barrier.wait(60)
            with contextlib.suppress(Conflict, Stale, NotFound):
                if number == 0:
                    note = {"note": f"todas {turn}"}
                    changed = series.update_following(db, ids[0], note, None, NOW, LIMA)
                    done.append((turn, [each["_id"] for each in changed]))
                elif number == 1:
                    to = {"psychotherapist_id": people["colleague"]}
                    sessions.update(db, ids[2], to, None, NOW, LIMA)
                elif number == 2:
                    sessions.delete(db, ids[3], None, NOW)
                else:
                    sessions.update(db, ids[1], {"modality": "on_site"}, None, NOW, LIMA)
        results.put((number, done))


def ids_of_round(turn: int) -> list[str]:
    """The sessions of the round's series, whatever has been done to them since."""
    return [store.derived_id("round", str(turn), str(n)) for n in range(LENGTH)]


def run(target: Callable[..., None], settings: Settings, people: dict[str, str]) -> list[Any]:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    racers = [
        context.Process(target=target, args=(settings, people, number, barrier, results), daemon=True)
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    outcome = [results.get(timeout=100) for _ in racers]
    for racer in racers:
        racer.join(10)
    return outcome


def test_overlapping_series_and_sessions_have_one_owner_and_are_whole(
    settings: Settings, db: Db, people: dict[str, str]
) -> None:
    won = [winner for winners in run(book, settings, people) for winner in winners]
    everything = list(db.sessions.find())
    assert [each["_id"] for each in everything if overlapping(each, everything)] == []
    assert whole(db, LENGTH) == sorted(winner for winner in won if winner)
    assert len(won) >= ROUNDS
    assert len(everything) == sum(LENGTH if winner else 1 for winner in won)
    assert in_flight(db) == 0


def test_a_change_of_all_beside_changes_of_one_is_in_all_or_in_none(
    settings: Settings, db: Db, people: dict[str, str]
) -> None:
    for turn in range(ROUNDS):
        start = START + timedelta(days=turn % 5, weeks=LENGTH * (turn // 5))
        for number, session in enumerate(series.create(db, wanted(people, start), NOW, LIMA)):
            db.sessions.delete_one({"_id": session["_id"]})
            known = store.derived_id("round", str(turn), str(number))
            db.sessions.insert_one(session | {"_id": known, "series_id": f"round {turn}"})
    [(_, done)] = [outcome for outcome in run(change, settings, people) if outcome[0] == 0]
    changed = dict(done)
    for turn in range(ROUNDS):
        now = list(db.sessions.find({"_id": {"$in": ids_of_round(turn)}}))
        marked = [each["_id"] for each in now if each.get("deleted", each)["note"] == f"todas {turn}"]
        assert sorted(marked) == sorted(changed.get(turn, []))
    assert changed


# Crashes ----------------------------------------------------------------------


def crashed(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """`act`, by a writer that dies right after the push."""

    def die(*_: Any) -> list[Any]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(calendars, "_finish", die)
        with pytest.raises(KeyboardInterrupt):
            act()


@pytest.mark.parametrize("written", [0, 2])
def test_a_series_that_was_pushed_is_finished_by_the_sweep(
    db: Db, people: dict[str, str], monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    crashed(lambda: series.create(db, wanted(people, START), NOW, LIMA), monkeypatch)
    [calendar] = db.calendars.find()
    for each in calendar["reservations"][0]["writes"][:written]:
        db.sessions.insert_one(each["session"])
    assert (calendars.sweep(db), calendars.sweep(db)) == (1, 0)
    assert len(whole(db, LENGTH)) == 1


def test_a_series_that_was_pushed_is_finished_by_the_next_writer(
    db: Db, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed(lambda: series.create(db, wanted(people, START), NOW, LIMA), monkeypatch)
    with pytest.raises(Conflict):
        series.create(db, wanted(people, START + timedelta(weeks=3)), NOW, LIMA)
    assert len(whole(db, LENGTH)) == 1


def test_a_request_that_crashed_and_comes_again_makes_the_series_once(
    db: Db, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = store.request_of("user", "route", "key", {"a": 1})
    crashed(lambda: series.create(db, wanted(people, START), NOW, LIMA, request), monkeypatch)
    again = series.create(db, wanted(people, START), NOW, LIMA, request)
    assert [each["series_id"] for each in again] == [request.id] * LENGTH
    assert whole(db, LENGTH) == [request.id]


def test_a_change_and_a_deletion_of_all_are_finished_by_the_sweep(
    db: Db, booked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = booked[0]["_id"]
    crashed(lambda: series.update_following(db, first, {"note": "todas"}, 1, NOW, LIMA), monkeypatch)
    calendars.sweep(db)
    assert {each["note"] for each in series.get(db, first)} == {"todas"}
    crashed(lambda: series.delete_following(db, booked[1]["_id"], 2, NOW), monkeypatch)
    calendars.sweep(db)
    assert [each["_id"] for each in series.get(db, first)] == [first]


def make_series(settings: Settings, people: dict[str, str], after: int) -> None:
    """One process: books series after series until it is killed."""
    with database.connect(settings.mongodb_uri) as client:
        db = database.open_database(client, settings.mongodb_db)
        for day in range(100):
            start = START + timedelta(days=day % 7, weeks=30 * (day // 7), hours=after)
            series.create(db, wanted(people, start, 30), NOW, LIMA)


def more_than(db: Db, count: int) -> bool:
    return db.sessions.count_documents({}) > count


def test_killed_at_any_moment_a_series_is_whole_or_not_there(
    settings: Settings, db: Db, people: dict[str, str]
) -> None:
    context = multiprocessing.get_context("spawn")
    for turn in range(4):
        there = db.sessions.count_documents({})
        writer = context.Process(target=make_series, args=(settings, people, turn), daemon=True)
        writer.start()
        wait_until(partial(more_than, db, there + 30 * turn), "a series")
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join(10)
        calendars.sweep(db)
        whole(db, 30)
    assert in_flight(db) == 0


# One session beside the change of all --------------------------------------------


@pytest.mark.parametrize("what", ["takeover", "deletion", "cancellation"])
def test_what_happens_to_one_between_look_and_push_has_the_change_of_all_look_again(
    db: Db, people: dict[str, str], booked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    push, turns = calendars._push, []
    one = booked[2]["_id"]

    def something_first(*args: Any) -> bool:
        turns.append(1)
        if len(turns) == 1 and what == "deletion":
            sessions.delete(db, one, 1, NOW)
        elif len(turns) == 1:
            to = {"psychotherapist_id": people["colleague"]}
            sessions.update(db, one, to if what == "takeover" else {"status": "cancelled"}, 1, NOW, LIMA)
        return push(*args)

    monkeypatch.setattr(calendars, "_push", something_first)
    changed = series.update_following(db, booked[0]["_id"], {"note": "todas"}, 1, NOW, LIMA)
    assert [each["_id"] for each in changed] == [booked[n]["_id"] for n in (0, 1, 3)]
    left = [each for each in series.get(db, booked[0]["_id"]) if each["_id"] != one]
    assert [each["note"] for each in left] == ["todas"] * 3
    assert len(turns) == 3


def test_a_takeover_that_is_in_flight_comes_before_a_change_of_all(
    db: Db, people: dict[str, str], booked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    to = {"psychotherapist_id": people["colleague"]}
    crashed(lambda: sessions.update(db, booked[2]["_id"], to, 1, NOW, LIMA), monkeypatch)
    changed = series.update_following(db, booked[0]["_id"], {"note": "todas"}, 1, NOW, LIMA)
    assert [each["_id"] for each in changed] == [booked[n]["_id"] for n in (0, 1, 3)]
    assert sessions.get(db, booked[2]["_id"])["psychotherapist_id"] == people["colleague"]
    assert in_flight(db) == 0


@pytest.mark.parametrize("first", ["colleague", "psychotherapist_id"])
def test_a_change_of_all_that_was_pushed_comes_before_a_takeover(
    db: Db, people: dict[str, str], booked: list[dict[str, Any]], first: str
) -> None:
    """Both are in flight, and either calendar is finished first: the takeover finds a newer version."""
    taken = booked[2] | {"version": 2, "psychotherapist_id": people["colleague"]}
    changes = [calendars.write(each | {"version": 2, "note": "todas"}, each) for each in booked]
    takeover = [calendars.write(taken, booked[2])]
    for who, writes in ((people["psychotherapist_id"], changes), (people["colleague"], takeover)):
        db.calendars.replace_one(
            {"_id": who}, {"version": 5, "reservations": [{"id": f"r {who}", "writes": writes}]}, upsert=True
        )
    calendars.reserve(db, people[first], list)
    calendars.sweep(db)
    assert [each["note"] for each in series.get(db, booked[0]["_id"])] == ["todas"] * LENGTH
    assert in_flight(db) == 0
