"""One client, two psychotherapists, one hour: whatever happens between which two operations, one gets it.

And a session that is booked in the moment in which its psychotherapist's terms change has the ones of that
moment: it counts as registered before, or has the new ones.
"""

import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from service.database import Db
from service.documents import calendars, client_time, psychotherapists, series, sessions
from service.documents.store import Document
from service.domain.booking import overlapping
from service.errors import Conflict
from tests.conftest import NOW
from tests.interrupted import Crash, Interruption, crash
from tests.people_data import client, psychotherapist
from tests.small_centre import LIMA

START = NOW + timedelta(days=7)
PERCENT = {"commission_bp": 4000, "effective_on": START.date().isoformat()}
Book = Callable[[Db], Any]


@pytest.fixture
def people(db: Db) -> dict[str, str]:
    """A client and two psychotherapists."""
    therapists = {name: psychotherapist(db, name, "Emard")["_id"] for name in ("Ronald", "Hellen")}
    return {"client": client(db, "Rosa", "Quispe")["_id"], **therapists}


def wanted(people: dict[str, str], name: str, minutes: int = 0) -> dict[str, Any]:
    start = START + timedelta(minutes=minutes)
    who = {"client_id": people["client"], "psychotherapist_id": people[name]}
    return {**who, "starts_at": start, "ends_at": start + timedelta(minutes=50), "modality": "virtual"}


def booking(people: dict[str, str], how: str) -> tuple[Callable[[Db], Book], Book]:
    """What books Rosa with Ronald (after some preparation), and what books her with Hellen at that hour."""

    def prepared(db: Db) -> Book:
        if how == "series":
            repeat = {"every_weeks": 1, "count": 2}
            return lambda db: series.create(db, {**wanted(people, "Ronald"), "repeat": repeat}, NOW, LIMA)
        if how == "move":
            own = sessions.create(db, wanted(people, "Ronald", 600), NOW, LIMA)
            times = {name: wanted(people, "Ronald")[name] for name in ("starts_at", "ends_at")}
            return lambda db: sessions.update(db, own["_id"], times, 1, NOW, LIMA)
        return lambda db: sessions.create(db, wanted(people, "Ronald"), NOW, LIMA)

    return prepared, lambda db: sessions.create(db, wanted(people, "Hellen", 20), NOW, LIMA)


def stored(db: Db) -> list[Document]:
    return list(db.sessions.find({"counts": True}))


def empty(db: Db) -> None:
    for name in ("sessions", "calendars", "client_time"):
        db[name].delete_many({})


@pytest.mark.parametrize("how", ["session", "series", "move"])
def test_somebody_books_the_client_elsewhere_between_any_two_operations(
    db: Db, people: dict[str, str], how: str
) -> None:
    prepare, other = booking(people, how)
    for at in itertools.count():
        empty(db)
        book = prepare(db)
        won: list[str] = []

        def elsewhere(won: list[str] = won) -> None:
            with suppress(Conflict):
                other(db)
                won.append("other")

        interrupted = Interruption(db, at, elsewhere, reads=True)
        with suppress(Conflict):
            book(interrupted.db)
            won.append("own")
        if not interrupted.reached:
            break
        assert len(won) == 1, (at, won)
        assert not any(overlapping(session, stored(db)) for session in stored(db)), at
        assert calendars.sweep(db) == 0
        client_time.sweep(db)
        assert client_time.sweep(db) == 0
    assert at > 8


def test_a_crash_at_any_write_leaves_the_hour_to_one_of_the_two(db: Db, people: dict[str, str]) -> None:
    prepare, other = booking(people, "session")
    for at in itertools.count():
        empty(db)
        dying = crash(db, at)
        with suppress(Crash):
            prepare(db)(dying.db)
        if not dying.reached:
            break
        with suppress(Conflict):
            other(db)
        assert len(stored(db)) == 1, at
        calendars.sweep(db), client_time.sweep(db)
        assert len(stored(db)) == 1, at
        assert client_time.sweep(db) == 0
    assert at == 5


@pytest.mark.parametrize("existing", ["keep", "change"])
@pytest.mark.parametrize("how", ["session", "series"])
def test_terms_change_between_any_two_operations_of_a_booking(
    db: Db, people: dict[str, str], how: str, existing: str
) -> None:
    prepare, _other = booking(people, how)
    for at in itertools.count():
        empty(db)
        there_before: list[Document] = []

        def change(there: list[Document] = there_before) -> None:
            psychotherapists.update(
                db, people["Ronald"], {**PERCENT, "existing_sessions": existing}, None, NOW
            )
            there += stored(db)

        db.psychotherapists.update_many({}, {"$pull": {"terms": {"commission_bp": 4000}}})
        interrupted = Interruption(db, at, change, reads=True)
        prepare(db)(interrupted.db)
        if not interrupted.reached:
            break
        kept = existing == "keep" and there_before
        assert {session["commission_bp"] for session in stored(db)} == {3750 if kept else 4000}, at
    assert at > 8
