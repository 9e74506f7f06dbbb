"""Citas of a series: all of them on a page; a change or a deletion of one and those that follow it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from service import current
from service.blueprints.pages import back, lists, session_form, undo
from service.blueprints.pages.session_words import in_words
from service.documents import series
from service.documents.store import Document

routes = Blueprint("series", __name__, url_prefix="/citas/serie")

#: More would not fit into the cookie that carries the way back.
_MOST_UNDONE = 50


@routes.get("/<series_id>")
def show(series_id: str) -> str:
    """The sessions of a series, by start; NotFound once the last of them is gone."""
    rows = lists.rows(current.db(), series.get(current.db(), series_id))
    return render_template("pages/sessions/series.html", rows=rows, today=current.today())


def and_following() -> bool:
    """Whether the form that was sent is for its session and those that follow it."""
    return request.form.get("scope") == "following"


def say_booked(booked: Sequence[Document]) -> None:
    """Says how many sessions a series has and when it begins."""
    said = ngettext(
        "Serie guardada, %(num)s cita: %(what)s.",
        "Serie guardada, %(num)s citas; la primera: %(what)s.",
        len(booked),
        what=in_words(booked[0]),
    )
    _say(said, booked[0])


def update(session: Document, data: Mapping[str, Any], version: int) -> Response:
    """Writes what of a form was changed into its session and the following, and goes back to where it was
    opened from. Raises what documents.series.update_following does.
    """
    changes = session_form.changed(data, session)
    if data.get("overbooking_reason"):
        changes["overbooking_reason"] = data["overbooking_reason"]
    zone = current.settings().zone
    saved = series.update_following(current.db(), session["_id"], changes, version, current.now(), zone)
    said = ngettext(
        "Cambios guardados en %(num)s cita, desde %(what)s.",
        "Cambios guardados en %(num)s citas, desde %(what)s.",
        len(saved),
        what=in_words(saved[0]),
    )
    _say(said, saved[0])
    return back.to_day(saved[0]["local_date"])


def delete(session: Document, version: int) -> Response:
    """Deletes a session and the following; Stale where it was changed meanwhile."""
    gone = series.delete_following(current.db(), session["_id"], version, current.now())
    said = ngettext(
        "%(num)s cita eliminada, desde %(what)s.",
        "%(num)s citas eliminadas, desde %(what)s.",
        len(gone),
        what=in_words(session),
    )
    undo.offer(said, gone) if len(gone) <= _MOST_UNDONE else flash(said, "success")
    return back.to_day(session["local_date"])


def _say(said: str, session: Document) -> None:
    href = url_for("pages.series.show", series_id=session["series_id"])
    flash({"text": said, "href": href, "label": _("Ver las citas de la serie")}, "success")  # type: ignore[arg-type]
