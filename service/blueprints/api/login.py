"""Logging in and out by the API."""

from typing import Any

from flask import Blueprint, Response, g
from flask_jwt_extended import get_jwt

from service import auth, current
from service.blueprints.api import rest
from service.documents import staff
from service.errors import InvalidInput, Unauthenticated
from service.limits import BY_ACCOUNT, BY_ADDRESS, account_key, limiter
from service.texts import _

routes = Blueprint("login", __name__)


@routes.post("/login")
@limiter.limit(BY_ADDRESS)
@limiter.limit(BY_ACCOUNT, key_func=account_key)
def log_in() -> dict[str, str]:
    """{"email", "password"} → both tokens of a new login."""
    body = rest.json_body()
    account = staff.authenticate(current.db(), *_credentials(body))
    if account is None:
        raise Unauthenticated(_("El correo o la contraseña no son correctos."))
    access, refresh_token = auth.start_login(current.db(), account["_id"])
    return {"access_token": access, "refresh_token": refresh_token}


@routes.post("/refresh")
def refresh() -> dict[str, str]:
    """A fresh access token for a refresh token given as Bearer."""
    auth.require_bearer(current.db(), refresh=True)
    return {"access_token": auth.access_token(g.staff["_id"], get_jwt()["login"])}


@routes.post("/logout")
def log_out() -> Response:
    """Revokes the login, with all its tokens."""
    auth.end_login(current.db())
    return Response(status=204)


def _credentials(body: Any) -> tuple[str, str]:
    given = body if isinstance(body, dict) else {}
    missing = [name for name in ("email", "password") if not isinstance(given.get(name), str)]
    if missing:
        raise InvalidInput({name: [_("Falta este dato.")] for name in missing})
    return given["email"], given["password"]
