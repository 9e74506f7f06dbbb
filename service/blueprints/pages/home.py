"""Today: the sessions of the day."""

from flask import Blueprint, render_template

from service import current
from service.blueprints.pages.lists import rows
from service.documents import sessions

routes = Blueprint("home", __name__)


@routes.get("/")
def today() -> str:
    """Today's sessions."""
    found = sessions.find(current.db(), {"local_date": current.today()})
    return render_template("pages/home/today.html", day=current.today(), rows=rows(current.db(), found))
