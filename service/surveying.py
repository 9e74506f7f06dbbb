"""Has a survey's mails sent: what pages, API, command line and scheduler do alike once the records say it."""

from datetime import datetime
from typing import Any

from service import clock
from service.config import Settings
from service.database import Db
from service.documents import survey_mails, survey_runs
from service.documents.store import Document
from service.domain.survey_links import survey_key
from service.queue import enqueue

#: Kind of mail → its job.
JOBS = {survey_mails.SURVEY: "surveys.send", survey_mails.REMINDER: "surveys.remind"}


def start(db: Db, redis: Any, settings: Settings, month: str, started_by: str, now: datetime) -> Document:
    """Starts a month's survey by hand and has its mails sent; its run. See documents.survey_runs.start."""
    key = survey_key(settings.secret_key)
    run = survey_runs.start(db, month, started_by, key, now, settings.zone)
    enqueue_due(db, redis)
    return run


def remind(db: Db, redis: Any, now: datetime, month: str | None = None) -> list[str]:
    """Reminds, by hand, everybody who has not answered an open survey, or that of one month; the months."""
    months = survey_runs.remind(db, now, month)
    enqueue_due(db, redis)
    return months


def retry(db: Db, redis: Any, invitation_id: str) -> bool:
    """Has what failed, or nobody can know of, sent again; False where there is nothing to send."""
    found = survey_mails.retry(db, invitation_id)
    enqueue_due(db, redis)
    return found


def retry_refused(db: Db, redis: Any, month: str) -> int:
    """Has every mail of a month that was refused sent again; how many."""
    count = survey_mails.retry_refused(db, month)
    enqueue_due(db, redis)
    return count


def try_now(db: Db, redis: Any, month: str) -> None:
    """Has a month's mails tried at once that wait for their next attempt."""
    survey_mails.try_now(db, month)
    enqueue_due(db, redis)


def enqueue_due(db: Db, redis: Any) -> None:
    """One job for each mail that waits; where the queue does not answer, the scheduler asks again."""
    for kind, invitation_id in survey_mails.due(db, clock.system_now()):
        if not enqueue(redis, "mail", JOBS[kind], invitation_id):
            return
