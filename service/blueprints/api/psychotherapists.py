"""Psychotherapists by the API."""

from flask import Blueprint, Response, jsonify, request

from service import current
from service.blueprints.api import rest
from service.documents import psychotherapists, term_changes
from service.documents.store import Document
from service.domain.term_changes import FOREVER, NOTHING, span_end
from service.errors import Stale
from service.schemas.loading import load
from service.schemas.psychotherapists import (
    PsychotherapistChangeSchema,
    PsychotherapistSchema,
    effect_json,
    psychotherapist_json,
)

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
    """Changes the fields that are named; a new percent or price asks for `effective_on`.

    With `preview` nothing is written: the answer is what the new percent would change in open months, should
    `existing_sessions` be "change".
    """
    data = load(PsychotherapistChangeSchema(), rest.json_body(), partial=True)
    db, version = current.db(), rest.expected_version()
    if data.pop("preview", False):
        return jsonify(_effect(psychotherapists.get(db, psychotherapist_id), data, version))
    return rest.shown(_shown(psychotherapists.update(db, psychotherapist_id, data, version, current.now())))


@routes.delete("/<psychotherapist_id>")
def delete(psychotherapist_id: str) -> Response:
    """Removes a psychotherapist; one with sessions or clients becomes inactive."""
    psychotherapists.delete(current.db(), psychotherapist_id, rest.expected_version(), current.now())
    return Response(status=204)


def _shown(person: Document) -> rest.Shown:
    return psychotherapist_json(person, current.today())


def _effect(person: Document, data: Document, version: int | None) -> rest.Shown:
    if version not in (None, person["version"]):
        raise Stale(person)
    percent = data.get("commission_bp")
    if percent is None:
        return effect_json(NOTHING, data.get("effective_on"), FOREVER)
    since = psychotherapists.effective_on(data)
    effect = term_changes.preview(current.db(), person, percent, since)
    return effect_json(effect, since, span_end(person["terms"], since))
