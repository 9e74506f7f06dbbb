"""How every API route reads a request and writes an answer: JSON bodies, ETags, pages of a list, idempotent
POSTs.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, g, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from service.documents.store import Document, Request, request_of
from service.errors import InvalidInput
from service.texts import _

PER_PAGE, MOST_PER_PAGE = 50, 200

Shown = dict[str, Any]


def json_body() -> Any:
    """The request's JSON; 415 for another content type, 400 for JSON that cannot be read."""
    if not request.is_json:
        raise UnsupportedMediaType()
    return request.get_json()


def expected_version() -> int | None:
    """The version that If-Match names, None where it is left out."""
    header = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if header in ("", "*"):
        return None
    if not (header.isascii() and header.isdigit() and len(header) < 19):
        raise InvalidInput({"If-Match": [_('Escriba la versión entre comillas, como "3".')]})
    return int(header)


def idempotency(body: Any) -> Request | None:
    """The Request that an Idempotency-Key stands for, for this person and route; None without a key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= 200:
        raise InvalidInput({"Idempotency-Key": [_("Use una clave de 1 a 200 caracteres.")]})
    return request_of(g.staff["_id"], request.path, key, body if isinstance(body, dict) else {"": body})


def shown(document: Shown, status: int = 200) -> Response:
    """One document with its ETag; 201 also says where it is."""
    response = jsonify(document)
    response.status_code = status
    response.headers["ETag"] = f'"{document["version"]}"'
    if status == 201:
        response.headers["Location"] = f"{request.path}/{document['id']}"
    return response


def listed(
    total: int, fetch: Callable[[int, int], Sequence[Document]], show: Callable[[Document], Shown]
) -> Shown:
    """One page of a list, of `fetch(skip, limit)`."""
    page, per_page = _positive("page", 1, 10**9), _positive("per_page", PER_PAGE, MOST_PER_PAGE)
    items = [show(document) for document in fetch((page - 1) * per_page, per_page)]
    return {"items": items, "page": page, "per_page": per_page, "total": total}


def sliced(documents: Sequence[Document]) -> Callable[[int, int], Sequence[Document]]:
    """`fetch` for a list that is already in memory."""
    return lambda skip, limit: documents[skip : skip + limit]


def _positive(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= most):
        raise InvalidInput({name: [_("Escriba un número de 1 a %(most)s.", most=most)]})
    return int(text)
