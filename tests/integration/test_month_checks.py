"""`months check` and `rebuild`, the nightly check and its alarm, and what the scheduler has the worker do."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from rq import Queue

from service.database import Db
from service.documents import month_checks, month_closing, month_summaries, months, pending, sessions
from service.documents.store import Document
from service.domain.money import Money
from tests.conftest import NOW, STAFF_ID, StartWorker
from tests.people_data import LIMA, book, client, psychotherapist
from tests.processes import wait_until
from workers import months as worker_months

MONTH = "2026-10"
#: In Lima two in the morning of 16 October, and an hour later.
BEFORE, NIGHT = (datetime(2026, 10, 16, hour, 0, tzinfo=UTC) for hour in (7, 8))


@pytest.fixture
def booked(db: Db) -> Document:
    """A session of October, summed up."""
    session = book(db, client(db, "Ana", "Ríos"), psychotherapist(db, "Luis", "Rey"), 5)
    months.figures(db, MONTH)
    return session


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def spoil(db: Db) -> None:
    """What no write of ours does: a summary that says something else."""
    db.month_summaries.update_one({"_id": MONTH}, {"$inc": {"figures.sessions": 1}})


def queued(app: Flask) -> list[tuple[str, str]]:
    """The jobs that wait for the worker of summaries: (name, record)."""
    jobs = Queue("rollup", connection=app.extensions["redis"]).get_jobs()
    return sorted((name, record) for name, record in ((job.description or "").split() for job in jobs))


@pytest.mark.usefixtures("booked")
def test_the_command_finds_nothing_wrong(run: FlaskCliRunner) -> None:
    everything, one = (
        run.invoke(args=["months", "check"]),
        run.invoke(args=["months", "check", "--month", MONTH]),
    )
    assert (everything.exit_code, one.exit_code) == (0, 0)
    assert everything.stdout == "Meses revisados: 1. Todas las cifras son las de sus citas.\n"


@pytest.mark.usefixtures("booked")
def test_a_wrong_summary_is_said_raises_the_alarm_and_is_mended(run: FlaskCliRunner, db: Db) -> None:
    spoil(db)
    for arguments in (["months", "check"], ["months", "check", "--month", MONTH]):
        result = run.invoke(args=arguments)
        assert result.exit_code == 1
        assert result.stderr == "Error: Cifras que no coinciden: 2026-10: sessions.\n"
    alarm = month_checks.alarm(db)
    assert alarm is not None
    assert alarm["wrong"] == [{"month": MONTH, "figures": ["sessions"]}]
    assert run.invoke(args=["months", "rebuild"]).exit_code == 0
    assert month_checks.alarm(db) is None
    assert months.figures(db, MONTH)["sessions"] == 1


def test_a_figure_that_is_not_that_of_its_sessions_is_found(
    run: FlaskCliRunner, db: Db, booked: Document
) -> None:
    """What was derived and stored beside the price is wrong, and the summary a true count of it."""
    db.sessions.update_one({"_id": booked["_id"]}, {"$set": {"commission_cents": 1}})
    month_summaries.sum_up(db, MONTH)
    result = run.invoke(args=["months", "check"])
    assert result.stderr == "Error: Cifras que no coinciden: 2026-10: by_psychotherapist, commission.\n"


def test_income_in_soles_and_adjustments_are_checked_too(db: Db, booked: Document) -> None:
    for part, other in (("consolidated.soles_cents", 1), ("adjustments", [])):
        db.month_summaries.update_one({"_id": MONTH}, {"$set": {part: other}})
        assert month_checks.check(db, [MONTH]) == [{"month": MONTH, "figures": [part.split(".")[0]]}]
        month_summaries.sum_up(db, MONTH)


def test_the_kept_figures_of_a_closed_month_are_those_of_its_lines(db: Db, booked: Document) -> None:
    month_closing.close(db, MONTH, STAFF_ID, "2026-11-01", NOW)
    changes = {"modality": "on_site", "price": Money(100, "PEN")}
    sessions.update(db, booked["_id"], changes, None, NOW, LIMA)
    assert month_checks.check(db, [MONTH]) == []
    db.closings.update_one({}, {"$inc": {"figures.virtual_sessions": 1}})
    assert month_checks.check(db, [MONTH]) == [{"month": MONTH, "figures": ["virtual_sessions"]}]


def test_a_month_that_is_none_is_refused(run: FlaskCliRunner) -> None:
    assert run.invoke(args=["months", "check", "--month", "octubre"]).exit_code == 1


def test_the_night_is_checked_once(app: Flask, db: Db, booked: Document) -> None:
    worker_months.sweep(app, BEFORE)
    assert queued(app) == [], "not before three in the morning"
    worker_months.sweep(app, NIGHT)
    worker_months.sweep(app, NIGHT)
    assert queued(app) == [("months.check", "2026-10-16")]
    spoil(db)
    worker_months.check(app, "2026-10-16")
    assert month_checks.alarm(db) is not None
    month_summaries.sum_up(db, MONTH)
    worker_months.check(app, "2026-10-16")
    assert month_checks.alarm(db) is not None, "the night's check was done"
    worker_months.sweep(app, NIGHT + timedelta(hours=20))
    assert len(queued(app)) == 1
    worker_months.check(app, "2026-10-17")
    assert month_checks.alarm(db) is None


def test_what_waits_is_summed_up_by_the_worker(
    app: Flask, db: Db, booked: Document, worker: StartWorker
) -> None:
    assert pending.wait_since(db, NIGHT) is None
    db.sessions.update_one({"_id": booked["_id"]}, {"$set": {"pending": [MONTH]}})
    worker_months.sweep(app, BEFORE)
    assert queued(app) == [("months.settle", "all")]
    assert pending.known_since(db) is not None
    worker("rollup")
    wait_until(lambda: pending.count(db) == 0, "the worker sums up")
    wait_until(lambda: pending.known_since(db) is None, "and says so")
