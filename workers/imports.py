"""Does what an import waits for, and finds the imports that wait."""

from datetime import datetime

from flask import Flask

from service import clock, importing
from service.config import Settings
from service.database import Db
from service.documents import imports
from service.logs import log
from service.queue import enqueue

JOB = "imports.run"


def run(app: Flask, import_id: str) -> None:
    """One step of one import; where another import is under way the sweep brings it back."""
    db: Db = app.extensions["db"]
    settings: Settings = app.config["SETTINGS"]
    if not importing.run(db, settings, import_id):
        log.info("import waits for another", record=import_id)


def sweep(app: Flask, now: datetime) -> None:
    """Queues every import that waits and that no living process has; deletes files that are too old."""
    db: Db = app.extensions["db"]
    for import_id in imports.due(db, clock.system_now()):
        enqueue(app.extensions["redis"], "import", JOB, import_id)
    imports.delete_old_files(db, now)
