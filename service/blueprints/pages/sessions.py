"""Citas: a month's list, entering a session, changing and deleting it."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import (
    agenda,
    back,
    client_in_place,
    day,
    lists,
    period,
    records,
    sending,
    session_form,
    undo,
)
from service.blueprints.pages import series as series_pages
from service.blueprints.pages.session_words import in_words, say_saved
from service.documents import series, sessions
from service.documents.store import Document
from service.errors import Conflict, InvalidInput, Stale

routes = Blueprint("sessions", __name__, url_prefix="/citas")


@routes.get("")
def index() -> str:
    """A month's sessions as a list, a week, or a day; filtered, and the filter stays in the address."""
    if period.of(request.args).view == period.LIST:
        return render_template("pages/sessions/index.html", **lists.page_of_sessions(request.args))
    shown = agenda.shown(request.args)
    drawn = "pages/sessions/week.html" if "week" in shown else "pages/sessions/agenda.html"
    return render_template(drawn, **shown)


@routes.get("/nueva")
def new() -> str:
    """An empty form, with what the address already says filled in."""
    return session_form.empty(request.args)


@routes.post("/nueva")
def create() -> Response:
    """Saves a new session, or shows the form again with what was typed and what is wrong."""
    sent = session_form.read()
    try:
        sent = _with_client(sent)
        if client_in_place.is_all():
            return session_form.kept(sent)
        session = _booked(sent)
    except (InvalidInput, Conflict) as error:
        return session_form.again(error, sent)
    client_in_place.say_who_is_missing(session["client_id"])
    if request.form.get("then") == "another":
        kept = {"psicoterapeuta": session["psychotherapist_id"], "tipo": session["modality"]}
        origin = {back.BACK: request.form.get(back.BACK) or None}
        return sending.see_other(".new", fecha=session["local_date"], **kept, **origin)
    return back.to_day(session["local_date"])


@routes.post("/nueva/parecidos")
def likely() -> str:
    """Who the client that is being entered may be already; a piece of the form's page."""
    return render_template("pages/sessions/likely.html", panel=client_in_place.panel(records.sent()))


@routes.post("/nueva/serie")
def series_so_far() -> str:
    """What is in the way of the series that is being filled in; a piece of the form's page."""
    return session_form.series_so_far()


def _with_client(sent: session_form.Sent) -> session_form.Sent:
    """The form with who was chosen or created in it; says so."""
    choice = client_in_place.take(sent.fields)
    if choice is None:
        return sent
    if not request.form.get(client_in_place.STEP, "").startswith(client_in_place.USE):
        flash(_("Cliente creado: %(name)s.", name=choice.text), "success")
    return replace(sent, choice=choice)


def _booked(sent: session_form.Sent) -> Document:
    """The session of a sent form, or the first of its series, once it is written; says so."""
    data, zone = session_form.load(sent), current.settings().zone
    common = current.db(), data, current.now(), zone, sending.creation(request.form)
    if session_form.is_series(sent):
        booked = series.create(*common)
        series_pages.say_booked(booked)
        return booked[0]
    session = sessions.create(*common)
    say_saved(_("Cita guardada: %(what)s.", what=in_words(session)), session)
    return session


@routes.get("/dia")
def show_day() -> str:
    """The psychotherapist's day for the form as it is filled in so far; a piece of its page."""
    return render_template("pages/sessions/day.html", day=day.of(request.args, request.args.get("cita", "")))


@routes.get("/costumbre")
def usual() -> dict[str, Any]:
    """With whom, how and how long a client comes, and why (see session_form.usual)."""
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
        if series_pages.and_following():
            return series_pages.update(session, data, version)
        saved = sessions.update(current.db(), session_id, data, version, current.now(), zone)
    except (InvalidInput, Conflict, Stale) as error:
        return session_form.again(error, sent, session)
    flash(_("Cambios guardados: %(what)s.", what=in_words(saved)), "success")
    return back.to_day(saved["local_date"])


@routes.post("/<session_id>/eliminar")
def delete(session_id: str) -> Response:
    """Deletes a session; one that was changed meanwhile is shown as it is now instead."""
    session = sessions.get(current.db(), session_id)
    try:
        if series_pages.and_following():
            return series_pages.delete(session, sending.version(request.form))
        gone = sessions.delete(current.db(), session_id, sending.version(request.form), current.now())
    except Stale as error:
        flash(_("No se eliminó: otra persona la cambió. Así está ahora."), "warning")
        return make_response(session_form.filled(error.current), 412)
    undo.offer(_("Cita eliminada: %(what)s.", what=in_words(session)), [gone])
    return back.to_day(session["local_date"])
