"""Imports done by a real worker process, killed on the way, its queue lost."""

import signal

import pytest
from flask import Flask

import workers.imports as job
from service.database import Db
from service.documents import imports
from tests.conftest import NOW, StartWorker
from tests.integration.test_imports import EXPECTED, SHEETS, Importer, stored
from tests.processes import wait_until


@pytest.fixture
def importer(app: Flask, api, db: Db) -> Importer:
    """An importer that knows the psychotherapists, and queues what comes next for a worker."""
    importer = Importer(api, db, app.config["SETTINGS"])
    importer.file(SHEETS / "psicoterapeutas.csv")
    return importer


def queued(importer: Importer, name: str) -> str:
    """The id of an import that waits for a worker."""
    found: str = importer.send((SHEETS / name).read_bytes(), name)["id"]
    return found


def test_a_worker_reads_and_applies_it(importer: Importer, db: Db, worker: StartWorker) -> None:
    import_id = queued(importer, "citas-2014.csv")
    worker("import")
    wait_until(lambda: imports.get(db, import_id)["status"] == "applied", "applied")
    assert db.sessions.count_documents({"batch": import_id}) == EXPECTED["files"]["2014"]["imported"]


@pytest.mark.parametrize("written", [1, 300])
def test_a_worker_killed_while_adding_is_followed_by_another_and_each_row_is_there_once(
    app: Flask, importer: Importer, db: Db, worker: StartWorker, written: int
) -> None:
    """Dead between two writes: some clients or sessions are there, the record says that it is being done."""
    whole = importer.year("2015")
    expected = {name: len(documents) for name, documents in stored(db).items()}
    importer.step(whole["id"], "undo")

    import_id = queued(importer, "citas-2015.csv")
    process = worker("import")
    wait_until(lambda: db.sessions.count_documents({"batch": import_id}) > 0, "it is adding")
    process.send_signal(signal.SIGKILL)
    process.wait()
    # However far it came: take it back to the middle, as a kill a moment earlier would have left it.
    late = [one["_id"] for one in db.sessions.find({"batch": import_id}).sort("_id", 1)][written:]
    db.sessions.delete_many({"_id": {"$in": late}})
    held = {"token": "of the dead", "until": NOW}
    db.imports.update_one({"_id": import_id}, {"$set": {"status": "running", "step": "apply", "claim": held}})
    db.leases.delete_many({"_id": "import"})

    app.extensions["redis"].flushall()
    with app.app_context():
        job.sweep(app, NOW)
    worker("import")
    wait_until(lambda: imports.get(db, import_id)["status"] == "applied", "applied")
    assert {name: len(documents) for name, documents in stored(db).items()} == expected
    record = importer.api.get(f"/imports/{import_id}")
    assert (record["imported"], record["rejected"]) == (whole["imported"], whole["rejected"])


def test_a_file_that_kills_every_process_is_given_up(app: Flask, importer: Importer, db: Db) -> None:
    import_id = queued(importer, "citas-2014.csv")
    db.imports.update_one({"_id": import_id}, {"$set": {"attempts": imports.MOST_ATTEMPTS}})
    with app.app_context():
        job.sweep(app, NOW)
    assert importer.api.get(f"/imports/{import_id}")["status"] == "failed"


def test_files_go_after_thirty_days(app: Flask, importer: Importer, db: Db) -> None:
    import_id = importer.year("2014")["id"]
    with app.app_context():
        job.sweep(app, NOW + imports.FILE_LIFETIME)
        assert imports.content(db, import_id) is not None
        job.sweep(app, NOW + 2 * imports.FILE_LIFETIME)
    assert imports.content(db, import_id) is None
    assert importer.step(import_id, "undo")["status"] == "undone"
