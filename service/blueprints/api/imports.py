"""Imports of spreadsheets by the API: uploaded, read by a worker, applied, undone."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints import uploads
from service.blueprints.api import rest
from service.documents import imports
from service.documents.store import Document
from service.errors import InvalidInput
from service.schemas.imports import import_json
from service.texts import _

routes = Blueprint("imports", __name__, url_prefix="/imports")


@routes.get("")
def index() -> rest.Shown:
    """Imports, the newest first, without their lists."""
    found = imports.latest(current.db(), rest.MOST_PER_PAGE)
    return rest.listed(len(found), rest.sliced(found), lambda record: import_json(record, {}))


@routes.post("")
def create() -> Response:
    """Takes a file (multipart `file`); with `preview` "false" it is applied at once."""
    filename, content = uploads.received()
    preview = _flag("preview")
    same = rest.idempotency(uploads.fingerprint(content, preview))
    record = uploads.start(filename, content, preview, same)
    response = _accepted(record)
    response.headers["Location"] = f"{request.path}/{record['_id']}"
    return response


@routes.get("/<import_id>")
def show(import_id: str) -> Response:
    """How far an import is, its counts and lists."""
    db = current.db()
    record = imports.get(db, import_id)
    return rest.shown(
        import_json(record, {name: imports.items(db, import_id, name) for name in imports.LISTS})
    )


@routes.post("/<import_id>/apply")
def apply(import_id: str) -> Response:
    """Adds what the preview showed."""
    return _accepted(uploads.apply(import_id))


@routes.post("/<import_id>/undo")
def undo(import_id: str) -> Response:
    """Takes back what was added; 409 names what was changed or is used since."""
    return _accepted(uploads.undo(import_id))


@routes.get("/<import_id>/rejects.csv")
def rejects(import_id: str) -> Response:
    """The rejected rows, to correct and import again."""
    return uploads.rejects_file(import_id)


def _accepted(record: Document) -> Response:
    return rest.shown(import_json(record, {}), 202)


def _flag(name: str) -> bool:
    value = request.form.get(name, "true").strip().lower()
    if value not in ("true", "false"):
        raise InvalidInput({name: [_("Escriba true o false.")]})
    return value == "true"
