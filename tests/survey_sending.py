"""A centre on the day of its survey: sent as staff do, by workers that can be killed, with sweeps between."""

import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from flask import Flask

from service import surveying
from service.config import Settings
from service.database import Db
from tests.conftest import STAFF_ID
from tests.integration import hasty_worker
from tests.survey_centre import MONTH, SENDING
from workers import surveys

SWEEP_SECONDS, LOOK_SECONDS = 1.0, 0.1
UNSETTLED = ["pending", "claimed", "handing"]


class Sending:
    """The calendar stands still at the hour of the survey; leases and pauses go by the real clock."""

    def __init__(self, app: Flask, environ: dict[str, str], log: Path) -> None:
        self.app, self.log = app, log
        self.environ = {**environ, "TESTING": "1", "NOW": SENDING.isoformat()}
        self.environ["BASE_URL"] = "https://citas.horizonte.example"
        self._settings: Settings = app.config["SETTINGS"]
        self._workers: list[BaseProcess] = []

    def start(self, smtp_url: str, dies_at: tuple[str, int] | None = None) -> BaseProcess:
        """A worker of mails; `dies_at` is where it is killed and at which mail (see hasty_worker)."""
        self._workers.append(hasty_worker.start({**self.environ, "SMTP_URL": smtp_url}, self.log, dies_at))
        return self._workers[-1]

    def end(self) -> None:
        """Ends every worker."""
        for process in self._workers:
            process.kill()
            process.join()

    def dispatch(self) -> None:
        """Has the month's survey sent."""
        self._do(surveying.start, self._settings, MONTH, STAFF_ID, SENDING)

    def remind(self) -> None:
        """Has those reminded who have not answered."""
        self._do(surveying.remind, SENDING)

    def retry(self, invitation_id: str) -> None:
        """Has one person's mail sent again."""
        self._do(surveying.retry, invitation_id)

    def sweep(self) -> None:
        """What the scheduler asks."""
        with self.app.app_context():
            surveys.sweep(self.app, SENDING)

    def until_settled(self, db: Db, seconds: float = 60) -> None:
        """Sweeps until no mail is on its way any more."""
        began = swept = time.monotonic()
        while db.invitations.count_documents(_UNSETTLED):
            now = time.monotonic()
            assert now < began + seconds, list(db.invitations.find(_UNSETTLED).limit(3))
            if now > swept + SWEEP_SECONDS:
                self.sweep()
                swept = now
            time.sleep(LOOK_SECONDS)

    def _do(self, what: Any, *arguments: Any) -> None:
        extensions = self.app.extensions
        with self.app.app_context():
            what(extensions["db"], extensions["redis"], *arguments)


_UNSETTLED = {"$or": [{"state": {"$in": UNSETTLED}}, {"reminder.state": {"$in": UNSETTLED}}]}
