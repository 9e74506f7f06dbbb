"""A centre that changes at random, with crashes between any two writes: its summaries are always a recount.

A step is one change, which may be killed before any of its writes; what it left stays until somebody meets it
or the scheduler's turn comes. After each step every month is read as pages read it. Used by
tests/integration/test_summaries_machine.py and by the soak.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.database import Db
from service.documents import (
    calendars,
    clients,
    import_batch,
    merges,
    month_checks,
    month_summaries,
    months,
    pending,
    session_undo,
    sessions,
    store,
)
from service.documents.store import Document
from service.domain.money import Money
from service.domain.sheets.duplicates import PlannedSession
from service.domain.sheets.plan import Plan
from service.domain.sheets.sessions import SessionRow
from service.errors import ConsultorioError
from tests.conftest import NOW, STAFF_ID
from tests.interrupted import Crash, crash
from tests.people_data import LIMA, client, psychotherapist

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
COLLECTIONS = (
    "sessions",
    "clients",
    "psychotherapists",
    "calendars",
    "merges",
    "invitations",
    "month_summaries",
)

#: Killed before this write of a change; None: it lives.
KILLED = st.one_of(st.none(), st.integers(0, 6))
WHO, WHICH = st.integers(0, 3), st.integers(0, 30)
WHEN = st.tuples(st.sampled_from(MONTHS), st.integers(1, 27))
STATUS = st.sampled_from(("done", "done", "cancelled", "no_show"))
MONEY = st.sampled_from((Money(0, "PEN"), Money(12345, "PEN"), Money(7501, "PEN"), Money(5000, "USD")))


class Centre(RuleBasedStateMachine):
    """Four clients, two psychotherapists, four months."""

    #: How many steps all runs took together, and how many of them were killed.
    steps = kills = 0

    def __init__(self, db: Db) -> None:
        super().__init__()
        self.db = db
        self.numbers = count()
        self.step = 0

    @initialize()
    def open(self) -> None:
        """An empty centre."""
        for name in COLLECTIONS:
            self.db[name].delete_many({})
        self.people = [client(self.db, f"Ana{n}", "Ríos")["_id"] for n in range(4)]
        self.therapists = [psychotherapist(self.db, f"Luis{n}", "Rey")["_id"] for n in range(2)]

    @rule(who=WHO, therapist=WHO, when=WHEN, status=STATUS, price=MONEY, killed=KILLED)
    def book(
        self, who: int, therapist: int, when: Any, status: str, price: Money, killed: int | None
    ) -> None:
        """A new session."""
        people = {"client_id": self.people[who], "psychotherapist_id": self.therapists[therapist % 2]}
        more = {"modality": ("virtual", "on_site")[who % 2], "status": status, "price": price}
        data = {**people, **_times(when), **more, "overbooking_reason": "x"}
        self.change(lambda db: sessions.create(db, data, NOW, LIMA), killed)

    @precondition(lambda self: self.any_session())
    @rule(which=WHICH, when=WHEN, killed=KILLED)
    def move(self, which: int, when: Any, killed: int | None) -> None:
        """A session goes to another day, often of another month."""
        self.edit(which, _times(when), killed)

    @precondition(lambda self: self.any_session())
    @rule(which=WHICH, price=MONEY, killed=KILLED)
    def reprice(self, which: int, price: Money, killed: int | None) -> None:
        """Another price."""
        self.edit(which, {"price": price}, killed)

    @precondition(lambda self: self.any_session())
    @rule(which=WHICH, status=STATUS, killed=KILLED)
    def tell(self, which: int, status: str, killed: int | None) -> None:
        """Cancelled, missed, or done after all."""
        self.edit(which, {"status": status}, killed)

    @precondition(lambda self: self.any_session())
    @rule(which=WHICH, who=WHO, killed=KILLED)
    def hand_over(self, which: int, who: int, killed: int | None) -> None:
        """It was another client's session."""
        self.edit(which, {"client_id": self.people[who]}, killed)

    @precondition(lambda self: self.any_session())
    @rule(which=WHICH, who=WHO, killed=KILLED)
    def stand_in(self, which: int, who: int, killed: int | None) -> None:
        """Another psychotherapist."""
        self.edit(which, {"psychotherapist_id": self.therapists[who % 2]}, killed)

    @precondition(lambda self: self.any_session())
    @rule(which=WHICH, killed=KILLED)
    def delete(self, which: int, killed: int | None) -> None:
        """A session is deleted."""
        one = self.session(which)
        self.change(lambda db: sessions.delete(db, one["_id"], None, NOW), killed)

    @rule(which=WHICH, killed=KILLED)
    def restore(self, which: int, killed: int | None) -> None:
        """A deletion is taken back."""
        gone = list(self.db.sessions.find({"deleted_at": {"$exists": True}}).sort("_id", 1))
        if gone:
            one = gone[which % len(gone)]
            self.change(lambda db: session_undo.undo(db, one["_id"], one["version"], NOW, LIMA), killed)

    @rule(one=WHO, other=WHO, killed=KILLED)
    def merge(self, one: int, other: int, killed: int | None) -> None:
        """Two clients were one person."""
        pair = self.people[one], self.people[other]
        self.change(lambda db: merges.merge(db, *pair, None, STAFF_ID, NOW), killed)

    @rule(which=WHICH, killed=KILLED)
    def unmerge(self, which: int, killed: int | None) -> None:
        """They were not."""
        done = merges.latest_of(self.db, self.people)
        if done:
            merge_id = done[which % len(done)]["_id"]
            self.change(lambda db: merges.undo(db, merge_id, NOW), killed)

    @rule(rows=st.lists(st.tuples(WHO, WHO, WHEN, STATUS, MONEY), min_size=1, max_size=5), killed=KILLED)
    def take_in(self, rows: list[Any], killed: int | None) -> None:
        """A sheet of sessions; a process that dies of it is followed by another."""
        batch = store.new_id()
        planned = [PlannedSession(self.people[row[0]], self.row(n, *row[1:])) for n, row in enumerate(rows)]
        merged = {client["_id"] for client in self.db.clients.find({"merged_into": {"$exists": True}})}
        plan = Plan(sessions=[one for one in planned if one.client not in merged])

        def add(db: Db) -> None:
            import_batch.add_sessions(db, batch, plan, NOW, LIMA, _nobody)

        if self.change(add, killed):
            add(self.db)

    @rule(which=WHICH, killed=KILLED)
    def take_back(self, which: int, killed: int | None) -> None:
        """An import is undone, as far as nobody changed its sessions."""
        batches = sorted(self.db.sessions.distinct("batch", {"batch": {"$exists": True}}))
        if batches:
            batch = batches[which % len(batches)]

            def remove(db: Db) -> None:
                import_batch.remove(db, batch, NOW, _nobody)

            if self.change(remove, killed):
                remove(self.db)

    @rule(month=st.sampled_from(MONTHS), nps=st.integers(0, 10))
    def answer(self, month: str, nps: int) -> None:
        """Somebody was asked, and answered."""
        number = next(self.numbers)
        own = {"_id": f"{month}:{number}", "version": 1, "month": month, "state": "sent", "pending": [month]}
        self.db.invitations.insert_one({**own, "link_hash": str(number), "answer": {"nps": nps}})

    @rule(month=st.sampled_from(MONTHS), killed=KILLED)
    def look(self, month: str, killed: int | None) -> None:
        """Somebody opens a month before anything is swept; perhaps the reader dies of it."""
        self.change(lambda db: months.figures(db, month), killed)

    @rule(killed=KILLED)
    def sweep(self, killed: int | None) -> None:
        """The scheduler's turn: what crashes left is finished, what waits is summed up; it may die too."""
        self.change(_sweep, killed)

    @invariant()
    def every_figure_is_that_of_its_sessions(self) -> None:
        """Whoever reads now is shown a full recount; then, two times of three, it is as if nobody had."""
        if not hasattr(self, "people"):
            return
        type(self).steps += 1
        self.step += 1
        waited = {name: list(self.db[name].find(pending.WAITS)) for name in pending.COLLECTIONS}
        summaries = list(self.db.month_summaries.find())
        assert month_checks.check(self.db, MONTHS) == []
        assert pending.count(self.db) == 0
        if self.step % 3:
            self.put_back(waited, summaries)

    def put_back(self, waited: dict[str, list[Document]], summaries: list[Document]) -> None:
        """Marks and summaries as they were before somebody read."""
        for name, documents in waited.items():
            for document in documents:
                self.db[name].replace_one({"_id": document["_id"]}, document)
        self.db.month_summaries.delete_many({})
        if summaries:
            self.db.month_summaries.insert_many(summaries)

    def edit(self, which: int, changes: dict[str, Any], killed: int | None) -> None:
        """A change of one session."""
        one = self.session(which)
        changes = {"overbooking_reason": "x", **changes}
        self.change(lambda db: sessions.update(db, one["_id"], changes, None, NOW, LIMA), killed)

    def change(self, work: Callable[[Db], object], killed: int | None) -> bool:
        """Does something, up to the write before which it is killed; whether it was. Refusals are fine."""
        told = crash(self.db, -1 if killed is None else killed)
        try:
            with contextlib.suppress(ConsultorioError):
                work(told.db)
        except Crash:
            type(self).kills += 1
            return True
        return False

    def any_session(self) -> bool:
        """Whether there is one to change."""
        return self.db.sessions.find_one(THERE, {"_id": 1}) is not None

    def session(self, which: int) -> Document:
        """One of those there are."""
        there = list(self.db.sessions.find(THERE).sort([("created_at", 1), ("_id", 1)]))
        return there[which % len(there)]

    def row(self, number: int, therapist: int, when: Any, status: str, price: Money) -> SessionRow:
        """A row of a sheet."""
        return SessionRow(
            row=number,
            person=None,  # type: ignore[arg-type]  # who it is was settled when the sheet was planned
            psychotherapist_id=self.therapists[therapist % 2],
            **_times(when),
            local_date="{}-{:02d}".format(*when),
            modality="virtual",
            status=status,
            price=price,
            note=None,
        )


def run(db: Db, steps: int, phases: Sequence[Phase]) -> None:
    """At least so many steps, in examples of up to 50, on an empty database."""
    Centre.steps = Centre.kills = 0
    run_state_machine_as_test(
        lambda: Centre(db),  # type: ignore[arg-type]  # any callable that gives a machine will do
        settings=settings(
            max_examples=steps // _STEPS_OF_AN_EXAMPLE,
            stateful_step_count=50,
            suppress_health_check=list(HealthCheck),
            phases=phases,
            database=None,
        ),
    )
    assert Centre.steps >= steps


#: Fewer than an example has on average: some end early.
_STEPS_OF_AN_EXAMPLE = 40
THERE = {"month": {"$exists": True}}


def _times(when: tuple[str, int]) -> dict[str, datetime]:
    start = datetime.fromisoformat(f"{when[0]}-{when[1]:02d}T09:00").replace(tzinfo=LIMA)
    return {"starts_at": start, "ends_at": start + timedelta(minutes=50)}


def _sweep(db: Db) -> None:
    calendars.sweep(db)
    clients.sweep_unmirrored(db)
    merges.sweep(db, NOW)
    month_summaries.settle(db)


def _nobody(done: int, total: int) -> None:
    """Nobody watches the import's progress."""
