"""Who is asking: JWT in HttpOnly cookies for pages, Bearer tokens for the API; every token names its login.

The CSRF value of the pages' forms is the same for a whole login, so that a form left open in another tab can
still be sent after its access token was renewed.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    get_csrf_token,
    get_jwt,
    set_access_cookies,
    set_refresh_cookies,
    unset_jwt_cookies,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from service.clock import system_now
from service.config import Settings
from service.database import Db
from service.documents import logins, staff
from service.documents.store import Document
from service.errors import Forbidden, ForeignForm, Unauthenticated
from service.texts import _

ACCESS_LIFETIME = timedelta(minutes=30)
_ACCESS_COOKIE = "access_token_cookie"


def configure(app: Flask, settings: Settings, db: Db) -> None:
    """Sets JWT up for an app; a token is good while its login is live and its account active."""
    app.config.update(
        JWT_SECRET_KEY=settings.secret_key,
        JWT_TOKEN_LOCATION=["headers", "cookies"],
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_REFRESH_TOKEN_EXPIRES=logins.LIFETIME,
        JWT_COOKIE_SECURE=settings.base_url.startswith("https://"),
        JWT_COOKIE_SAMESITE="Lax",
        JWT_SESSION_COOKIE=True,
        JWT_COOKIE_CSRF_PROTECT=True,
        JWT_CSRF_CHECK_FORM=True,
        JWT_CSRF_IN_COOKIES=False,
        JWT_ACCESS_COOKIE_NAME=_ACCESS_COOKIE,
    )
    manager = JWTManager(app)

    @manager.token_in_blocklist_loader
    def is_revoked(header: dict[str, Any], claims: dict[str, Any]) -> bool:
        return not logins.is_live(db, claims.get("login", ""), claims["sub"], system_now())


def start_login(db: Db, staff_id: str) -> tuple[str, str]:
    """Access and refresh token of a new login."""
    login_id = logins.start(db, staff_id, system_now())
    return access_token(staff_id, login_id), create_refresh_token(
        staff_id, additional_claims=_claims(login_id)
    )


def access_token(staff_id: str, login_id: str) -> str:
    """A fresh access token of a login."""
    return str(create_access_token(staff_id, additional_claims=_claims(login_id)))


def end_login(db: Db) -> None:
    """Revokes the login of the token that this request was allowed with."""
    logins.revoke(db, get_jwt()["login"])


def require_bearer(db: Db, *, refresh: bool = False) -> Document:
    """The account of the request's Bearer token (access, or `refresh`); Unauthenticated without one."""
    try:
        verify_jwt_in_request(refresh=refresh, locations=["headers"])
    except (JWTExtendedException, PyJWTError) as error:
        raise Unauthenticated(_("Falta un token válido.")) from error
    return _remember(db)


def require_cookie(db: Db) -> Document:
    """The account of the request's cookies, its access token silently renewed; Unauthenticated without one.

    ForeignForm where a form came that does not belong to this login.
    """
    try:
        try:
            verify_jwt_in_request(locations=["cookies"])
        except ExpiredSignatureError:
            verify_jwt_in_request(refresh=True, locations=["cookies"])
            g.renewed_access = access_token(get_jwt()["sub"], get_jwt()["login"])
    except CSRFError as error:
        raise ForeignForm() from error
    except (JWTExtendedException, PyJWTError) as error:
        raise Unauthenticated() from error
    return _remember(db)


def is_direction() -> bool:
    """Whether the account that this request was allowed for is direction's, which sees survey answers."""
    return "staff" in g and g.staff["role"] == staff.DIRECTION


def require_direction() -> None:
    """Forbidden for any account but direction's; the request was allowed for an account before."""
    if not is_direction():
        raise Forbidden(_("Esto lo ve solo la dirección del centro."))


def send_renewed(response: Response) -> Response:
    """Puts an access token that this request renewed into its answer."""
    if "renewed_access" in g:
        set_access_cookies(response, g.renewed_access)
    return response


def set_cookies(response: Response, tokens: tuple[str, str]) -> Response:
    """Puts both tokens of a login into cookies."""
    set_access_cookies(response, tokens[0])
    set_refresh_cookies(response, tokens[1])
    return response


def unset_cookies(response: Response) -> Response:
    """Takes the login's cookies away."""
    unset_jwt_cookies(response)
    return response


def csrf_token() -> str:
    """What a page's form must carry; empty where nobody is logged in."""
    return str(get_jwt()["csrf"]) if g.get("staff") else ""


def csrf_of(token: str) -> str:
    """What the forms of a login that has just begun must carry."""
    return str(get_csrf_token(token))


def csrf_of_cookies(db: Db) -> str:
    """What a form must carry for the login of the request's cookies; "" where that login is over."""
    try:
        claims = decode_token(request.cookies.get(_ACCESS_COOKIE, ""), allow_expired=True)
    except (JWTExtendedException, PyJWTError):
        return ""
    live = logins.is_live(db, claims.get("login", ""), claims["sub"], system_now())
    return str(claims["csrf"]) if live else ""


def is_cross_site() -> bool:
    """Whether a browser says that another site sent this; an old one says only its origin, if that."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    return urlsplit(request.headers.get("Origin", "null")).netloc not in ("", request.host, _own_host())


def is_our_page() -> bool:
    """Whether a browser vouches that a page of ours sent this request."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _own_host() -> str:
    return str(urlsplit(current_app.config["SETTINGS"].base_url).netloc)


def _claims(login_id: str) -> dict[str, str]:
    key = current_app.config["JWT_SECRET_KEY"].encode()
    return {"login": login_id, "csrf": hmac.new(key, f"csrf {login_id}".encode(), hashlib.sha256).hexdigest()}


def _remember(db: Db) -> Document:
    account = staff.active(db, get_jwt()["sub"])
    if account is None:
        raise Unauthenticated()
    g.staff = account
    return account
