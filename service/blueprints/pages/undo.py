"""What was just done can be taken back from the message that says it: a form with the versions it wrote."""

from collections.abc import Iterable

from flask import flash, request
from flask_babel import gettext as _

from service.documents.session_status import Ref
from service.documents.store import Document
from service.errors import InvalidInput

#: A form's name of sessions as they were read: "id.version".
FIELD = "cita"
#: A list shows 50; a message with more would not fit into its cookie.
MOST = 100


def offer(text: str, written: Iterable[Document]) -> None:
    """Says what was done, with the button that takes back what wrote these documents."""
    flash({"text": text, "undo": [f"{each['_id']}.{each['version']}" for each in written]}, "success")  # type: ignore[arg-type]


def refs() -> list[Ref]:
    """The sessions that a form names, each once. InvalidInput for none, for too many, or for nonsense."""
    found = dict.fromkeys(_ref(value) for value in request.form.getlist(FIELD))
    if not found:
        raise InvalidInput({FIELD: [_("Elija al menos una cita.")]})
    if len(found) > MOST:
        raise InvalidInput({FIELD: [_("Elija como máximo %(most)s citas.", most=MOST)]})
    return list(found)


def _ref(value: str) -> Ref:
    session_id, _dot, version = value.partition(".")
    if not (version.isascii() and version.isdigit() and len(version) < 19):
        raise InvalidInput({FIELD: [_("Elija al menos una cita.")]})
    return Ref(session_id, int(version))
