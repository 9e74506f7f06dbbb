"""A client who is not registered yet, entered within a new session's form, of which nothing typed is lost.

While the small form for them is open, the session's form carries a key (`client_key`): whatever saves it
creates the client once, and the client stays chosen when the session itself cannot be saved. Likely
duplicates are shown while typing; whoever was not seen in the page yet (`likely_seen`) is shown before.
"""

from typing import Any

from flask import flash, g, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from service import current
from service.blueprints.pages import client_choice, client_words, sending
from service.blueprints.pages.client_choice import Choice
from service.documents import clients, duplicates
from service.documents.store import Document, Request, request_of
from service.domain.names import split_full_name
from service.domain.needs_look import minors_alone
from service.domain.people import full_name, is_minor
from service.errors import Conflict, InvalidInput
from service.schemas.duplicates import typed_so_far
from service.schemas.form_input import loadable, typed_values
from service.schemas.loading import load
from service.schemas.series_form import NEW_CLIENT, NewSessionFormSchema, new_client_schema

#: What a button does; without one of these the session is saved.
STEP, OPEN, CREATE, CLOSE, USE = "client_step", "open", "create", "close", "use-"
KEY, SEEN = "client_key", "likely_seen"
#: How many likely duplicates are shown.
SHOWN = 4
_DNI_DIGITS = 8


def is_all() -> bool:
    """Whether the pressed button is about the client alone, and saves no session."""
    return bool(request.form.get(STEP))


def is_open(fields: MultiDict[str, str]) -> bool:
    """Whether the client is being entered: what their field says names nobody else then."""
    return bool(fields.get(KEY)) or request.form.get(STEP) == OPEN


def take(fields: MultiDict[str, str]) -> Choice | None:
    """Does what was pressed about the client, or creates the one being entered; who is chosen then.

    `fields` come to say whether the small form is open. InvalidInput under `new_client` where it is not right
    yet, or where somebody unseen may be the same person.
    """
    step = request.form.get(STEP, "")
    if step == OPEN:
        _open(fields)
    elif step == CLOSE:
        fields.poplist(KEY)
    elif step.startswith(USE):
        return _chosen(fields, step.removeprefix(USE))
    elif fields.get(KEY):
        return _chosen(fields, _created(fields)["_id"])
    return None


def panel(fields: MultiDict[str, str]) -> dict[str, Any] | None:
    """What the small form shows: {key, minor, likely, details by id, reasons in words}; None while it is
    closed.
    """
    if not fields.get(KEY):
        return None
    person = typed_so_far(loadable(_typed(fields), new_client_schema()))
    found = duplicates.of_person(current.db(), person)
    details = {other["_id"]: client_words.details(other, current.today()) for other in found[:SHOWN]}
    return {
        "key": fields[KEY],
        "minor": is_minor(person.get("birth_date"), current.today()),
        "likely": found[:SHOWN],
        "details": details,
        "reasons": client_words.REASONS,
    }


def say_who_is_missing(client_id: str) -> None:
    """Leads on to the page of a minor for whom nobody answers, once their session is saved."""
    for client in minors_alone(clients.by_ids(current.db(), [client_id]).values(), current.today()):
        name = full_name(dict(client))
        said = _("%(name)s es menor de edad: falta indicar a su responsable.", name=name)
        href = url_for("pages.clients.edit", client_id=client_id, _anchor="f-relationships-clients")
        flash({"text": said, "href": href, "label": _("Indicar al responsable")}, "warning")  # type: ignore[arg-type]


def _open(fields: MultiDict[str, str]) -> None:
    """Opens the small form with what was searched: a number is a document's or a telephone's, else a name."""
    fields[KEY] = sending.new_key()
    text = fields.get("client_query", "")[:200].strip()
    digits = "".join(text.split())
    if digits.isdigit():
        fields[f"{NEW_CLIENT}.{'document.number' if len(digits) == _DNI_DIGITS else 'phone'}"] = digits
        return
    given, family = split_full_name(text)
    names = (given, family) if given else (family, "")
    fields[f"{NEW_CLIENT}.given_names"], fields[f"{NEW_CLIENT}.family_names"] = names


def _chosen(fields: MultiDict[str, str], client_id: str) -> Choice:
    choice = client_choice.of(current.db(), client_id)
    fields.poplist(KEY)
    fields["client_id"], fields["client_query"] = choice.client_id, choice.text
    return choice


def _created(fields: MultiDict[str, str]) -> Document:
    db, schema, typed = current.db(), new_client_schema(), _typed(fields)
    asked = request_of(g.staff["_id"], NEW_CLIENT, fields[KEY], typed)
    try:
        data = load(schema, loadable(typed, schema))
        _show_the_unseen(fields, data, asked)
        return clients.create(db, data, current.now(), asked)
    except Conflict as error:
        raise InvalidInput({f"{NEW_CLIENT}.{error.field}": [error.message]}) from error
    except InvalidInput as error:
        raise InvalidInput({_named(name): said for name, said in error.errors.items()}) from error


def _show_the_unseen(fields: MultiDict[str, str], data: Document, asked: Request) -> None:
    """InvalidInput where somebody whom the page has not shown may be this person."""
    if clients.by_ids(current.db(), [asked.id]):
        return
    likely = {other["_id"] for other in duplicates.of_person(current.db(), data)[:SHOWN]}
    if likely - set(fields.getlist(SEEN)):
        said = _("Puede que ya esté registrado: use a quien coincide, o créelo igual.")
        raise InvalidInput({"": [said]})


def _named(name: str) -> str:
    return f"{NEW_CLIENT}.{name}" if name and name != "Idempotency-Key" else NEW_CLIENT


def _typed(fields: MultiDict[str, str]) -> dict[str, Any]:
    return dict(typed_values(fields, NewSessionFormSchema()).get(NEW_CLIENT) or {})
