"""What a client's form sends: fields, and rows of psychotherapists and of family, with or without scripts.

A relative is chosen by typing, as client_choice says. A row in which nothing was typed is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from service.blueprints.pages import client_choice, records
from service.blueprints.pages.client_choice import Choice
from service.database import Db
from service.documents.store import Document
from service.errors import InvalidInput
from service.schemas.clients import ClientSchema
from service.schemas.form import Form
from service.schemas.form_field import FormField

FAMILY, THERAPISTS = "relationships.clients", "relationships.psychotherapists"
#: Buttons that only change how many rows the form shows.
ADD, REMOVE = "add", "remove"
#: The number of the row that scripts copy when a row is added; nobody sends it.
MODEL_ROW = 9999

Rows = dict[int, dict[str, list[str]]]


class FamilyRow(NamedTuple):
    """A row of family as the template draws it, and who is chosen in it."""

    row: FormField
    choice: Choice


@dataclass
class Sent:
    """A client's form as it was sent, its rows numbered anew without the blank ones."""

    fields: MultiDict[str, str]
    choices: dict[int, Choice] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    #: How many rows of each list the next page shows at least.
    rows: dict[str, int] = field(default_factory=dict)


def changes_rows(form: Mapping[str, str]) -> bool:
    """Whether a button was pressed that only adds or takes away a row."""
    return ADD in form or REMOVE in form


def read(db: Db, today: str) -> Sent:
    """The sent form; a psychotherapist without a day is one from `today` on."""
    form = records.sent()
    sent = Sent(
        MultiDict({name: form.getlist(name) for name in form if not name.startswith((FAMILY, THERAPISTS))})
    )
    for name in (FAMILY, THERAPISTS):
        rows = _rows(form, name)
        sent.fields[name] = ""
        sent.rows[name] = len(rows) + (form.get(ADD) == name)
        if name == FAMILY:
            _take_family(db, rows, sent)
        else:
            _take_therapists(rows, sent, today)
    return sent


def load(sent: Sent) -> Document:
    """The form's data, None for what was emptied; InvalidInput names each wrong field."""
    try:
        data = records.loaded(ClientSchema(), sent.fields)
    except InvalidInput as error:
        raise InvalidInput({**error.errors, **sent.errors}) from error
    if sent.errors:
        raise InvalidInput(sent.errors)
    return data


def rows(form: Form, name: str, sent: Sent | None) -> list[FormField]:
    """A list's rows with at least one blank one at the end, and the row that scripts copy."""
    filled = len(form.rows(name))
    shown = max(filled + 1, sent.rows[name] if sent else 0)
    return [*form.rows(name, extra=shown - filled), form[f"{name}.{MODEL_ROW}"]]


def family_rows(db: Db, form: Form, sent: Sent | None) -> list[FamilyRow]:
    """The rows of family with the names of who is chosen in them, and who may be meant by what was typed."""
    known = sent.choices if sent else {}
    return [
        FamilyRow(row, known.get(number) or client_choice.of(db, row["client_id"].text))
        for number, row in enumerate(rows(form, FAMILY, sent))
    ]


def _rows(form: MultiDict[str, str], name: str) -> Rows:
    """The sent rows of a list by number, each part with all its values; the row to take away is left out."""
    rows: Rows = {}
    for key in form:
        match = re.fullmatch(rf"{re.escape(name)}\.([0-9]{{1,4}})\.([a-z_]+)", key)
        if match and form.get(REMOVE) != f"{name}.{match[1]}":
            rows.setdefault(int(match[1]), {})[match[2]] = form.getlist(key)
    return dict(sorted(rows.items()))


def _take_therapists(rows: Rows, sent: Sent, today: str) -> None:
    taken = 0
    for row in rows.values():
        parts = {part: values[-1].strip() for part, values in row.items()}
        if parts.get("psychotherapist_id") or parts.get("since"):
            _put(sent, f"{THERAPISTS}.{taken}", {**parts, "since": parts.get("since") or today})
            taken += 1


def _take_family(db: Db, rows: Rows, sent: Sent) -> None:
    taken = 0
    for row in rows.values():
        choice = client_choice.sent(db, row.get("client_id", []), row.get("client_text", [""])[-1])
        if not choice.client_id and not choice.text:
            continue
        parts = {part: values[-1] for part, values in row.items() if part != "client_text"}
        # What was typed keeps the row from counting as blank.
        _put(sent, f"{FAMILY}.{taken}", {**parts, "client_id": choice.client_id or choice.text})
        sent.choices[taken] = choice
        if choice.error:
            sent.errors[f"{FAMILY}.{taken}.client_id"] = [choice.error]
        taken += 1


def _put(sent: Sent, prefix: str, parts: Mapping[str, str]) -> None:
    for part, value in parts.items():
        sent.fields[f"{prefix}.{part}"] = value
