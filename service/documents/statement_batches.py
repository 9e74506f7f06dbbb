"""All statements of a month at once: the statements that were asked for together, and their PDFs as one ZIP.

    {_id, version, month, statements [ids], created_at}

How far it is follows from the statements' own records, so nothing here can disagree with them.
"""

import io
import zipfile
from collections import Counter
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import months, psychotherapists, statements, store
from service.documents.store import Document, Request
from service.domain import statements as domain
from service.domain.people import full_name
from service.errors import Conflict, InvalidInput
from service.texts import _

#: The same PDFs give the same ZIP: a ZIP's own earliest day stands for all of them.
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def create(db: Db, month: str, now: datetime, request: Request | None = None) -> Document:
    """Asks for the statement of everybody with sessions, charges or adjustments in a month. InvalidInput
    where nobody has any.
    """
    earlier = store.repeated(db.statement_batches, request)
    if earlier is not None:
        return earlier
    people = _whose(db, month)
    if not people:
        raise InvalidInput({"month": [_("Ese mes no tiene sesiones ni cargos.")]})
    asked = [statements.create(db, person_id, month, now)["_id"] for person_id in people]
    new = {"_id": store.new_id(), "version": 1, "month": month, "statements": asked, "created_at": now}
    return store.insert(db.statement_batches, new, request)


def get(db: Db, batch_id: str) -> Document:
    """One batch; NotFound without it."""
    return store.get(db.statement_batches, batch_id)


def progress(db: Db, batch: Document) -> dict[str, Any]:
    """{status: "pending" | "ready" | "failed", done, total, failed}; failed when nothing waits any more and
    a PDF could not be made.
    """
    found = db.statements.find({"_id": {"$in": batch["statements"]}}, {"status": 1})
    states = Counter(record["status"] for record in found)
    waits = states["ready"] + states["failed"] < len(batch["statements"])
    status = "pending" if waits else "failed" if states["failed"] else "ready"
    return {
        "status": status,
        "total": len(batch["statements"]),
        "done": states["ready"] + states["failed"],
        "failed": states["failed"],
    }


def archive(db: Db, batch: Document) -> bytes:
    """The PDFs as one ZIP, each named after its psychotherapist; Conflict while one waits or has failed."""
    state = progress(db, batch)
    if state["status"] != "ready":
        raise Conflict(_("Todavía no están listos todos los PDF."), [state])
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, pdf in _files(db, batch):
            packed.writestr(zipfile.ZipInfo(name, _NO_DAY), pdf)
    return output.getvalue()


def _whose(db: Db, month: str) -> list[str]:
    """Ids, by name."""
    busy = {own["psychotherapist_id"] for own in months.figures(db, month)["psychotherapists"]}
    busy |= {line["psychotherapist_id"] for line in months.adjustments(db, month)}
    return [person["_id"] for person in psychotherapists.search(db) if person["_id"] in busy]


def _files(db: Db, batch: Document) -> list[tuple[str, bytes]]:
    people = psychotherapists.names(db)
    taken: Counter[str] = Counter()
    files = []
    for statement_id in batch["statements"]:
        person_id = statements.get(db, statement_id)["psychotherapist_id"]
        name = domain.file_name(batch["month"], full_name(people[person_id]))
        taken[name] += 1
        if taken[name] > 1:  # two people of the same name
            name = name.replace(".pdf", f"-{taken[name]}.pdf")
        files.append((name, statements.pdf(db, statement_id)))
    return files
