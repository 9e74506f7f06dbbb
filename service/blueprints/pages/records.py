"""What the pages of clients and of psychotherapists do the same way: show the form again after a mistake."""

from typing import Any

from flask import Response, make_response, render_template, request
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from service.blueprints.pages import sending
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.loading import load


def loaded(schema: Schema) -> dict[str, Any]:
    """The sent form's data, as the schema loads it."""
    return load(schema, Form.decode(_fields(), schema))


def form_again(template: str, schema: Schema, error: InvalidInput | Conflict | Stale, **context: Any) -> Response:
    """The form with what was typed; a stale one carries the version that is stored now, so it can be saved again."""
    errors = error.errors if isinstance(error, InvalidInput) else {}
    if isinstance(error, Conflict):
        errors = {error.field or "_schema": [error.message]}
    newer = error.current if isinstance(error, Stale) else None
    page = form_page(template, Form.typed(schema, _fields(), errors), newer=newer, **context)
    return make_response(page, 422 if isinstance(error, InvalidInput) else 409)


def form_page(template: str, form: Form, record: dict[str, Any] | None = None, **context: Any) -> str:
    """A form's page; `record` is the stored document, None for a new one."""
    stored = context.get("newer") or record or {}
    key = request.form.get(sending.KEY) or sending.new_key()
    return render_template(template, form=form, record=record, version=stored.get("version", ""), key=key, **context)


def _fields() -> MultiDict[str, str]:
    return MultiDict((name, value) for name, value in request.form.items(multi=True) if name not in sending.ENVELOPE)
