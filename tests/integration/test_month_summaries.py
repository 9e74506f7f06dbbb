"""Month summaries: what each write changes, and who reads, writes and sums up at the same moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from service.database import Db
from service.documents import (
    backups,
    month_checks,
    month_counts,
    month_summaries,
    months,
    pending,
    sessions,
    survey_mails,
)
from service.documents.store import Document
from tests.conftest import NOW
from tests.interrupted import Interruption
from tests.people_data import LIMA, client, psychotherapist

JANUARY, MARCH, MAY = "2026-01", "2026-03", "2026-05"
MONTHS = (JANUARY, "2026-02", MARCH, "2026-04", MAY)


@dataclass(frozen=True)
class Centre:
    """A psychotherapist and two clients."""

    db: Db
    luis: str
    ana: str
    eva: str

    def book(self, month: str, client_id: str, db: Db | None = None, **more: Any) -> Document:
        """A session on the 15th of a month."""
        start = datetime.fromisoformat(f"{month}-15T09:00").replace(tzinfo=LIMA)
        times = {"starts_at": start, "ends_at": start + timedelta(minutes=50)}
        people = {"client_id": client_id, "psychotherapist_id": self.luis, "overbooking_reason": "x"}
        return sessions.create(
            self.db if db is None else db, {**people, **times, "modality": "virtual", **more}, NOW, LIMA
        )

    def edit(self, session: Document, **changes: Any) -> Document:
        """A change that staff make."""
        return sessions.update(
            self.db, session["_id"], {"overbooking_reason": "x", **changes}, None, NOW, LIMA
        )

    def new(self) -> dict[str, int]:
        """New clients by month, as the year shows them."""
        shown = {each["month"]: each["new_clients"] for each in months.year(self.db, 2026)}
        return {month: count for month, count in shown.items() if count}


@pytest.fixture
def centre(db: Db) -> Centre:
    people = client(db, "Ana", "Ríos"), client(db, "Eva", "Paz")
    return Centre(db, psychotherapist(db, "Luis", "Rey")["_id"], *(person["_id"] for person in people))


def wrong(db: Db) -> list[Document]:
    """What is not as counting it would show, once all is summed up."""
    month_summaries.settle(db)
    assert pending.count(db) == 0
    return month_checks.check(db, MONTHS)


def test_a_client_is_new_where_the_first_session_is_whatever_becomes_of_it(centre: Centre) -> None:
    march, may = centre.book(MARCH, centre.ana), centre.book(MAY, centre.ana)
    assert centre.new() == {MARCH: 1}
    january = centre.book(JANUARY, centre.ana)
    assert centre.new() == {JANUARY: 1}, "March has no mark of its own, and knows"
    centre.edit(january, status="cancelled")
    assert centre.new() == {MARCH: 1}
    centre.edit(march, client_id=centre.eva)
    assert centre.new() == {MARCH: 1, MAY: 1}, "the session of another client now"
    sessions.delete(centre.db, march["_id"], None, NOW)
    sessions.delete(centre.db, may["_id"], None, NOW)
    assert centre.new() == {}
    assert wrong(centre.db) == []


def test_two_writes_do_not_hide_a_month_from_each_other(centre: Centre) -> None:
    """Each of the two is the client's first where the other is left out; March has to be counted too."""
    centre.book(MARCH, centre.ana)
    assert centre.new() == {MARCH: 1}
    centre.book(JANUARY, centre.ana)
    centre.book("2026-02", centre.ana)
    assert centre.new() == {JANUARY: 1}
    assert wrong(centre.db) == []


def test_summing_up_is_no_edit(centre: Centre) -> None:
    session = centre.book(MARCH, centre.ana)
    month_summaries.settle(centre.db)
    stored = sessions.get(centre.db, session["_id"])
    assert stored == {name: value for name, value in session.items() if name != "pending"}
    sessions.update(centre.db, session["_id"], {"note": "x"}, session["version"], NOW, LIMA)


def test_what_is_written_while_months_are_counted_stays_marked(centre: Centre) -> None:
    first = centre.book(MARCH, centre.ana)
    told = Interruption(centre.db, 1, lambda: centre.edit(first, note="x"))
    month_summaries.settle(told.db)
    assert told.reached
    assert pending.count(centre.db) == 1
    assert wrong(centre.db) == []


def everything(centre: Centre, first: Document) -> None:
    """What others may do at any moment: change whose first session is where, and sum up in between."""
    centre.edit(first, status="cancelled")
    month_summaries.settle(centre.db)
    centre.book("2026-02", centre.ana)
    centre.edit(first, status="done", client_id=centre.eva)
    month_summaries.settle(centre.db)


def others_first(centre: Centre, first: Document) -> None:
    """The month that is being counted loses its new client to one that is booked only now."""
    sessions.delete(centre.db, first["_id"], None, NOW)
    centre.book(MAY, centre.eva)
    month_summaries.settle(centre.db)
    centre.book("2026-02", centre.ana)


