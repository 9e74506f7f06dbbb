"""Statements as downloads, one PDF or all of a month as a ZIP, the same for pages and API."""

from flask import Response

from service.database import Db
from service.documents import psychotherapists, statement_batches, statements
from service.domain.people import full_name
from service.domain.statements import file_name


def download(db: Db, statement_id: str) -> Response:
    """The PDF under a name that says whose it is; NotFound without statement, Conflict without PDF."""
    record = statements.get(db, statement_id)
    pdf = statements.pdf(db, statement_id)
    name = file_name(record["month"], full_name(psychotherapists.get(db, record["psychotherapist_id"])))
    return _attached(pdf, name, "application/pdf")


def archive(db: Db, batch_id: str) -> Response:
    """A batch's PDFs as a ZIP; NotFound without the batch, Conflict while a PDF is missing."""
    batch = statement_batches.get(db, batch_id)
    packed = statement_batches.archive(db, batch)
    return _attached(packed, f"liquidaciones-{batch['month']}.zip", "application/zip")


def _attached(content: bytes, name: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
