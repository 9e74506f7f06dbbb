"""A statement's PDF as a download, the same for pages and API."""

from flask import Response

from service.database import Db
from service.documents import psychotherapists, statements
from service.domain.people import full_name
from service.domain.statements import file_name


def download(db: Db, statement_id: str) -> Response:
    """The PDF under a name that says whose it is; NotFound without statement, Conflict without PDF."""
    record = statements.get(db, statement_id)
    pdf = statements.pdf(db, statement_id)
    name = file_name(record["month"], full_name(psychotherapists.get(db, record["psychotherapist_id"])))
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
