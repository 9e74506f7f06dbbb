"""Psychotherapists by the API."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints.api import rest
from service.documents import psychotherapists
from service.documents.store import Document
from service.schemas.loading import load
from service.schemas.psychotherapists import PsychotherapistSchema, psychotherapist_json

routes = Blueprint("psychotherapists", __name__, url_prefix="/psychotherapists")


@routes.get("")
def index() -> rest.Shown:
    """Psychotherapists, by given name; `?q=` searches their names."""
    found = psychotherapists.search(current.db(), request.args.get("q", ""))
    return rest.listed(len(found), rest.sliced(found), _shown)


@routes.post("")
def create() -> Response:
    """A new psychotherapist; percent and price hold from the beginning of time."""
    body = rest.json_body()
    data = load(PsychotherapistSchema(), body)
    person = psychotherapists.create(current.db(), data, current.now(), rest.idempotency(body))
    return rest.shown(_shown(person), 201)


@routes.get("/<psychotherapist_id>")
def show(psychotherapist_id: str) -> Response:
    """One psychotherapist, with the terms of today."""
    return rest.shown(_shown(psychotherapists.get(current.db(), psychotherapist_id)))


@routes.patch("/<psychotherapist_id>")
def update(psychotherapist_id: str) -> Response:
    """Changes the fields that are named; a new percent or price asks for `effective_on`."""
    data = load(PsychotherapistSchema(), rest.json_body(), partial=True)
    version = rest.expected_version()
    return rest.shown(
        _shown(psychotherapists.update(current.db(), psychotherapist_id, data, version, current.now()))
    )


@routes.delete("/<psychotherapist_id>")
def delete(psychotherapist_id: str) -> Response:
    """Removes a psychotherapist; one with sessions or clients becomes inactive."""
    psychotherapists.delete(current.db(), psychotherapist_id, rest.expected_version(), current.now())
    return Response(status=204)


def _shown(person: Document) -> rest.Shown:
    return psychotherapist_json(person, current.today())
