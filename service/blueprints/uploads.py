"""What pages and API do the same way with an import: take the file, queue the work, give the rejected rows
back.
"""

import csv
import hashlib
import io
from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from service import current
from service.documents import import_batch, imports
from service.documents.store import Document, Request
from service.domain.sheets.corrections import corrections
from service.domain.sheets.faults import Rejection
from service.domain.sheets.read import MAX_BYTES
from service.errors import Conflict, InvalidInput
from service.queue import enqueue
from service.texts import _

LONGEST_NAME = 200
#: So many of what is in the way of an undo are named.
MOST_NAMED = 100


def received() -> tuple[str, bytes]:
    """Name and bytes of the uploaded `file`; InvalidInput without one, 413 for one over 10 MB."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput({"file": [_("Elija un archivo .csv o .xlsx.")]})
    content = file.stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise RequestEntityTooLarge()
    if not content:
        raise InvalidInput({"file": [_("El archivo está vacío.")]})
    return file.filename[-LONGEST_NAME:], content


def fingerprint(content: bytes, preview: bool) -> dict[str, Any]:
    """What makes two uploads the same for an Idempotency-Key."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "preview": preview}


def start(filename: str, content: bytes, preview: bool, same: Request | None) -> Document:
    """Records an upload and has a worker read it."""
    record = imports.create(current.db(), filename, content, preview, g.staff["_id"], current.now(), same)
    return _queued(record)


def apply(import_id: str) -> Document:
    """Has a previewed import added; Conflict in any other state."""
    return _queued(imports.ask_for(current.db(), import_id, "apply", "preview"))


def undo(import_id: str) -> Document:
    """Has an applied import taken back; Conflict naming what was changed or is used since, or in another
    state.
    """
    imports.get(current.db(), import_id)
    blocking = import_batch.in_the_way(current.db(), import_id)
    if blocking:
        message = _("No se puede deshacer: algunos registros cambiaron o se usan desde entonces.")
        raise Conflict(message, blocking[:MOST_NAMED])
    return _queued(imports.ask_for(current.db(), import_id, "undo", "applied"))


def rejects_file(import_id: str) -> Response:
    """The rejected rows with what is wrong beside each, ready to correct and import again."""
    record = imports.get(current.db(), import_id)
    rejections = [
        Rejection(
            item["row"], item["column"], item["value"], item["code"], item["reason"], tuple(item["cells"])
        )
        for item in imports.items(current.db(), import_id, "rejects")
    ]
    text = io.StringIO()
    csv.writer(text).writerows(corrections(record.get("titles", []), rejections))
    response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="filas-rechazadas.csv"'
    return response


def _queued(record: Document) -> Document:
    enqueue(current.redis(), "import", "imports.run", record["_id"])
    return record
