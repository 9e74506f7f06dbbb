"""Statements made by a real worker process: killed in the middle, its queue lost, by the command line."""

import signal
import subprocess
import sys
from functools import partial
from typing import Any

import pytest
from flask import Flask

import workers.statements as job
from service.database import Db
from service.documents import statements
from tests import statement_data
from tests.api_client import ApiClient
from tests.conftest import NOW, ROOT, StartWorker
from tests.processes import wait_until
from tests.statement_data import OCTOBER, hours_of, text_of


@pytest.fixture
def emard(db: Db) -> str:
    return statement_data.person(db)


def test_a_worker_killed_in_the_middle_leaves_it_to_the_next_and_it_becomes_ready_once(
    app: Flask, db: Db, api: ApiClient, emard: str, worker: StartWorker
) -> None:
    sessions = statement_data.month(db, emard, 1500)
    asked = api.post("/statements", OCTOBER, status=202)

    def record() -> dict[str, Any]:
        return statements.get(db, asked["id"])

    def has_attempts(number: int) -> bool:
        return bool(record()["attempts"] == number)

    for round_ in (1, 2):
        process = worker("pdf")
        wait_until(partial(has_attempts, round_), "a worker has it")
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (record()["status"], record()["attempts"]) == ("pending", round_)
        assert db.statement_files.count_documents({}) == 0
        db.statements.update_one({"_id": asked["id"]}, {"$set": {"claim.until": NOW}})  # time passes
        with app.app_context():
            job.sweep(app, NOW)
            job.sweep(app, NOW)

    process = worker("pdf")
    wait_until(lambda: record()["status"] == "ready", "ready")
    done = record()
    assert (done["attempts"], db.statement_files.count_documents({})) == (3, 1)
    text = text_of(api.get(f"/statements/{asked['id']}/pdf"))
    assert len(hours_of(text)) == len(statement_data.listed(sessions))

    process.terminate()
    assert process.wait(timeout=20) == 0
    assert record() == done


def test_losing_the_whole_queue_loses_nothing(
    app: Flask, db: Db, api: ApiClient, emard: str, worker: StartWorker
) -> None:
    asked = api.post("/statements", OCTOBER, status=202)
    app.extensions["redis"].flushall()
    with app.app_context():
        job.sweep(app, NOW)
    worker("pdf")
    wait_until(lambda: statements.get(db, asked["id"])["status"] == "ready", "ready")


def command(environ: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "statements", "render", *arguments],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_makes_one_for_everybody_with_sessions(
    db: Db, emard: str, environ: dict[str, str], worker: StartWorker
) -> None:
    for first in "123":
        statement_data.person(db, first * 32, f"Persona {first}")
    for first in "12":
        statement_data.month(db, first * 32, 5)
    worker("pdf")
    done = command(environ, "--month", "2026-10")
    assert (done.returncode, done.stdout) == (0, "Liquidaciones listas: 2.\n")
    made = db.statements.find({"status": "ready", "month": "2026-10"})
    assert sorted(record["psychotherapist_id"] for record in made) == ["1" * 32, "2" * 32]


def test_the_command_line_says_what_did_not_work(db: Db, emard: str, environ: dict[str, str]) -> None:
    wrong = command(environ, "--month", "2026-13")
    assert wrong.returncode != 0
    assert "2026-07" in wrong.stderr
    statement_data.month(db, emard, 3)
    waits = command(environ, "--month", "2026-10", "--wait", "0")  # no worker is running
    assert waits.returncode != 0
    assert "Siguen en espera: 1." in waits.stderr
