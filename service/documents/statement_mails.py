"""A statement sent to its psychotherapist: the mail's state stands under `mail` on the statement's record.

    mail: {state, attempts, next_at, lease, error, sent_at} (documents.deliveries), email, number

`email` is the address at the moment it was asked for, `number` how often it was: each sending that staff ask
for is a mail of its own, with its own Message-ID.
"""

from datetime import datetime

from service.database import Db
from service.documents import deliveries, psychotherapists, statements
from service.documents.deliveries import Mail
from service.documents.store import Document
from service.errors import Conflict
from service.texts import _

PART = "mail"


def mail(db: Db, statement_id: str) -> Mail:
    """The mail of a statement."""
    return Mail(db.statements, statement_id, PART)


def ask(db: Db, statement_id: str) -> Document:
    """Has a statement sent to its psychotherapist; its record. One that waits already is not sent twice.

    Conflict while there is no PDF, or where the psychotherapist has no e-mail.
    """
    record = statements.get(db, statement_id)
    if record["status"] != "ready":
        raise Conflict(_("El PDF de esta liquidación todavía no está listo."), [{"status": record["status"]}])
    email = psychotherapists.get(db, record["psychotherapist_id"]).get("email")
    if not email:
        raise Conflict(_("El psicoterapeuta no tiene correo registrado."))
    earlier = record.get(PART, {})
    new = {"state": "pending", "attempts": 0, "email": email, "number": earlier.get("number", 0) + 1}
    free = {"_id": statement_id, "version": record["version"], f"{PART}.state": {"$nin": _ON_ITS_WAY}}
    db.statements.update_one(free, {"$set": {PART: new}, "$inc": {"version": 1}})
    return statements.get(db, statement_id)


def due(db: Db, now: datetime) -> list[str]:
    """Ids of the statements whose mail waits for a worker. `now` is the real instant."""
    return deliveries.due(db.statements, PART, now)


def give_up_lost(db: Db, now: datetime, at: datetime) -> int:
    """Marks as unconfirmed what a worker that was killed was handing over; how many."""
    lost = deliveries.lost(db.statements, PART, now)
    for record in lost:
        deliveries.give_up(mail(db, record["_id"]), now, at)
    return len(lost)


_ON_ITS_WAY = ["pending", "claimed", "handing"]
