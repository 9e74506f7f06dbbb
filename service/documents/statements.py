"""Statements: a record per request (what was asked for, how far it is), and the PDF once it is made.

    {_id, version, psychotherapist_id, month, status: "pending" | "ready" | "failed", attempts, created_at,
     claim: {token, until} while a worker has it, finished_at, bytes (ready), reason (failed)}
    and of a closed month {closing, number, folio, sha256 (ready)}; without `closing` it is a draft

The PDF is the document of the same _id in `statement_files`; inserting it is the one moment at which a
statement is made. Two workers with the same statement can therefore both try, and one PDF exists. `now` of a
claim is the real instant (service.clock.system_now), never the frozen calendar.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import closings, psychotherapists, store
from service.documents.store import Document, Request
from service.errors import Conflict
from service.texts import _

#: Far above what the longest PDF takes; a worker that was killed is followed by another after it.
LEASE = timedelta(seconds=60)
#: A statement whose workers keep dying is given up, so that it does not take the others' time for ever.
MOST_ATTEMPTS = 5

RENDER_FAILED, WORKERS_DIED = "render_failed", "workers_died"


def create(
    db: Db, psychotherapist_id: str, month: str, now: datetime, request: Request | None = None
) -> Document:
    """Asks for a statement. InvalidInput for an unknown psychotherapist.

    That of a closed month is made once and stays. Of an open month, and without an idempotent `request`, one
    that waits and that no worker has begun is taken for it: its figures are still to be read.
    """
    psychotherapists.require(db, psychotherapist_id)
    new: Document = {
        "_id": store.new_id(),
        "version": 1,
        "psychotherapist_id": psychotherapist_id,
        "month": month,
        "status": "pending",
        "attempts": 0,
        "created_at": now,
    }
    closing = closings.in_force(db, month)
    if closing is not None:
        return _of_closing(db, new, closing)
    wanted = {"psychotherapist_id": psychotherapist_id, "month": month, "closing": {"$exists": False}}
    waiting = None if request else db.statements.find_one({**wanted, "status": "pending", "attempts": 0})
    if waiting is not None:
        return waiting
    return store.repeated(db.statements, request) or store.insert(db.statements, new, request)


def get(db: Db, statement_id: str) -> Document:
    """One record; NotFound without it."""
    return store.get(db.statements, statement_id)


def find(db: Db, month: str) -> list[Document]:
    """The records of a month, the latest first."""
    return list(db.statements.find({"month": month}).sort([("created_at", -1), ("_id", 1)]))


def pdf(db: Db, statement_id: str) -> bytes:
    """The PDF of a statement; NotFound without statement, Conflict while there is no PDF."""
    record = get(db, statement_id)
    file = db.statement_files.find_one({"_id": statement_id})
    if file is None:
        raise Conflict(_("El PDF de esta liquidación todavía no está listo."), [{"status": record["status"]}])
    return bytes(file["pdf"])


def claim(db: Db, statement_id: str, now: datetime) -> Document | None:
    """The record, for the caller alone until its claim runs out; None where it is done, gone or another's."""
    held = {"token": store.new_id(), "until": now + LEASE}
    return db.statements.find_one_and_update(
        {"_id": statement_id, "attempts": {"$lt": MOST_ATTEMPTS}, **_free(now)},
        {"$set": {"claim": held}, "$inc": {"attempts": 1, "version": 1}},
        return_document=ReturnDocument.AFTER,
    )


def finish(db: Db, statement_id: str, pdf: bytes, now: datetime, sha256: str | None = None) -> None:
    """Keeps the PDF, unless there is one already, and says that the statement is ready.

    `sha256` is the fingerprint that it carries, None for a draft.
    """
    try:
        db.statement_files.insert_one({"_id": statement_id, "pdf": pdf, "created_at": now})
    except DuplicateKeyError:  # another worker was faster, or one was killed right here: that PDF stands
        stored = db.statement_files.find_one({"_id": statement_id})
        pdf = bytes(stored["pdf"]) if stored else pdf
    ready = {"status": "ready", "finished_at": now, "bytes": len(pdf)}
    ready |= {"sha256": sha256} if sha256 else {}
    # A "failed" that another worker wrote meanwhile was wrong: here is the PDF.
    _settle(db, {"_id": statement_id, "status": {"$ne": "ready"}}, ready)


def fail(db: Db, claimed: Document, reason: str, now: datetime) -> None:
    """Says that the PDF cannot be made, unless the claim has passed to another worker."""
    mine = {"_id": claimed["_id"], "status": "pending", "claim.token": claimed["claim"]["token"]}
    _settle(db, mine, {"status": "failed", "finished_at": now, "reason": reason})


def retry(db: Db, statement_id: str) -> Document:
    """Has a failed statement tried again; any other stays as it is. NotFound without it."""
    again = {"$set": {"status": "pending", "attempts": 0}, "$unset": {"reason": "", "finished_at": ""}}
    db.statements.update_one({"_id": statement_id, "status": "failed"}, {**again, "$inc": {"version": 1}})
    return get(db, statement_id)


def due(db: Db, now: datetime) -> list[str]:
    """Ids of the statements that wait for a worker, the oldest first; those given up become failed."""
    waiting = list(db.statements.find(_free(now)).sort([("created_at", 1), ("_id", 1)]))
    for record in waiting:
        if record["attempts"] >= MOST_ATTEMPTS:
            fail(db, record, WORKERS_DIED, now)
    return [record["_id"] for record in waiting if record["attempts"] < MOST_ATTEMPTS]


def _of_closing(db: Db, new: Document, closing: Document) -> Document:
    """The one record of a psychotherapist and a closing."""
    person = closing["people"].get(new["psychotherapist_id"])
    if person is None:
        raise Conflict(_("Esta persona todavía no estaba en el centro cuando se cerró el mes."))
    statement_id = store.derived_id("statement", closing["_id"], new["psychotherapist_id"])
    own = {
        "_id": statement_id,
        "closing": closing["_id"],
        "number": closing["number"],
        "folio": person["folio"],
    }
    with suppress(DuplicateKeyError):
        db.statements.insert_one({**new, **own})
    return get(db, statement_id)


def _free(now: datetime) -> Document:
    return {"status": "pending", "$or": [{"claim": {"$exists": False}}, {"claim.until": {"$lte": now}}]}


def _settle(db: Db, condition: Document, fields: Document) -> None:
    db.statements.update_one(condition, {"$set": fields, "$unset": {"claim": ""}, "$inc": {"version": 1}})
