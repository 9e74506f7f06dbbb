"""Sums up the months that writes have marked, checks all of them each night, and finds what is due."""

from datetime import datetime

from flask import Flask

from service import clock
from service.config import Settings
from service.database import Db
from service.documents import leases, month_checks, month_summaries, pending, store
from service.domain.months import local_day
from service.logs import log
from service.queue import enqueue

QUEUE, SETTLE, CHECK = "rollup", "months.settle", "months.check"

#: Local time of day from which on the night's check is due.
CHECK_FROM_HOUR = 3
LEASE, LEASE_SECONDS = "month check", 600.0


def settle(app: Flask, name: str) -> None:
    """Sums up all that waits."""
    documents = month_summaries.settle(app.extensions["db"])
    log.info("months summed up", documents=documents)


def check(app: Flask, day: str) -> None:
    """The check of a local day, once, whoever has it done."""
    db: Db = app.extensions["db"]
    settings: Settings = app.config["SETTINGS"]
    holder = store.new_id()
    if not _is_due(db, day) or not leases.acquire(db, LEASE, holder, clock.system_now(), LEASE_SECONDS):
        return
    wrong = month_checks.nightly(db, day, clock.calendar_now(settings))
    leases.release(db, LEASE, holder)
    for each in wrong:
        log.error("a month's summary is wrong", month=each["month"], figures=each["figures"])
    log.info("months checked", wrong=len(wrong))


def sweep(app: Flask, now: datetime) -> None:
    """Has the worker sum up what writes have left, and check all months once a night."""
    db: Db = app.extensions["db"]
    settings: Settings = app.config["SETTINGS"]
    if pending.wait_since(db, clock.system_now()):
        enqueue(app.extensions["redis"], QUEUE, SETTLE, "all")
    day = local_day(now, settings.zone)
    if now.astimezone(settings.zone).hour >= CHECK_FROM_HOUR and _is_due(db, day):
        enqueue(app.extensions["redis"], QUEUE, CHECK, day)


def _is_due(db: Db, day: str) -> bool:
    last = month_checks.last(db)
    return last is None or last["checked_on"] < day
