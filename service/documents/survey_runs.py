"""A month's survey as a whole: when it was started, by whom, until when it runs, who was left out.

    {_id: month, version, state: "preparing" | "open" | "closed",
     started_at, started_by: "scheduler" | staff id, reminds_at, reminded_at, closes_at,
     left_out: [{client_id, reason}]}

`preparing` is written first and `open` after the last invitation, so that a crash between them is seen and
finished. Everything here may be done twice, and by several at once, with the same result.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import invitations, settings, store
from service.documents.store import Document
from service.domain.months import local_day, month_of
from service.domain.survey_schedule import (
    BEFORE_REMINDING,
    due_month,
    run_closes_at,
    run_reminds_at,
)
from service.errors import InvalidInput
from service.texts import _

SCHEDULER = "scheduler"


def find(db: Db, month: str) -> Document | None:
    """The run of a month; None where it was never started."""
    return db.survey_runs.find_one({"_id": month})


def start(db: Db, month: str, started_by: str, key: bytes, now: datetime, zone: ZoneInfo) -> Document:
    """Starts a month's survey and prepares its invitations; a second time it only adds whom the first lacked.

    InvalidInput for a month that is not over. A run that is closed is opened again for those it adds, and
    stays closed where there is nobody to add.
    """
    if month >= month_of(local_day(now, zone)):
        raise InvalidInput({"month": [_("Elija un mes que ya terminó.")]})
    run = find(db, month)
    if run and run["closes_at"] <= now and not invitations.unasked(db, month, local_day(now, zone))[0]:
        return run
    _begin(db, month, started_by, now, zone)
    return prepare(db, month, key, now, zone)


def prepare(db: Db, month: str, key: bytes, now: datetime, zone: ZoneInfo) -> Document:
    """Writes the invitations that a run still lacks, then says that it is open."""
    run = store.get(db.survey_runs, month)
    left_out = invitations.prepare(db, month, key, local_day(now, zone), now, run["closes_at"])
    listed = [{"client_id": each.client_id, "reason": each.reason} for each in left_out]
    opened = {"$set": {"state": "open", "left_out": listed}, "$inc": {"version": 1}}
    db.survey_runs.update_one({"_id": month, "state": "preparing"}, opened)
    return store.get(db.survey_runs, month)


def start_due(db: Db, key: bytes, now: datetime, zone: ZoneInfo) -> str | None:
    """Starts the run that the calendar asks for, once; its month, None where there is nothing to start."""
    surveys = settings.get(db)["surveys"]
    month = due_month(now, settings.schedule(db), zone, surveys["on_since"]) if surveys["on"] else None
    if month is None or find(db, month) is not None:
        return None
    start(db, month, SCHEDULER, key, now, zone)
    return month


def finish_preparing(db: Db, key: bytes, now: datetime, zone: ZoneInfo) -> list[str]:
    """Prepares the runs that a crash left unprepared; their months."""
    months = [run["_id"] for run in db.survey_runs.find({"state": "preparing"})]
    for month in months:
        prepare(db, month, key, now, zone)
    return months


def remind_due(db: Db, now: datetime) -> None:
    """Marks the reminders of every open run whose day for them has come."""
    for run in list(db.survey_runs.find({"state": "open", "reminds_at": {"$lte": now}})):
        _remind(db, run, now, now - BEFORE_REMINDING)


def remind(db: Db, now: datetime, month: str | None = None) -> list[str]:
    """Marks the reminders of every open run, or of one month's, because somebody asked; their months."""
    one = {"_id": month} if month else {}
    runs = list(db.survey_runs.find({**one, "state": "open", "closes_at": {"$gt": now}}))
    for run in runs:
        _remind(db, run, now, now)
    return sorted(run["_id"] for run in runs)


def close_due(db: Db, now: datetime) -> None:
    """Closes the runs whose time is over."""
    over = {"state": "open", "closes_at": {"$lte": now}}
    db.survey_runs.update_many(over, {"$set": {"state": "closed"}, "$inc": {"version": 1}})


def _begin(db: Db, month: str, started_by: str, now: datetime, zone: ZoneInfo) -> None:
    """The run's record, in state "preparing"; an earlier one that is over gets a new end."""
    times = _times(db, month, started_by, now, zone)
    run = {"version": 1, "state": "preparing", "started_at": now, "started_by": started_by, "left_out": []}
    try:
        db.survey_runs.insert_one({"_id": month, **run, **times})
        return
    except DuplicateKeyError:
        if started_by == SCHEDULER:
            return
    again = {"$set": {"state": "preparing"}, "$inc": {"version": 1}}
    over = {"$set": {"state": "preparing", **times}, "$unset": {"reminded_at": ""}, "$inc": {"version": 1}}
    db.survey_runs.update_one({"_id": month, "closes_at": {"$lte": now}}, over)
    db.survey_runs.update_one({"_id": month, "state": "open"}, again)


def _times(db: Db, month: str, started_by: str, now: datetime, zone: ZoneInfo) -> Document:
    schedule = settings.schedule(db)
    return {
        "closes_at": run_closes_at(month, schedule, zone, now, by_hand=started_by != SCHEDULER),
        "reminds_at": run_reminds_at(month, schedule, zone, now),
    }


def _remind(db: Db, run: Document, now: datetime, sent_until: datetime) -> None:
    marked = invitations.mark_reminders(db, run["_id"], now, sent_until)
    if marked and "reminded_at" not in run:
        reminded = {"$set": {"reminded_at": now}, "$inc": {"version": 1}}
        db.survey_runs.update_one({"_id": run["_id"], "reminded_at": {"$exists": False}}, reminded)
