"""When surveys are sent, reminded of and closed: by schedulers, and by the command line."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from service.config import Settings
from service.database import Db
from service.documents import invitations, survey_runs
from service.documents import settings as centre_settings
from service.domain.survey_links import survey_key
from tests import survey_centre
from tests.conftest import STAFF_ID, close, make_app
from tests.interrupted import Crash, crash
from tests.survey_centre import MONTH, SENDING
from workers import surveys

KEY = survey_key("k" * 32)


def test_the_command_line_sends_and_reminds(settings: Settings, app: Flask, db: Db) -> None:
    survey_centre.adults(db, 2)
    later = make_app(settings, SENDING)
    command = later.test_cli_runner()

    done = command.invoke(args=["surveys", "send", "--month", MONTH])
    assert (done.exit_code, done.stdout) == (
        0,
        f"Encuesta de {MONTH}: 2 personas invitadas, 0 clientes sin invitar.\n",
    )
    assert command.invoke(args=["surveys", "remind"]).stdout == f"Encuestas abiertas: {MONTH}.\n"
    for wrong in ("2026-13", "2026-11"):
        refused = command.invoke(args=["surveys", "send", "--month", wrong])
        assert refused.exit_code == 1 and refused.stderr.startswith("Error: ")
    close(later)


def test_two_schedulers_one_late_and_one_away_for_days_send_the_same(
    settings: Settings, app: Flask, db: Db
) -> None:
    survey_centre.adults(db, 3)
    centre_settings.change_surveys(db, {"on": True}, 0, SENDING - timedelta(days=20))

    def sweep(asked: Flask) -> None:
        with asked.app_context():
            surveys.sweep(asked, asked.config["SETTINGS"].now)
        close(asked)

    def ask(at: datetime) -> None:
        sweep(make_app(settings, at))

    ask(SENDING - timedelta(minutes=1))
    assert db.survey_runs.count_documents({}) == 0
    two = [make_app(settings, SENDING + timedelta(days=3)) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:  # away since before, and back on the fourth, two at once
        list(threads.map(sweep, two))
    run = db.survey_runs.find_one({"_id": MONTH})
    assert run is not None
    assert db.invitations.count_documents({}) == 3
    closes = SENDING.replace(day=15, hour=5)
    assert (run["started_by"], run["closes_at"]) == ("scheduler", closes)
    assert run["reminds_at"] == SENDING.replace(day=5)

    db.invitations.update_many({}, {"$set": {"state": "sent", "sent_at": SENDING + timedelta(days=3)}})
    ask(SENDING + timedelta(days=3, hours=5))
    assert db.invitations.count_documents({"reminder.state": "pending"}) == 0
    ask(SENDING + timedelta(days=7))
    ask(SENDING + timedelta(days=7))
    assert db.invitations.count_documents({"reminder.state": "pending"}) == 3
    ask(closes)
    assert [run["state"] for run in db.survey_runs.find()] == ["closed"]


def test_a_start_that_a_crash_interrupted_is_finished_by_the_sweep(settings: Settings, app: Flask) -> None:
    """Killed before each of its writes in turn: what is there afterwards is as if nothing had happened."""
    for at in range(4):
        later = make_app(replace(settings, mongodb_db=f"{settings.mongodb_db}_{at}"), SENDING)
        db = later.extensions["db"]
        centre = survey_centre.adults(db, 5)
        interruption = crash(db, at)
        with contextlib.suppress(Crash):
            survey_runs.start(interruption.db, MONTH, STAFF_ID, KEY, SENDING, survey_centre.LIMA)
        with later.app_context():
            surveys.sweep(later, SENDING)
            surveys.sweep(later, SENDING)
        run = survey_runs.find(db, MONTH)
        if at == 0:
            assert interruption.reached and run is None, "nothing was begun"
        else:
            assert run is not None and run["state"] == "open"
            assert len(invitations.find(db, MONTH)) == centre.expected.total()
        db.client.drop_database(db.name)
        close(later)


def test_a_closed_run_is_opened_again_for_whom_it_lacked_and_asks_nobody_else(
    settings: Settings, db: Db
) -> None:
    survey_centre.adults(db, 2)
    first = survey_runs.start(db, MONTH, "scheduler", KEY, SENDING, survey_centre.LIMA)
    before = invitations.find(db, MONTH)
    db.clients.insert_one({**_client(db), "_id": "f" * 32, "email": "late@example.com"})
    db.sessions.insert_one({**_session(db), "_id": "f" * 32, "client_id": "f" * 32})
    much_later = SENDING + timedelta(days=60)

    again = survey_runs.start(db, MONTH, STAFF_ID, KEY, much_later, survey_centre.LIMA)

    after = {each["_id"]: each for each in invitations.find(db, MONTH)}
    assert again["closes_at"] == much_later + timedelta(days=14) > first["closes_at"]
    assert [after.pop(each["_id"]) for each in before] == before, "with the end they were told"
    (added,) = after.values()
    assert (added["email"], added["closes_at"]) == ("late@example.com", again["closes_at"])


def test_a_closed_run_that_lacks_nobody_stays_closed(settings: Settings, db: Db) -> None:
    survey_centre.adults(db, 2)
    survey_runs.start(db, MONTH, "scheduler", KEY, SENDING, survey_centre.LIMA)
    later = SENDING + timedelta(days=60)
    survey_runs.close_due(db, later)
    before = survey_runs.find(db, MONTH)
    assert survey_runs.start(db, MONTH, STAFF_ID, KEY, later, survey_centre.LIMA) == before


def test_another_key_sends_no_link_that_leads_nowhere(settings: Settings, app: Flask, db: Db) -> None:
    survey_centre.adults(db, 1)
    survey_runs.start(db, MONTH, STAFF_ID, KEY, SENDING, survey_centre.LIMA)
    (invitation,) = invitations.find(db, MONTH)
    other = make_app(replace(settings, secret_key="x" * 32), SENDING)
    with other.app_context():
        surveys.send(other, invitation["_id"])
    close(other)
    kept = invitations.get(db, invitation["_id"])
    assert (kept["state"], kept["error"]) == ("failed", "key_changed")
    assert not (settings.data_dir / "outbox").exists()


def _client(db: Db) -> Any:
    return db.clients.find_one()


def _session(db: Db) -> Any:
    return db.sessions.find_one()
