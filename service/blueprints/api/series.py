"""Series of sessions by the API."""

from flask import Blueprint, Response, jsonify, request

from service import current
from service.blueprints.api import rest
from service.documents import series
from service.schemas.loading import load
from service.schemas.series import SeriesSchema, series_json

routes = Blueprint("series", __name__, url_prefix="/sessions/series")


@routes.post("")
def create() -> Response:
    """Previews a series with all its conflicts (200), or books it whole; 409 lists what is in the way."""
    body = rest.json_body()
    data = load(SeriesSchema(), body)
    db, now, zone = current.db(), current.now(), current.settings().zone
    if data["preview"]:
        return jsonify(series.preview(db, data, now, zone))
    response = jsonify(series_json(series.create(db, data, now, zone, rest.idempotency(body))))
    response.status_code = 201
    response.headers["Location"] = f"{request.path}/{response.get_json()['series_id']}"
    return response


@routes.get("/<series_id>")
def show(series_id: str) -> rest.Shown:
    """The sessions of a series, by start."""
    return series_json(series.get(current.db(), series_id))
