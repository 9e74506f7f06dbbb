"""Sessions by the API."""

from flask import Blueprint, Response, jsonify, request

from service import current
from service.blueprints.api import rest
from service.documents import months, series, sessions
from service.errors import InvalidInput
from service.schemas.filters import load_filters
from service.schemas.loading import load
from service.schemas.series import series_json
from service.schemas.sessions import SessionSchema, session_json
from service.texts import _

routes = Blueprint("sessions", __name__, url_prefix="/sessions")


@routes.get("")
def index() -> rest.Shown:
    """Sessions by start, filtered by month, people, series, status, modality and currency."""
    db = current.db()
    condition = sessions.condition(db, load_filters(request.args))
    return rest.listed(
        months.count(db, condition),
        lambda skip, limit: months.lines(db, condition, skip=skip, limit=limit),
        session_json,
    )


@routes.post("")
def create() -> Response:
    """Books a session; 409 names what is in the way."""
    body = rest.json_body()
    data = load(SessionSchema(), body)
    zone = current.settings().zone
    session = sessions.create(current.db(), data, current.now(), zone, rest.idempotency(body))
    return rest.shown(session_json(session), 201)


@routes.get("/<session_id>")
def show(session_id: str) -> Response:
    """One session."""
    return rest.shown(session_json(sessions.get(current.db(), session_id)))


@routes.patch("/<session_id>")
def update(session_id: str) -> Response:
    """Changes the fields that are named; `scope=following` in the later sessions of its series too."""
    data = load(SessionSchema(), rest.json_body(), partial=True)
    db, version, now = current.db(), rest.expected_version(), current.now()
    zone = current.settings().zone
    if _and_following():
        return jsonify(series_json(series.update_following(db, session_id, data, version, now, zone)))
    return rest.shown(session_json(sessions.update(db, session_id, data, version, now, zone)))


@routes.delete("/<session_id>")
def delete(session_id: str) -> Response:
    """Deletes a session; `scope=following` the later ones of its series too."""
    remove = series.delete_following if _and_following() else sessions.delete
    remove(current.db(), session_id, rest.expected_version(), current.now())
    return Response(status=204)


def _and_following() -> bool:
    """Whether a change is for this session and the following of its series."""
    scope = request.args.get("scope", "this")
    if scope not in ("this", "following"):
        raise InvalidInput({"scope": [_("Elija this o following.")]})
    return scope == "following"
