"""`python -m workers.scheduler`: wakes, every few seconds, each question "what is due?", until SIGTERM.

It knows no times of day and remembers nothing: the records say what is due, each question is idempotent, and
a lease in the store lets one scheduler ask at a time.
"""

import contextlib
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask
from pymongo.errors import PyMongoError

from service import clock
from service.app import create_app
from service.config import Settings, SettingsError
from service.database import Db
from service.documents import leases
from service.logs import log
from workers import job

#: A question: takes the app (inside its context) and the calendar's present instant, aware UTC.
Question = Callable[[Flask, datetime], None]

#: Asked in this order; "statements.sweep" is workers/statements.py, sweep.
QUESTIONS: tuple[str, ...] = (
    "unfinished.finish",
    "statements.sweep",
    "imports.sweep",
    "surveys.sweep",
    "months.sweep",
    "statement_mails.sweep",
)

INTERVAL_SECONDS = 15.0
TICK_SECONDS = 0.2
LEASE, LEASE_SECONDS = "scheduler", 60.0


class Scheduler:
    """One scheduler process: its name as the lease's holder, and whether somebody asked it to stop."""

    def __init__(self, app: Flask, questions: dict[str, Question]) -> None:
        self._app = app
        self._settings: Settings = app.config["SETTINGS"]
        self._db: Db = app.extensions["db"]
        self._questions = questions
        self._holder = f"{socket.gethostname()}-{uuid.uuid4().hex}"
        self._stopping = False

    def stop(self) -> None:
        """Finish the question under way, then end."""
        self._stopping = True

    def run(self, interval: float = INTERVAL_SECONDS) -> None:
        """Rounds of questions, `interval` seconds apart, until stop(); a store that is away is waited for."""
        while not self._stopping:
            try:
                self.round()
            except PyMongoError as error:
                log.warning("waiting for the store", error=type(error).__name__)
            self._rest(interval)
        self._leave()

    def round(self) -> bool:
        """Asks every question once if the lease is ours; whether it was. One that fails holds up no other."""
        leading = self._lead()
        for name, question in self._questions.items():
            if self._stopping or not leading:
                return False
            # What it raises is in the log, and it will be asked again.
            with contextlib.suppress(job.JobFailed):
                job.attempt(partial(self._ask, question), question=name)
            leading = self._lead()
        return leading

    def _lead(self) -> bool:
        return leases.acquire(self._db, LEASE, self._holder, clock.system_now(), LEASE_SECONDS)

    def _ask(self, question: Question) -> None:
        with self._app.app_context():
            question(self._app, clock.calendar_now(self._settings))

    def _rest(self, seconds: float) -> None:
        """Sleeps, but not through stop()."""
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(TICK_SECONDS)

    def _leave(self) -> None:
        try:
            leases.release(self._db, LEASE, self._holder)
        except PyMongoError:  # it runs out by itself
            log.warning("the lease was not given back")


def main() -> int:
    """Exit status 0 after SIGTERM; 2 with a line on standard error when a setting is wrong."""
    try:
        app = create_app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    scheduler = Scheduler(app, {name: job.find(name) for name in QUESTIONS})
    signal.signal(signal.SIGTERM, lambda *_: scheduler.stop())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    scheduler.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
