"""Entering a session from the page of today: client, hour, and what usually goes with them.

Where something is missing, taken or unclear, the whole form comes with what was typed.
"""

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from marshmallow import ValidationError

from service import current
from service.blueprints.pages import back, sending, session_form
from service.blueprints.pages.session_form import Sent
from service.blueprints.pages.session_words import in_words, say_saved
from service.documents import psychotherapists, sessions
from service.domain.agenda import USUAL
from service.domain.free_hours import clock
from service.domain.people import full_name
from service.errors import Conflict, InvalidInput
from service.schemas.form import Form
from service.schemas.session_form import SessionFormSchema, WallTime

routes = Blueprint("quick_entry", __name__, url_prefix="/citas")


@routes.post("/rapida")
def create() -> Response:
    """Saves the session, or goes on with the whole form."""
    sent = _completed(session_form.read())
    try:
        data, zone = session_form.load(sent), current.settings().zone
        session = sessions.create(current.db(), data, current.now(), zone, sending.creation(request.form))
    except (InvalidInput, Conflict) as error:
        return session_form.again(error, sent)
    person = psychotherapists.names(current.db())[session["psychotherapist_id"]]
    what, name = in_words(session), full_name(person)
    say_saved(_("Cita guardada: %(what)s, con %(name)s.", what=what, name=name), session)
    return back.to_day(session["local_date"])


def form() -> dict[str, object]:
    """What the page's form takes: {form, psychotherapists, key}."""
    values = {"day": current.today(), "starts": "", "psychotherapist_id": "", "client_id": ""}
    people = psychotherapists.search(current.db(), active=True)
    choices = [(person["_id"], full_name(person)) for person in people]
    return {"form": Form(SessionFormSchema(), values), "psychotherapists": choices, "key": sending.new_key()}


def _completed(sent: Sent) -> Sent:
    """With whom, how and how long the client last came, where that was left open; fifty minutes without."""
    fields = sent.fields.copy()
    usual = session_form.usual(sent.choice.client_id)
    for name in ("psychotherapist_id", "modality", "room", "link"):
        if name in usual and not fields.get(name):
            fields[name] = usual[name]
    fields.setdefault("ends", _end(fields.get("starts", ""), usual.get("minutes", USUAL)))
    return Sent(fields, sent.choice)


def _end(starts: str, minutes: int) -> str:
    """So many minutes later, on the same day; "" for what is no hour."""
    try:
        hour, minute = WallTime().deserialize(starts).split(":")
    except ValidationError:
        return ""
    return clock(min(int(hour) * 60 + int(minute) + minutes, 24 * 60 - 1))
