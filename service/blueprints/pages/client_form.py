"""What a client's form sends besides plain fields: rows of psychotherapists and of family, with or without scripts.

A relative is chosen by typing: `client_text` holds what was typed, `client_id` who was chosen for it. Without
scripts only the text changes, so an id counts only while the text still is that person's name; anything else is
searched, and where several people are meant they are offered as choices.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from service.blueprints.pages import client_words, records
from service.database import Db
from service.documents import clients
from service.documents.store import Document
from service.domain.names import fold
from service.domain.people import full_name
from service.errors import InvalidInput
from service.schemas.clients import ClientSchema
from service.schemas.form import Form
from service.schemas.form_field import FormField

FAMILY, THERAPISTS = "relationships.clients", "relationships.psychotherapists"
#: Buttons that only change how many rows the form shows.
ADD, REMOVE = "add", "remove"
OFFERED = 8
#: The number of the row that scripts copy when a row is added; nobody sends it.
MODEL_ROW = 9999

Rows = dict[int, dict[str, list[str]]]


class Search(NamedTuple):
    """What was typed for a relative who is not chosen yet, and who may be meant."""

    text: str
    found: list[Document]


class FamilyRow(NamedTuple):
    """A row of family as the template draws it; `candidates` are (id, name, note)."""

    row: FormField
    client_id: str
    text: str
    candidates: list[tuple[str, str, str]]


@dataclass
class Sent:
    """A client's form as it was sent, its rows numbered anew without the blank ones."""

    fields: MultiDict[str, str]
    searches: dict[int, Search] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    #: How many rows of each list the next page shows at least.
    rows: dict[str, int] = field(default_factory=dict)


def changes_rows(form: Mapping[str, str]) -> bool:
    """Whether a button was pressed that only adds or takes away a row."""
    return ADD in form or REMOVE in form


def read(db: Db, today: str) -> Sent:
    """The sent form; a psychotherapist without a day is one from `today` on."""
    form = records.sent()
    sent = Sent(MultiDict({name: form.getlist(name) for name in form if not name.startswith((FAMILY, THERAPISTS))}))
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
    """The form's data with every field that it shows: what was emptied is None. InvalidInput names the fields."""
    try:
        data = records.loaded(ClientSchema(), sent.fields)
    except InvalidInput as error:
        raise InvalidInput({**error.errors, **sent.errors}) from error
    if sent.errors:
        raise InvalidInput(sent.errors)
    empty = dict.fromkeys(("document", "email", "phone", "birth_date"))
    lists = {"psychotherapists": [], "clients": [], **data.get("relationships", {})}
    return {**empty, "survey_consent": False, **data, "relationships": lists}


def rows(form: Form, name: str, sent: Sent | None) -> list[FormField]:
    """A list's rows with at least one blank one at the end, and the row that scripts copy."""
    filled = len(form.rows(name))
    shown = max(filled + 1, sent.rows[name] if sent else 0)
    return [*form.rows(name, extra=shown - filled), form[f"{name}.{MODEL_ROW}"]]


def family_rows(form: Form, sent: Sent | None, people: Mapping[str, Document], today: str) -> list[FamilyRow]:
    """The rows of family, with the names of `people` (by id) and who may be meant by what was typed."""
    return [
        _family_row(row, people, sent.searches.get(number) if sent else None, today)
        for number, row in enumerate(rows(form, FAMILY, sent))
    ]


def _family_row(row: FormField, people: Mapping[str, Document], search: Search | None, today: str) -> FamilyRow:
    if search is None:
        client_id = row["client_id"].text
        return FamilyRow(row, client_id, full_name(people[client_id]) if client_id in people else "", [])
    offered = [(c["_id"], full_name(c), " · ".join(client_words.details(c, today))) for c in search.found]
    return FamilyRow(row, "", search.text, offered)


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
    known = clients.by_ids(db, [row["client_id"][0] for row in rows.values() if row.get("client_id")])
    taken = 0
    for row in rows.values():
        chosen = _chosen(db, row, known)
        if not chosen:
            continue
        parts = {part: values[-1] for part, values in row.items() if part != "client_text"}
        if isinstance(chosen, Search):
            # The text keeps the row from counting as blank.
            parts["client_id"] = chosen.text
            sent.searches[taken] = chosen
            sent.errors[f"{FAMILY}.{taken}.client_id"] = [_WHO if chosen.found else _NOBODY]
        else:
            parts["client_id"] = chosen
        _put(sent, f"{FAMILY}.{taken}", parts)
        taken += 1


def _chosen(db: Db, row: Mapping[str, list[str]], known: Mapping[str, Document]) -> str | Search:
    """Whom a row means: an id, what was typed where that is not clear, or "" for a blank row."""
    hidden, *picked = row.get("client_id") or [""]
    if "client_text" not in row:
        return hidden
    text = " ".join(row["client_text"][-1].split())
    if hidden in known and fold(full_name(known[hidden])) == fold(text):
        return hidden
    if any(picked):
        return picked[-1]
    return _searched(db, text) if text else ""


def _searched(db: Db, text: str) -> str | Search:
    found = clients.search(db, text)
    same = [client for client in found if fold(full_name(client)) == fold(text)]
    for matches in (same, found):
        if len(matches) == 1:
            return str(matches[0]["_id"])
    return Search(text, found[:OFFERED])


def _put(sent: Sent, prefix: str, parts: Mapping[str, Any]) -> None:
    for part, value in parts.items():
        sent.fields[f"{prefix}.{part}"] = value


_WHO = "Hay varias personas con ese nombre: elija quién es."
_NOBODY = "No hay ningún cliente con ese nombre. Primero hay que registrarlo."
