"""What pages of records do the same way: a form shown again, and a stale save explained."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from service import formats
from service.blueprints.pages import sending
from service.blueprints.statuses import status_of
from service.errors import Conflict, InvalidInput, Stale
from service.languages import joined
from service.schemas.form import WHOLE_FORM, Form
from service.schemas.form_field import FormField
from service.schemas.loading import load

#: Where documents/ says that an idempotency key came again with other data.
_KEY_USED = "Idempotency-Key"


class Difference(NamedTuple):
    """A field that reads otherwise in the store than in what somebody wants to save."""

    label: str
    stored: str
    typed: str


def sent() -> MultiDict[str, str]:
    """The form's fields as they were sent, without what belongs to the sending."""
    return MultiDict(
        (name, value) for name, value in request.form.items(multi=True) if name not in sending.ENVELOPE
    )


def loaded(schema: Schema, fields: MultiDict[str, str]) -> dict[str, Any]:
    """The fields' data, as the schema loads it."""
    return load(schema, Form.decode(fields, schema))


def form_again(template: str, form: Form, error: InvalidInput | Conflict | Stale, **context: Any) -> Response:
    """The form with what was typed and `messages` of what is wrong."""
    if isinstance(error, InvalidInput) and _KEY_USED in error.errors:
        created = sending.creation(request.form)
        context["already"] = created.id if created else ""
    if isinstance(error, Conflict):
        context["in_the_way"] = error.in_the_way
    if isinstance(error, Stale):
        context["newer"] = error.current
    return make_response(form_page(template, form, **context), status_of(error))


def form_page(template: str, form: Form, record: Mapping[str, Any] | None = None, **context: Any) -> str:
    """A form's page; `record` is the stored document, None for a new one.

    The version is the one that the form was first read with, through any number of mistakes; only a stale
    save, which says what is stored now (`newer`), takes that one's version, so that it can be saved again.
    """
    stored = context.get("newer") or {}
    version = stored.get("version") or request.form.get(sending.VERSION) or (record or {}).get("version", "")
    key = request.form.get(sending.KEY) or sending.new_key()
    return render_template(template, form=form, record=record, version=version, key=key, **context)


def differences(
    wanted: Form, stored: Form, fields: Iterable[str], names: Mapping[str, str] | None = None
) -> list[Difference]:
    """What of `fields` (dotted names; lists too) differs, in words; `names` of the people behind ids."""
    pairs = (
        (name, _written(stored, name, names or {}), _written(wanted, name, names or {})) for name in fields
    )
    return [Difference(wanted[name].label, theirs, mine) for name, theirs, mine in pairs if theirs != mine]


def messages(error: InvalidInput | Conflict | Stale) -> dict[str, list[str]]:
    """What is wrong, by the name of the field that it is said beside."""
    if isinstance(error, Conflict):
        return {error.field or WHOLE_FORM: [error.message]}
    if isinstance(error, Stale):
        return {}
    errors = dict(error.errors)
    if errors.pop(_KEY_USED, None):
        errors[WHOLE_FORM] = [_("Este formulario ya se guardó antes. Lo que cambió después no se guardó.")]
    return errors


def _written(form: Form, name: str, names: Mapping[str, str]) -> str:
    """A field's value, or a list's rows, as people read them; a dash for nothing."""
    field = form[name]
    rows = form.rows(name) if isinstance(field.value, list) else [field]
    return joined((_in_words(row, names) for row in rows), "; ") or formats.DASH


def _in_words(field: FormField, names: Mapping[str, str]) -> str:
    if field.input == "money":
        symbol = dict(field["currency"].choices).get(field["currency"].text, "")
        return f"{symbol} {field['amount'].text}"
    if field.parts:
        # A box in a row is named when it is ticked and says nothing otherwise.
        parts = [
            p.label if p.checked else "" if p.input == "checkbox" else _in_words(p, names)
            for p in _parts(field)
        ]
        return joined(part for part in parts if part and part != formats.DASH)
    if field.input == "checkbox":
        return str(_("sí") if field.checked else _("no"))
    return _plain(field, names)


def _parts(field: FormField) -> Iterable[FormField]:
    return field.parts.values() if field.value else ()


def _plain(field: FormField, names: Mapping[str, str]) -> str:
    text: str = names.get(field.text) or dict(field.choices).get(field.text) or field.text
    if field.input == "date" and field.text:
        return formats.numeric_day(field.text)
    if field.input == "tel" and field.text:
        return formats.phone(field.text)
    if field.input == "percent" and text:
        return formats.with_percent_sign(text)
    return text or formats.DASH