def back_and_forth(centre: Centre, first: Document) -> None:
    """March has the new client for a moment, and nobody marks March."""
    centre.edit(first, status="cancelled")
    centre.edit(first, status="done")
    month_summaries.settle(centre.db)


@pytest.mark.parametrize(
    ("happens", "wait"), [(everything, False), (others_first, True), (back_and_forth, True)]
)
def test_whoever_counts_is_overtaken_at_any_moment(
    centre: Centre, happens: Callable[[Centre, Document], None], wait: bool
) -> None:
    """Between any two operations of one who sums up, others write and sum up; in the end all is right."""
    at = 0
    while True:
        for name in ("sessions", "month_summaries", "calendars"):
            centre.db[name].delete_many({})
        first = centre.book(JANUARY, centre.ana)
        march = centre.book(MARCH, centre.ana)
        month_summaries.settle(centre.db)
        centre.edit(march, note="x")
        centre.book(MARCH, centre.eva)
        if wait:
            centre.edit(first, status="cancelled")
        told = Interruption(centre.db, at, partial(happens, centre, first), reads=True)
        month_summaries.settle(told.db)
        if not told.reached:
            break
        assert wrong(centre.db) == [], at
        at += 1
    assert at > 10


def test_a_reader_who_finds_very_much_waiting_counts_what_is_asked_for(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_summaries.read(centre.db, MONTHS)
    monkeypatch.setattr(month_summaries, "READER_SETTLES", 2)
    for month in (JANUARY, "2026-02", MARCH):
        centre.book(month, centre.ana)
    assert centre.new() == {JANUARY: 1}
    assert pending.count(centre.db) == 3, "left to the worker"
    assert wrong(centre.db) == []


def test_months_without_sessions_are_shown_empty_and_not_kept(centre: Centre) -> None:
    centre.book(MARCH, centre.ana)
    shown = months.year(centre.db, 2026)
    assert [each["month"] for each in shown] == [f"2026-{n:02d}" for n in range(1, 13)]
    assert [each["sessions"] for each in shown] == [0, 0, 1] + [0] * 9
    empty = shown[0]
    assert (empty["gross"], empty["clients"], empty["nps"]["score"]) == ({}, 0, None)
    assert centre.db.month_summaries.distinct("_id") == [MARCH]


def test_answers_are_in_the_year_at_once(centre: Centre) -> None:
    centre.book(MARCH, centre.ana)
    months.year(centre.db, 2026)
    asked = {"version": 1, "month": MARCH, "state": "sent", "pending": [MARCH]}
    ratings = ((n, rating) for n, rating in enumerate((10, 9, 9, 2)))
    centre.db.invitations.insert_many(
        [{**asked, "_id": f"{MARCH}-{n}", "link_hash": str(n), "answer": {"nps": r}} for n, r in ratings]
    )
    nps = months.year(centre.db, 2026)[2]["nps"]
    assert (nps["score"], nps["answers"], nps["invited"]) == (50, 4, 4)
    assert pending.count(centre.db) == 0


def test_a_mail_that_is_sent_again_is_not_counted_until_it_has_gone(centre: Centre) -> None:
    reader = client(centre.db, "Rosa", "Paz", email="rosa@example.com")["_id"]
    asked = {"version": 1, "month": MARCH, "state": "unconfirmed", "pending": [MARCH], "person_id": reader}
    centre.db.invitations.insert_one({**asked, "_id": f"{MARCH}-1", "link_hash": "1"})
    assert months.year(centre.db, 2026)[2]["nps"]["invited"] == 1
    assert survey_mails.retry(centre.db, f"{MARCH}-1")
    assert months.year(centre.db, 2026)[2]["nps"]["invited"] == 0


def test_a_copy_has_no_summaries_and_is_counted_anew(centre: Centre, tmp_path: Path) -> None:
    centre.book(MARCH, centre.ana)
    before = months.figures(centre.db, MARCH)
    backups.write(centre.db, tmp_path / "copy")
    backups.restore(centre.db, tmp_path / "copy", replace=True)
    assert centre.db.month_summaries.count_documents({}) == 0
    assert months.figures(centre.db, MARCH) == before
    assert centre.db.month_summaries.count_documents({}) == 1


def test_a_stale_count_never_replaces_a_newer_summary(centre: Centre) -> None:
    centre.book(MARCH, centre.ana)
    stale = {"_id": MARCH, **month_counts.recount(centre.db, MARCH)}
    centre.book(MARCH, centre.eva)
    month_summaries.settle(centre.db)
    assert not month_summaries._replace(centre.db, stale, 0)
    month_summaries.sum_up(centre.db, MARCH)
    assert not month_summaries._replace(centre.db, stale, 1)
    assert wrong(centre.db) == []
