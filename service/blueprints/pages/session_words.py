"""A session in a few words, for what a page says of it: whose it is and when."""

from collections.abc import Sequence
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _

from service import current, formats
from service.blueprints.pages.back import BACK
from service.documents import clients
from service.documents.store import Document
from service.domain.months import local_time
from service.domain.people import full_name


def in_words(session: Document) -> str:
    """ "Lucía Fernández Ñahui, martes 24 de noviembre, 10:30"; a dash for {}."""
    return all_in_words([session])[0]


def all_in_words(sessions: Sequence[Document]) -> list[str]:
    """The same of several, their people looked up at once."""
    known = [session for session in sessions if session]
    people = clients.by_ids(current.db(), [session["client_id"] for session in known])
    return [_in_words(session, people.get(session.get("client_id", ""))) for session in sessions]


def say_saved(text: str, session: Document) -> None:
    """Says that a session was saved, and leads to it: what is wrong is often seen right after."""
    origin: dict[str, Any] = {BACK: request.form.get(BACK) or None}
    href = url_for("pages.sessions.edit", session_id=session["_id"], **origin)
    flash({"text": text, "href": href, "label": _("Abrir esta cita")}, "success")  # type: ignore[arg-type]


def _in_words(session: Document, client: Document | None) -> str:
    if not session:
        return formats.DASH
    who = full_name(client) if client else formats.DASH
    at = local_time(session["starts_at"], current.settings().zone)
    return f"{who}, {formats.long_day(session['local_date'])}, {at}"
