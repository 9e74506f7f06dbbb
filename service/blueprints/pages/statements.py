"""Liquidaciones: asked for one by one or for a whole month, watched while a worker makes them, downloaded."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints import statement_file
from service.blueprints.pages import sending
from service.documents import closings, psychotherapists, statement_batches, statement_mails, statements
from service.documents.store import Document
from service.domain.months import month_of, parse_month
from service.domain.people import full_name
from service.errors import Conflict
from service.languages import said
from service.queue import enqueue
from service.schemas.loading import load
from service.schemas.statements import BatchSchema, StatementSchema

routes = Blueprint("statements", __name__, url_prefix="/liquidaciones")


@routes.get("")
def index() -> str:
    """The statements of a month, whatever their state, the latest first."""
    month = parse_month(request.args.get("mes") or month_of(current.today()), "mes")
    rows = _rows(month, statements.find(current.db(), month))
    return render_template("pages/statements/index.html", month=month, rows=rows)


@routes.post("")
def create() -> Response:
    """Asks for a statement and goes to where it can be watched."""
    names = ("psychotherapist_id", "month")
    wanted = load(StatementSchema(), {name: request.form.get(name, "") for name in names})
    record = statements.create(current.db(), **wanted, now=current.now())
    return _queued(record)


@routes.post("/lote")
def create_batch() -> Response:
    """Asks for all statements of a month and goes to where they can be watched."""
    month = load(BatchSchema(), {"month": request.form.get("month", "")})["month"]
    batch = statement_batches.create(current.db(), month, current.now())
    for statement_id in batch["statements"]:
        enqueue(current.redis(), "pdf", "statements.render", statement_id)
    return sending.see_other(".show_batch", batch_id=batch["_id"])


@routes.get("/lote/<batch_id>")
def show_batch(batch_id: str) -> str:
    """How many are made, and whose; the ZIP when all are."""
    db = current.db()
    batch = statement_batches.get(db, batch_id)
    rows = _rows(batch["month"], [statements.get(db, statement_id) for statement_id in batch["statements"]])
    state = statement_batches.progress(db, batch)
    return render_template("pages/statements/batch.html", batch=batch, rows=rows, state=state)


@routes.get("/lote/<batch_id>/estado")
def batch_progress(batch_id: str) -> dict[str, Any]:
    """How far it is, for the page that waits."""
    return statement_batches.progress(current.db(), statement_batches.get(current.db(), batch_id))


@routes.get("/lote/<batch_id>/zip")
def archive(batch_id: str) -> Response:
    """The PDFs as one ZIP."""
    return statement_file.archive(current.db(), batch_id)


@routes.get("/<statement_id>")
def show(statement_id: str) -> str:
    """How far it is; the download when it is ready; what went wrong and another try when it failed."""
    record = statements.get(current.db(), statement_id)
    [row] = _rows(record["month"], [record])
    return render_template("pages/statements/show.html", **row)


@routes.get("/<statement_id>/estado")
def progress(statement_id: str) -> dict[str, str]:
    """The state, for the page that waits."""
    return {"status": statements.get(current.db(), statement_id)["status"]}


@routes.post("/<statement_id>/reintentar")
def retry(statement_id: str) -> Response:
    """Has a failed one made again."""
    return _queued(statements.retry(current.db(), statement_id))


@routes.post("/<statement_id>/correo")
def send(statement_id: str) -> Response:
    """Has it sent to its psychotherapist."""
    try:
        _send(statement_id)
    except Conflict as error:
        flash(said(error), "error")
    return sending.see_other(".show", statement_id=statement_id)


@routes.post("/lote/<batch_id>/correo")
def send_batch(batch_id: str) -> Response:
    """Has each of a batch sent to its psychotherapist; who could not be written to is named."""
    db, left = current.db(), []
    people = psychotherapists.names(db)
    for statement_id in statement_batches.get(db, batch_id)["statements"]:
        try:
            _send(statement_id)
        except Conflict:
            left.append(full_name(people[statements.get(db, statement_id)["psychotherapist_id"]]))
    if left:
        flash(_("No se envía a %(names)s: falta su correo o su PDF.", names=", ".join(left)), "warning")
    return sending.see_other(".show_batch", batch_id=batch_id)


@routes.get("/<statement_id>/pdf")
def pdf(statement_id: str) -> Response:
    """The PDF."""
    return statement_file.download(current.db(), statement_id)


def _send(statement_id: str) -> None:
    statement_mails.ask(current.db(), statement_id)
    enqueue(current.redis(), "mail", "statement_mails.send", statement_id)


def _queued(record: Document) -> Response:
    enqueue(current.redis(), "pdf", "statements.render", record["_id"])
    return sending.see_other(".show", statement_id=record["_id"])


def _rows(month: str, records: Sequence[Document]) -> list[dict[str, Any]]:
    """[{statement, name, state, outdated}] of a month's statements, as they are given."""
    people, closing = psychotherapists.names(current.db()), closings.state(current.db(), month).get("closing")
    return [_row(record, people, closing) for record in records]


def _row(record: Document, people: dict[str, Document], closing: str | None) -> dict[str, Any]:
    """`state` tells what waits ("pending") from what a worker has ("running"); `outdated`, that the month was
    closed or opened after it.
    """
    running = record["status"] == "pending" and "claim" in record
    name = full_name(people[record["psychotherapist_id"]]) if record["psychotherapist_id"] in people else "–"
    state = "running" if running else record["status"]
    return {"statement": record, "name": name, "state": state, "outdated": record.get("closing") != closing}
