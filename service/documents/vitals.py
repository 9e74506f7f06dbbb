"""How the centre's records stand, in numbers alone: what a monitoring system is shown.

Nothing here looks at more documents the older the centre gets: counts of whole collections are the store's
own, the others are of what waits or went wrong.
"""

from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import month_checks, pending

_MAIL = ("pending", "claimed", "handing", "unconfirmed", "failed")
#: Of each kind of record the states that somebody or something still has to deal with: {kind: (collection,
#: field, states)}.
OPEN_STATES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "mails": ("invitations", "state", _MAIL),
    "reminders": ("invitations", "reminder.state", _MAIL),
    "statements": ("statements", "status", ("pending", "failed")),
    "imports": ("imports", "status", ("pending", "running", "failed")),
    "merges": ("merges", "state", ("merging", "undoing", "cancelling")),
}
STORED = ("sessions", "clients", "psychotherapists", "staff", "invitations", "statements", "imports")


def read(db: Db, now: datetime) -> dict[str, Any]:
    """What is so at `now`, the real instant; PyMongoError where the store does not answer.

    {stored: {collection: n}, open: {(kind, state): n}, pending: n, pending_seconds, reservations: n,
     scheduler: whether one leads, check: the last nightly check or None}
    """
    since = pending.known_since(db)
    lease = db.leases.find_one({"_id": "scheduler"})
    return {
        "stored": {name: db[name].estimated_document_count() for name in STORED},
        "open": {
            (kind, state): db[name].count_documents({field: state})
            for kind, (name, field, states) in OPEN_STATES.items()
            for state in states
        },
        "pending": pending.count(db),
        "pending_seconds": (now - since).total_seconds() if since else 0.0,
        "reservations": db.calendars.count_documents({"reservations.id": {"$gte": ""}}),
        "scheduler": lease is not None and lease["until"] > now,
        "check": month_checks.last(db),
    }
