"""Importar: upload a spreadsheet, look at what it would do, apply it, undo it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from service import current
from service.blueprints import uploads
from service.blueprints.pages import sending
from service.documents import imports
from service.documents.store import Document
from service.errors import Conflict, InvalidInput

routes = Blueprint("imports", __name__, url_prefix="/importar")

LATEST = 20
#: So many rows of each list are shown; the file of rejected rows has them all.
MOST_SHOWN = 200


@routes.get("")
def index() -> str:
    """The upload, and the last imports."""
    return _index_page()


@routes.post("")
def create() -> Response:
    """Takes the file; a worker reads it, and its page shows how far it is."""
    try:
        filename, content = uploads.received()
    except InvalidInput as error:
        return make_response(_index_page(error.errors["file"][0]), 422)
    same = sending.creation({**request.form, **uploads.fingerprint(content, preview=True)})
    record = uploads.start(filename, content, True, same)
    return sending.see_other(".show", import_id=record["_id"])


@routes.get("/<import_id>")
def show(import_id: str) -> str:
    """How far an import is; what it would do or did; what comes next."""
    return _page(import_id)


@routes.get("/<import_id>/estado")
def progress(import_id: str) -> dict[str, Any]:
    """The state, for the page that waits."""
    record = imports.get(current.db(), import_id)
    return {"status": record["status"], **record["progress"]}


@routes.post("/<import_id>/aplicar")
def apply(import_id: str) -> Response:
    """Adds what the preview shows."""
    return _asked(uploads.apply, import_id)


@routes.post("/<import_id>/deshacer")
def undo(import_id: str) -> Response:
    """Takes back what was added, or says what keeps it from being taken back."""
    return _asked(uploads.undo, import_id)


@routes.get("/<import_id>/rechazadas.csv")
def rejects(import_id: str) -> Response:
    """The rejected rows, to correct and import again."""
    return uploads.rejects_file(import_id)


def _asked(step: Callable[[str], Document], import_id: str) -> Response:
    try:
        step(import_id)
    except Conflict as error:
        return make_response(_page(import_id, error), 409)
    return sending.see_other(".show", import_id=import_id)


def _index_page(error: str = "") -> str:
    latest = imports.latest(current.db(), LATEST)
    key = request.form.get(sending.KEY) or sending.new_key()
    return render_template("pages/imports/index.html", latest=latest, error=error, key=key)


def _page(import_id: str, conflict: Conflict | None = None) -> str:
    db = current.db()
    lists = {name: imports.items(db, import_id, name) for name in imports.LISTS}
    return render_template(
        "pages/imports/show.html",
        record=imports.get(db, import_id),
        lists={name: items[:MOST_SHOWN] for name, items in lists.items()},
        counts={name: len(items) for name, items in lists.items()},
        conflict=conflict.message if conflict else "",
        blocking=[item for item in conflict.in_the_way if "id" in item] if conflict else [],
    )
