"""How far a month's survey is: its run, its mails by state, what needs a look."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from service.database import Db
from service.documents import invitations, survey_runs
from service.documents.deliveries import SETTLED
from service.documents.invitations import INVITED
from service.documents.store import Document
from service.domain.nps import response_rate

#: A mail that waits longer for its next attempt is not waited for by the page that shows how far it is.
SOON = timedelta(minutes=2)
#: A reason that keeps back more mails than this is told once, not beside each of them.
FEW = 3
_TROUBLED = ("failed", "unconfirmed")


def overview(db: Db, month: str, now: datetime) -> dict[str, Any]:
    """A month's survey: `now` is the real instant, which attempts are timed by.

    {run|None, invitations, states {state: n}, reminders {state: n}, invited, answered, response_rate|None,
     done, total (mails of both kinds), moving: whether some are on their way,
     refused: how many failed, held_up: [{error, count, next_at}] what keeps many back, the most first,
     troubled: invitations with a mail that failed, nobody can know of, or was not taken for another reason}
    """
    records = invitations.find(db, month)
    mails = [part for record in records for part in _mails(record)]
    held_up = _held_up([mail for mail in mails if _waits(mail)])
    common = {each["error"] for each in held_up}
    answered = sum("answered_at" in record for record in records)
    invited = sum(record["state"] in INVITED for record in records)
    return {
        "run": survey_runs.find(db, month),
        "invitations": records,
        "states": dict(Counter(record["state"] for record in records)),
        "reminders": dict(Counter(record["reminder"]["state"] for record in records if "reminder" in record)),
        "invited": invited,
        "answered": answered,
        "response_rate": response_rate(answered, invited),
        "done": sum(mail["state"] in SETTLED for mail in mails),
        "total": len(mails),
        "moving": any(_moves(mail, now) for mail in mails),
        "refused": sum(mail["state"] == "failed" for mail in mails),
        "held_up": held_up,
        "troubled": [
            record for record in records if any(_is_troubled(mail, common) for mail in _mails(record))
        ],
    }


def _mails(record: Document) -> list[Document]:
    return [record, *([record["reminder"]] if "reminder" in record else [])]


def _moves(mail: Document, now: datetime) -> bool:
    return mail["state"] not in SETTLED and mail.get("next_at", now) <= now + SOON


def _waits(mail: Document) -> bool:
    """Whether a mail was not taken so far."""
    return mail["state"] not in SETTLED and "error" in mail


def _held_up(waiting: list[Document]) -> list[Document]:
    counts = Counter(mail["error"] for mail in waiting)
    next_at = {
        error: min(
            (mail["next_at"] for mail in waiting if mail["error"] == error and "next_at" in mail),
            default=None,
        )
        for error in counts
    }
    return [
        {"error": error, "count": count, "next_at": next_at[error]}
        for error, count in counts.most_common()
        if count > FEW
    ]


def _is_troubled(mail: Document, common: set[str]) -> bool:
    return mail["state"] in _TROUBLED or (_waits(mail) and mail["error"] not in common)
