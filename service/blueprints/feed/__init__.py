"""The calendar feed: public, without login or cookie; whoever has the secret address reads it."""

import hashlib

from flask import Blueprint, Flask, Response, request

from service import current
from service.documents import feeds
from service.domain.sheets.words import SHOWN
from service.languages import all_translated

routes = Blueprint("feed", __name__, url_prefix="/calendario")


def register(app: Flask) -> None:
    """Adds the feed's one route."""
    app.register_blueprint(routes)


@routes.get("/<secret>.ics")
def calendar(secret: str) -> Response:
    """A psychotherapist's sessions as iCalendar; 304 to who has them already, 404 for any other secret."""
    person = feeds.owner(current.db(), secret)
    words, zone = all_translated(SHOWN), current.settings().zone
    content = feeds.content(current.db(), person, current.today(), zone, words)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="citas.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response


def address(secret: str) -> str:
    """The whole address of a secret, as a calendar has to be told it."""
    return f"{current.settings().base_url}{routes.url_prefix}/{secret}.ics"
