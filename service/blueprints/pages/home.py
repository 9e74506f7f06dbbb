"""Today: the sessions of the day, the next one first in sight."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, render_template

from service import current
from service.blueprints.pages.lists import rows
from service.documents import sessions
from service.documents.store import Document

routes = Blueprint("home", __name__)


@routes.get("/")
def today() -> str:
    """Today's sessions."""
    found = sessions.find(current.db(), {"local_date": current.today()})
    now, shown = current.now(), rows(current.db(), found)
    following = following_session(found, now)
    return render_template(
        "pages/home/today.html",
        day=current.today(),
        now=now,
        rows=shown,
        following=next((row for row in shown if row["session"] is following), None),
    )


def following_session(sessions: Sequence[Document], now: datetime) -> Document | None:
    """The first of the day's sessions, by start, that counts and is not over yet; None once the day is done."""
    return next((session for session in sessions if session["counts"] and session["ends_at"] > now), None)
