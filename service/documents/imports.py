"""Imports: a record per uploaded file (how far it is, what it counts), its lists, and the file itself.

    {_id, version, filename, preview, kind: "sessions" | "psychotherapists" once read, titles,
     status: "pending" | "running" | "preview" | "applied" | "undone" | "failed", step: "read" | "apply" |
     "undo", progress: {done, total}, imported, duplicates, ignored, rejected, new_clients, attempts, errors
     (failed), claim: {token, until} while a process has it, created_by, created_at, finished_at}

Lists (`rejects`, `different`, `overlaps`, `doubts`) may be long and stand in `import_lists`, some items a
document.
`now` of a claim is the real instant (service.clock.system_now), never the frozen calendar.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from service.database import Db
from service.documents import store
from service.documents.store import Document, Request
from service.errors import Conflict
from service.texts import _

LISTS = ("rejects", "different", "overlaps", "doubts")
COUNTS = ("imported", "duplicates", "ignored", "rejected", "new_clients")
#: Renewed with every batch that is written; a process that was killed is followed by another after it.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5
#: Files hold personal data: they go once nobody needs to look at them again.
FILE_LIFETIME = timedelta(days=30)

_PER_DOCUMENT = 500


def create(
    db: Db,
    filename: str,
    content: bytes,
    preview: bool,
    staff_id: str,
    now: datetime,
    request: Request | None = None,
) -> Document:
    """Stores an uploaded file and the record of what is to be done with it."""
    earlier = store.repeated(db.imports, request)
    if earlier is not None:
        return earlier
    new: Document = {
        "_id": request.id if request else store.new_id(),
        "version": 1,
        "filename": filename,
        "preview": preview,
        "status": "pending",
        "step": "read",
        "progress": {"done": 0, "total": 0},
        **dict.fromkeys(COUNTS, 0),
        "attempts": 0,
        "created_by": staff_id,
        "created_at": now,
    }
    file = {"content": content, "created_at": now}
    db.import_files.update_one({"_id": new["_id"]}, {"$setOnInsert": file}, upsert=True)
    return store.insert(db.imports, new, request)


def get(db: Db, import_id: str) -> Document:
    """One record; NotFound without it."""
    return store.get(db.imports, import_id)


def latest(db: Db, limit: int) -> list[Document]:
    """The last imports, the newest first."""
    return list(db.imports.find().sort([("created_at", -1), ("_id", 1)]).limit(limit))


def content(db: Db, import_id: str) -> bytes | None:
    """The file's bytes, None once it was deleted."""
    file = db.import_files.find_one({"_id": import_id})
    return bytes(file["content"]) if file else None


def items(db: Db, import_id: str, name: str) -> list[Document]:
    """One of LISTS, in the file's order."""
    chunks = sorted(
        db.import_lists.find({"import_id": import_id, "list": name}), key=lambda chunk: chunk["number"]
    )
    return [item for chunk in chunks for item in chunk["items"]]


def ask_for(db: Db, import_id: str, step: str, status: str) -> Document:
    """Has a worker do `step` ("apply", "undo") next; Conflict unless the import rests at `status`."""
    asked = db.imports.find_one_and_update(
        {"_id": import_id, "status": status},
        {
            "$set": {"status": "pending", "step": step, "attempts": 0, "progress": {"done": 0, "total": 0}},
            "$inc": {"version": 1},
        },
        return_document=ReturnDocument.AFTER,
    )
    if asked is None:
        there = [{"status": get(db, import_id)["status"]}]
        raise Conflict(_("Esta importación no está en un estado que lo permita."), there)
    return asked


def claim(db: Db, import_id: str, now: datetime) -> Document | None:
    """The record, for the caller alone until its claim runs out; None where it rests, is gone or
    another's.
    """
    held = {"token": store.new_id(), "until": now + LEASE}
    return db.imports.find_one_and_update(
        {"_id": import_id, **_free(now)},
        {"$set": {"claim": held, "status": "running"}, "$inc": {"attempts": 1, "version": 1}},
        return_document=ReturnDocument.AFTER,
    )


def progress(db: Db, claimed: Document, done: int, total: int, now: datetime) -> None:
    """Shows how far the work is and renews the claim; Conflict where it has passed to another process."""
    fields = {"progress": {"done": done, "total": total}, "claim.until": now + LEASE}
    if not db.imports.update_one(_mine(claimed), {"$set": fields}).matched_count:
        raise Conflict(_("Otro proceso sigue con esta importación."))


def put_lists(db: Db, import_id: str, lists: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Replaces the lists of an import."""
    db.import_lists.delete_many({"import_id": import_id})
    for name, found in lists.items():
        for number in range(0, len(found), _PER_DOCUMENT):
            chunk: Document = {"_id": store.derived_id(import_id, name, str(number)), "import_id": import_id}
            chunk |= {
                "list": name,
                "number": number,
                "items": [dict(item) for item in found[number:][:_PER_DOCUMENT]],
            }
            db.import_lists.replace_one({"_id": chunk["_id"]}, chunk, upsert=True)


def proceed(db: Db, claimed: Document, fields: Mapping[str, Any]) -> None:
    """Notes what is known so far, while the claim goes on."""
    db.imports.update_one(_mine(claimed), {"$set": dict(fields), "$inc": {"version": 1}})


def rest(db: Db, claimed: Document, status: str, fields: Mapping[str, Any], now: datetime) -> None:
    """Ends the work at `status`, unless the claim has passed to another process."""
    db.imports.update_one(
        _mine(claimed),
        {
            "$set": {**fields, "status": status, "finished_at": now},
            "$unset": {"claim": ""},
            "$inc": {"version": 1},
        },
    )


def give_back(db: Db, claimed: Document) -> None:
    """Lets the work wait: it was not begun."""
    db.imports.update_one(
        _mine(claimed), {"$set": {"status": "pending"}, "$unset": {"claim": ""}, "$inc": {"attempts": -1}}
    )


def due(db: Db, now: datetime) -> list[str]:
    """Ids of the imports that wait for a process, the oldest first; those whose processes keep dying fail."""
    waiting = list(db.imports.find(_free(now)).sort([("created_at", 1), ("_id", 1)]))
    for record in waiting:
        if record["attempts"] >= MOST_ATTEMPTS:
            _give_up(db, record, now)
    return [record["_id"] for record in waiting if record["attempts"] < MOST_ATTEMPTS]


def delete_old_files(db: Db, now: datetime) -> int:
    """Deletes the files that are older than FILE_LIFETIME; how many."""
    return int(db.import_files.delete_many({"created_at": {"$lt": now - FILE_LIFETIME}}).deleted_count)


def _free(now: datetime) -> Document:
    free: Iterable[Document] = ({"claim": {"$exists": False}}, {"claim.until": {"$lte": now}})
    return {"status": {"$in": ["pending", "running"]}, "$or": list(free)}


def _mine(claimed: Document) -> Document:
    return {"_id": claimed["_id"], "claim.token": claimed["claim"]["token"]}


def _give_up(db: Db, record: Document, now: datetime) -> None:
    """A file that kills every process that reads it must not do so for ever; what a step had begun stays."""
    errors = {"file": [_("La importación se interrumpió varias veces y no se terminó.")]}
    db.imports.update_one(
        {"_id": record["_id"], "version": record["version"], **_free(now)},
        {
            "$set": {"status": "failed", "errors": errors, "finished_at": now},
            "$unset": {"claim": ""},
            "$inc": {"version": 1},
        },
    )
