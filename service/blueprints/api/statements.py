"""Statements (PDF) by the API: asked for, made by a worker, fetched when ready."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints import statement_file
from service.blueprints.api import rest
from service.documents import statements
from service.queue import enqueue
from service.schemas.loading import load
from service.schemas.statements import StatementSchema, statement_json

routes = Blueprint("statements", __name__, url_prefix="/statements")


@routes.post("")
def create() -> Response:
    """Asks for a psychotherapist's statement of a month; `status` says when it is ready."""
    body = rest.json_body()
    wanted = load(StatementSchema(), body)
    record = statements.create(current.db(), **wanted, now=current.now(), request=rest.idempotency(body))
    enqueue(current.redis(), "pdf", "statements.render", record["_id"])
    response = rest.shown(statement_json(record), 202)
    response.headers["Location"] = f"{request.path}/{record['_id']}"
    return response


@routes.get("/<statement_id>")
def show(statement_id: str) -> Response:
    """How far a statement is."""
    return rest.shown(statement_json(statements.get(current.db(), statement_id)))


@routes.get("/<statement_id>/pdf")
def pdf(statement_id: str) -> Response:
    """The PDF; 409 while there is none."""
    return statement_file.download(current.db(), statement_id)
