"""Citas: a month's list, entering a session, changing and deleting it."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _

from service import current, formats
from service.blueprints.pages import day, lists, sending, session_form
from service.documents import clients, sessions
from service.documents.store import Document
from service.domain.months import local_time
from service.domain.people import full_name
from service.errors import Conflict, InvalidInput, Stale

routes = Blueprint("sessions", __name__, url_prefix="/citas")

#: Where the form was opened from: the query of a list of sessions, or this for the page of today.
BACK, TODAY = "vuelve", "hoy"
_LIST_ARGS = (*lists.FILTERS, "clientes", "pagina")


@routes.get("")
def index() -> str:
    """A month's sessions, filtered; the filter stays in the address."""
    return render_template("pages/sessions/index.html", **lists.month_of_sessions(request.args))


@routes.get("/nueva")
def new() -> str:
    """An empty form, with what the address already says filled in."""
    return session_form.empty(request.args)


@routes.post("/nueva")
def create() -> Response:
    """Saves a new session, or shows the form again with what was typed and what is wrong."""
    sent = session_form.read()
    try:
        data, zone = session_form.load(sent), current.settings().zone
        session = sessions.create(current.db(), data, current.now(), zone, sending.creation(request.form))
    except (InvalidInput, Conflict) as error:
        return session_form.again(error, sent)
    flash(_("Cita guardada: %(what)s.", what=_in_words(session)), "success")
    if request.form.get("then") == "another":
        kept = {"psicoterapeuta": session["psychotherapist_id"], "tipo": session["modality"]}
        back = request.form.get(BACK) or None
        return sending.see_other(".new", fecha=session["local_date"], **kept, **{BACK: back})
    return _back_to_list(session["month"])


@routes.get("/dia")
def show_day() -> str:
    """The psychotherapist's day for the form as it is filled in so far; a piece of its page."""
    return render_template("pages/sessions/day.html", day=day.of(request.args, request.args.get("cita", "")))


@routes.get("/costumbre")
def usual() -> dict[str, str]:
    """With whom and how a client last came: {psychotherapist_id, modality}, empty without a session."""
    return session_form.usual(request.args.get("client_id", ""))


@routes.get("/<session_id>")
def edit(session_id: str) -> str:
    """A session's form."""
    return session_form.filled(sessions.get(current.db(), session_id))


@routes.post("/<session_id>")
def update(session_id: str) -> Response:
    """Saves a session's changes, or shows the form again."""
    session = sessions.get(current.db(), session_id)
    sent, version = session_form.read(), sending.version(request.form)
    try:
        data, zone = session_form.load(sent, session), current.settings().zone
        data.setdefault("overbooking_reason", "")
        saved = sessions.update(current.db(), session_id, data, version, current.now(), zone)
    except (InvalidInput, Conflict, Stale) as error:
        return session_form.again(error, sent, session)
    flash(_("Cambios guardados: %(what)s.", what=_in_words(saved)), "success")
    return _back_to_list(saved["month"])


@routes.post("/<session_id>/eliminar")
def delete(session_id: str) -> Response:
    """Deletes a session; one that was changed meanwhile is shown as it is now instead."""
    session = sessions.get(current.db(), session_id)
    try:
        sessions.delete(current.db(), session_id, sending.version(request.form), current.now())
    except Stale as error:
        flash(_("No se eliminó: otra persona la cambió. Así está ahora."), "warning")
        return make_response(session_form.filled(error.current), 412)
    flash(_("Cita eliminada: %(what)s.", what=_in_words(session)), "success")
    return _back_to_list(session["month"])


def _back_to_list(month: str) -> Response:
    """To where the form was opened from, or to the list of the session's month where that is another one."""
    back = request.form.get(BACK, "")
    if back == TODAY:
        return sending.see_other("pages.home.today")
    args: dict[str, Any] = {name: value for name, value in parse_qsl(back) if name in _LIST_ARGS}
    return sending.see_other(".index", **(args if args.get("mes") == month else {"mes": month}))


def _in_words(session: Document) -> str:
    """ "Lucía Fernández Ñahui, martes 24 de noviembre, 10:30"."""
    client = clients.by_ids(current.db(), [session["client_id"]]).get(session["client_id"])
    who = full_name(client) if client else formats.DASH
    at = local_time(session["starts_at"], current.settings().zone)
    return f"{who}, {formats.long_day(session['local_date'])}, {at}"
