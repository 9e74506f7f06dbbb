"""Clients by the API."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints.api import rest
from service.documents import client_search, clients
from service.schemas.clients import ClientSchema, client_json
from service.schemas.loading import load

routes = Blueprint("clients", __name__, url_prefix="/clients")


@routes.get("")
def index() -> rest.Shown:
    """Clients, by family name; `?q=` searches names, documents and phones."""
    found = client_search.search(current.db(), request.args.get("q", ""))
    return rest.listed(len(found), rest.sliced(found), client_json)


@routes.post("")
def create() -> Response:
    """A new client."""
    body = rest.json_body()
    data = load(ClientSchema(), body)
    client = clients.create(current.db(), data, current.now(), rest.idempotency(body))
    return rest.shown(client_json(client), 201)


@routes.get("/<client_id>")
def show(client_id: str) -> Response:
    """One client."""
    return rest.shown(client_json(clients.get(current.db(), client_id)))


@routes.patch("/<client_id>")
def update(client_id: str) -> Response:
    """Changes the fields that are named."""
    data = load(ClientSchema(), rest.json_body(), partial=True)
    client = clients.update(current.db(), client_id, data, rest.expected_version(), current.now())
    return rest.shown(client_json(client))


@routes.delete("/<client_id>")
def delete(client_id: str) -> Response:
    """Removes a client; one with sessions is archived."""
    clients.delete(current.db(), client_id, rest.expected_version(), current.now())
    return Response(status=204)
