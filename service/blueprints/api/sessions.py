"""Sessions by the API."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints.api import rest
from service.documents import sessions
from service.schemas.filters import load_filters
from service.schemas.loading import load
from service.schemas.sessions import SessionSchema, session_json

routes = Blueprint("sessions", __name__, url_prefix="/sessions")


@routes.get("")
def index() -> rest.Shown:
    """Sessions by start, filtered by month, psychotherapist, client (`q`), status, modality, currency."""
    db = current.db()
    condition = sessions.condition(db, load_filters(request.args))
    return rest.listed(
        sessions.count(db, condition),
        lambda skip, limit: sessions.find(db, condition, skip=skip, limit=limit),
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
    """Changes the fields that are named."""
    data = load(SessionSchema(), rest.json_body(), partial=True)
    version, zone = rest.expected_version(), current.settings().zone
    return rest.shown(
        session_json(sessions.update(current.db(), session_id, data, version, current.now(), zone))
    )


@routes.delete("/<session_id>")
def delete(session_id: str) -> Response:
    """Deletes a session."""
    sessions.delete(current.db(), session_id, rest.expected_version(), current.now())
    return Response(status=204)
