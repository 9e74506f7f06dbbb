"""Statements (PDF) by the API: asked for, made by a worker, fetched when ready."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints import statement_file
from service.blueprints.api import rest
from service.documents import statement_batches, statement_mails, statements
from service.documents.store import Document
from service.queue import enqueue
from service.schemas.loading import load
from service.schemas.statements import BatchSchema, StatementSchema, statement_json

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


@routes.post("/batch")
def create_batch() -> Response:
    """Asks for all statements of a month, to be fetched as one ZIP."""
    body = rest.json_body()
    month = load(BatchSchema(), body)["month"]
    batch = statement_batches.create(current.db(), month, current.now(), rest.idempotency(body))
    for statement_id in batch["statements"]:
        enqueue(current.redis(), "pdf", "statements.render", statement_id)
    response = rest.shown(_batch_json(batch), 202)
    response.headers["Location"] = f"{request.path}/{batch['_id']}"
    return response


@routes.get("/batch/<batch_id>")
def show_batch(batch_id: str) -> Response:
    """How many of a batch's statements are made."""
    return rest.shown(_batch_json(statement_batches.get(current.db(), batch_id)))


@routes.get("/batch/<batch_id>/zip")
def archive(batch_id: str) -> Response:
    """The PDFs as one ZIP; 409 while one is missing."""
    return statement_file.archive(current.db(), batch_id)


@routes.get("/<statement_id>")
def show(statement_id: str) -> Response:
    """How far a statement is."""
    return rest.shown(statement_json(statements.get(current.db(), statement_id)))


@routes.get("/<statement_id>/pdf")
def pdf(statement_id: str) -> Response:
    """The PDF; 409 while there is none."""
    return statement_file.download(current.db(), statement_id)


@routes.post("/<statement_id>/mail")
def send(statement_id: str) -> Response:
    """Has a statement that is ready sent to its psychotherapist; `mail` says how far that is."""
    record = statement_mails.ask(current.db(), statement_id)
    enqueue(current.redis(), "mail", "statement_mails.send", statement_id)
    return rest.shown(statement_json(record), 202)


def _batch_json(batch: Document) -> rest.Shown:
    own = {"id": batch["_id"], "version": batch["version"], "month": batch["month"]}
    return {**own, "statements": batch["statements"], **statement_batches.progress(current.db(), batch)}
