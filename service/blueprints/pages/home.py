"""Today: the sessions of the day, those under way and next in sight; what needs attention; a quick entry."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, render_template

from service import current
from service.blueprints.pages import attention, quick_entry
from service.blueprints.pages.lists import rows
from service.documents import sessions
from service.documents.store import Document

routes = Blueprint("home", __name__)


@routes.get("/")
def today() -> str:
    """Today's sessions, what needs attention, and a line to enter another one."""
    found = sessions.find(current.db(), {"local_date": current.today()})
    states = places_in_day(found, current.now())
    shown = [{**row, "place": states.get(row["session"]["_id"], "")} for row in rows(current.db(), found)]
    return render_template(
        "pages/home/today.html",
        day=current.today(),
        rows=shown,
        attention=attention.lines(),
        quick=quick_entry.form(),
    )


def places_in_day(sessions: Sequence[Document], now: datetime) -> dict[str, str]:
    """{session id: "running" | "next"} of a day's sessions that count; several may come next at one hour."""
    counted = [session for session in sessions if session["counts"]]
    running = [session["_id"] for session in counted if session["starts_at"] <= now < session["ends_at"]]
    first = min((session["starts_at"] for session in counted if session["starts_at"] > now), default=None)
    following = [session["_id"] for session in counted if session["starts_at"] == first]
    return {**dict.fromkeys(running, "running"), **dict.fromkeys(following, "next")}
