"""Logging in and out. What somebody typed before their login ran out is carried along and can be sent afterwards."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from service import auth, current
from service.documents import staff
from service.limits import BY_ACCOUNT, BY_ADDRESS, account_key, limiter

routes = Blueprint("login", __name__)

#: The login form's own fields; everything else in it is somebody's unsent form.
_OWN = ("email", "password", "next", "carry", "csrf_token")
_CARRIED = "carried."


@routes.get("/login")
def show() -> Response:
    """The login page."""
    return login_page(status=200)


@routes.post("/login")
@limiter.limit(BY_ADDRESS)
@limiter.limit(BY_ACCOUNT, key_func=account_key)
def log_in() -> Response:
    """Logs in and goes on where the person was; an unsent form is shown for sending."""
    form = request.form
    account = staff.authenticate(current.db(), form.get("email", ""), form.get("password", ""))
    if account is None:
        return login_page(error=_("El correo o la contraseña no son correctos."), status=401)
    target = _safe_target(form.get("next", ""))
    tokens = auth.start_login(current.db(), account["_id"])
    carried = _carried(form)
    if not carried:
        return auth.set_cookies(make_response(redirect(target, 303)), tokens)
    page = render_template("pages/login/resume.html", action=target, fields=carried, csrf=auth.csrf_of(tokens[0]))
    return auth.set_cookies(make_response(page), tokens)


@routes.post("/salir")
def log_out() -> Response:
    """Revokes the login."""
    auth.end_login(current.db())
    return auth.unset_cookies(make_response(redirect("/login", 303)))


def login_page(*, carry: bool = False, error: str = "", status: int = 401) -> Response:
    """The login page; `carry` takes the present request's address and form fields along."""
    fields = list(request.form.items(multi=True)) if carry else _carried(request.form)
    target = request.full_path.rstrip("?") if carry else request.values.get("next", "/")
    page = render_template(
        "pages/login/login.html",
        email=request.form.get("email", "") if not carry else "",
        next=_safe_target(target),
        fields=[(_CARRIED + name, value) for name, value in fields if name != "csrf_token"],
        error=error,
    )
    return make_response(page, status)


def _carried(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name.removeprefix(_CARRIED), value) for name, value in form.items(multi=True) if name.startswith(_CARRIED)]


def _safe_target(target: str) -> str:
    """A path of this site, never another host's."""
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if local and target.isprintable() else "/"
