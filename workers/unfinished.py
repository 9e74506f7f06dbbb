"""Finishes writes over several documents that a crash interrupted; asked about by the scheduler."""

from datetime import datetime

from flask import Flask

from service.database import Db
from service.documents import calendars, client_time, clients, exchange_changes, merges, term_changes
from service.logs import log


def finish(app: Flask, now: datetime) -> None:
    """Sessions are written, relationships mirrored, clients merged, new percents and exchange rates applied.

    It is safe beside people who are writing.
    """
    db: Db = app.extensions["db"]
    found = {"reservations": calendars.sweep(db), "relationships": clients.sweep_unmirrored(db)}
    found["bookings"] = client_time.sweep(db)
    found["merges"] = merges.sweep(db, now)
    found["terms"] = term_changes.sweep(db, now)
    found["rates"] = exchange_changes.finish(db)
    if any(found.values()):
        log.info("unfinished writes were finished", **found)
