"""Likely duplicates, and merging one client into another, by the API."""

from flask import Blueprint, Response, g, url_for

from service import current
from service.blueprints.api import rest
from service.documents import duplicates, merges
from service.documents.store import Document
from service.schemas.clients import client_json
from service.schemas.duplicates import typed_so_far
from service.schemas.loading import load
from service.schemas.merges import MergeSchema, merge_json

routes = Blueprint("merges", __name__)


@routes.get("/clients/<client_id>/duplicates")
def likely(client_id: str) -> rest.Shown:
    """Clients that are probably the same person, each with `reasons`, the likeliest first."""
    return {"items": [_likely_json(found) for found in duplicates.of_client(current.db(), client_id)]}


@routes.post("/clients/duplicates")
def likely_typed() -> rest.Shown:
    """The same for a client being typed, from whatever fields there are; nothing is refused or kept."""
    body = rest.json_body()
    typed = typed_so_far(body if isinstance(body, dict) else {})
    return {"items": [_likely_json(found) for found in duplicates.of_person(current.db(), typed)]}


@routes.post("/clients/<client_id>/merge")
def merge(client_id: str) -> Response:
    """Merges a client into another, who takes over sessions and relationships."""
    body = rest.json_body()
    into = load(MergeSchema(), body)["into"]
    version, again = rest.expected_version(), rest.idempotency(body)
    done = merges.merge(current.db(), client_id, into, version, g.staff["_id"], current.now(), again)
    response = rest.shown(merge_json(done), 201)
    response.headers["Location"] = url_for("api.merges.show", merge_id=done["_id"])
    return response


@routes.get("/merges/<merge_id>")
def show(merge_id: str) -> Response:
    """One merge."""
    return rest.shown(merge_json(merges.get(current.db(), merge_id)))


@routes.post("/merges/<merge_id>/undo")
def undo(merge_id: str) -> Response:
    """Gives both clients back as they were; 409 names what was edited since."""
    return rest.shown(merge_json(merges.undo(current.db(), merge_id, current.now())))


def _likely_json(found: Document) -> rest.Shown:
    return {**client_json(found), "reasons": found["reasons"]}
