"""Fills an empty database with the invented centre of domain.demo, once.

`settings` keeps `_id` "demo" {version, began_at, months, clients, filled_at}. Each document's id follows
from its place in the centre and everything is made as of `began_at`, so that a filling that was interrupted
is done again from its beginning and still adds everything once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import (
    closings,
    demo_batch,
    exchange_changes,
    exchange_rates,
    invitations,
    month_closing,
    month_summaries,
    survey_answers,
    survey_runs,
)
from service.documents.store import Document
from service.domain.demo import answers
from service.domain.months import at, days_of, local_day, month_of, months_between, shift_month
from service.domain.survey_schedule import Schedule, closes_at, sends_at
from service.errors import Conflict
from service.texts import _

RECORD = "demo"
#: Past months, and clients with sessions.
MONTHS, CLIENTS = 24, 200
#: How many of the oldest months are closed, and for how many of the last ones there are exchange rates.
CLOSED, WITH_RATES = 3, 6
_SENT = {"state": "sent", "attempts": 1}
_REFUSED = {"state": "failed", "attempts": 1, "error": "550 5.1.1 mailbox unavailable"}
#: In every so many months the mail to one person is refused.
_REFUSED_EVERY = 5
_SECONDS_OPEN = 12 * 86_400


def begin(db: Db, now: datetime, months: int = MONTHS, clients: int = CLIENTS) -> Document:
    """The record of the filling, written before anything else; the earlier one where there is one.

    Conflict where the database has people or sessions that are not the demonstration's.
    """
    record = db.settings.find_one({"_id": RECORD})
    if record is not None:
        return record
    if any(db[name].find_one({}, {"_id": 1}) for name in ("psychotherapists", "clients", "sessions")):
        raise Conflict(_("Esta base ya tiene datos: la demostración solo se escribe en una vacía."))
    record = {"_id": RECORD, "version": 1, "began_at": now, "months": months, "clients": clients}
    db.settings.insert_one(record)
    return record


def fill(db: Db, record: Document, staff_id: str, key: bytes, zone: ZoneInfo) -> bool:
    """Everything of a record of `begin`; False where that is done already.

    `key` is that of the survey links, `staff_id` who closed the oldest months.
    """
    if "filled_at" in record:
        return False
    now, today = record["began_at"], local_day(record["began_at"], zone)
    month = month_of(today)
    past = months_between(shift_month(month, -record["months"]), shift_month(month, -1))
    recent = [day for each in (*past[-WITH_RATES:], month) for day in days_of(each) if day <= today]
    exchange_rates.save(db, answers.rates(demo_batch.chance("rates"), recent), now)
    demo_batch.add(db, record["clients"], past[0], today, now, zone)
    exchange_changes.finish(db)
    for number, each in enumerate(past):
        _ask(db, each, number, key, now, zone)
    survey_runs.close_due(db, now)
    month_summaries.settle(db)
    _close(db, past[:CLOSED], staff_id, zone)
    month_summaries.settle(db)
    db.settings.update_one({"_id": RECORD}, {"$set": {"filled_at": now}, "$inc": {"version": 1}})
    return True


def _ask(db: Db, month: str, number: int, key: bytes, now: datetime, zone: ZoneInfo) -> None:
    """A month's survey from its sending to its end, where that has come: no mail of it is left to be sent."""
    sent_at = sends_at(month, Schedule(), zone)
    if closes_at(month, Schedule(), zone) > now:
        return
    survey_runs.start(db, month, survey_runs.SCHEDULER, key, sent_at, zone)
    asked, own = invitations.find(db, month), demo_batch.chance("answers", month)
    refused = own.choice(asked)["_id"] if asked and number % _REFUSED_EVERY == 0 else None
    _send(db, {"_id": refused}, _REFUSED)
    _send(db, {"month": month}, {**_SENT, "sent_at": sent_at})
    rate = answers.response_rate(number)
    for invitation in asked:
        answered = own.random() < rate
        after, answer = own.randrange(_SECONDS_OPEN), answers.answer(own, number, invitation["pairs"])
        if answered and invitation["_id"] != refused:
            survey_answers.record(db, invitation, answer, sent_at + timedelta(seconds=after))


def _send(db: Db, condition: Document, fields: Document) -> None:
    """Says of the mails that wait that they went out, or were refused."""
    for invitation in list(db.invitations.find({**condition, "state": "pending"}, {"month": 1})):
        marks = {"$addToSet": {"pending": invitation["month"]}, "$inc": {"version": 1}}
        db.invitations.update_one({"_id": invitation["_id"]}, {"$set": fields, **marks})


def _close(db: Db, months: Sequence[str], staff_id: str, zone: ZoneInfo) -> None:
    """Closes months, as it would have been done in the days after each."""
    for month in months:
        if "closing" not in closings.state(db, month):
            day = f"{shift_month(month, 1)}-06"
            month_closing.close(db, month, staff_id, day, at(day, "18:00", zone))
