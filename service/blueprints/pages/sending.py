"""How a page's form is sent: with the version it was read with, and a key so that twice creates one thing."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, g, request, url_for
from werkzeug.datastructures import MultiDict

from service.documents.store import Request, request_of

KEY, VERSION = "idempotency_key", "version"
#: Fields that belong to the sending and not to what is sent.
ENVELOPE = (KEY, VERSION, "csrf_token", "then")


def new_key() -> str:
    """A key for an empty form."""
    return secrets.token_hex(16)


def creation(form: Mapping[str, str]) -> Request | None:
    """The Request of a form that creates something; None where the form carries no key.

    Whoever goes back, corrects what was already created and sends it again gets InvalidInput on
    Idempotency-Key: it was saved before, and what they changed was not.
    """
    key = form.get(KEY, "")
    return request_of(g.staff["_id"], request.path, key, _sent(form)) if key else None


def version(form: Mapping[str, str]) -> int:
    """The version that the form was read with; 0, which no document has, when it is missing."""
    text = form.get(VERSION, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def see_other(endpoint: str, **values: Any) -> Response:
    """Where the browser goes on with GET after a form was accepted."""
    response = Response(status=303)
    response.location = url_for(endpoint, **values)
    return response


def _sent(form: Mapping[str, str]) -> dict[str, list[str]]:
    """Every value: a chosen radio comes after the hidden field of the same name."""
    many = form.to_dict(flat=False) if isinstance(form, MultiDict) else {name: [form[name]] for name in form}
    return {name: values for name, values in many.items() if name not in ENVELOPE}
