"""When surveys are sent, reminded of and closed: by schedulers, and by the command line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from flask import Flask

from service.config import Settings
from service.database import Db
from service.documents import settings as centre_settings
from tests import survey_centre
from tests.conftest import close, make_app
from tests.survey_centre import MONTH, SENDING
from workers import surveys


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

    def ask(at: Any) -> None:
        asked = make_app(settings, at)
        with asked.app_context():
            surveys.sweep(asked, at)
        close(asked)

    ask(SENDING - timedelta(minutes=1))
    assert db.survey_runs.count_documents({}) == 0
    with ThreadPoolExecutor(2) as threads:  # away since before, and back on the fourth, two at once
        list(threads.map(ask, [SENDING + timedelta(days=3)] * 2))
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
