"""Logging in and out. What was typed before a login ran out is carried along and can be sent afterwards."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service import auth, current
from service.documents import staff
from service.errors import Unauthenticated
from service.limits import BY_ACCOUNT, BY_ADDRESS, account_key, limiter

routes = Blueprint("login", __name__)

Fields = list[tuple[str, str]]

#: An unsent form's fields stand in the login form under names that begin so; CARRY says that there is one.
_CARRIED, _CARRY = "carried.", "carry"


@routes.get("/login")
def show() -> Response:
    """The login page; whoever is logged in already goes on."""
    try:
        auth.require_cookie(current.db())
    except Unauthenticated:
        return login_page(status=200)
    return _go_on(_target())


@routes.post("/login")
@limiter.limit(BY_ADDRESS)
@limiter.limit(BY_ACCOUNT, key_func=account_key)
def log_in() -> Response:
    """Logs in and goes on where the person was; an unsent form is shown for sending."""
    form = request.form
    account = staff.authenticate(current.db(), form.get("email", ""), form.get("password", ""))
    if account is None:
        return login_page(error=_("El correo o la contraseña no son correctos."))
    tokens = auth.start_login(current.db(), account["_id"])
    if _CARRY in form:
        page = resume_page(_target(), _carried(form), auth.csrf_of(tokens[0]))
        return auth.set_cookies(page, tokens)
    return auth.set_cookies(_go_on(_target()), tokens)


@routes.post("/salir")
def log_out() -> Response:
    """Revokes the login; one that is over already needs no more than its cookies gone."""
    try:
        auth.require_cookie(current.db())
        auth.end_login(current.db())
    except Unauthenticated:
        pass
    return auth.unset_cookies(make_response(redirect("/login", 303)))


def login_page(*, error: str = "", status: int = 401) -> Response:
    """The login page, with what it carries already."""
    fields = _carried(request.form) if _CARRY in request.form else None
    return _page(_target(), fields, error, status)


def login_first() -> Response:
    """The login page in the place of the page that was asked for; the form that was sent is carried along.

    A file cannot be carried: whoever sent one goes on where it is chosen.
    """
    target = request.full_path.rstrip("?")
    try:
        fields = unsent(request.form) if request.method == "POST" and not request.files else None
    except RequestEntityTooLarge:
        fields = None
    return _page(target if fields is not None or opens(request.path) else "/", fields)


def resume_page(action: str, fields: Fields, csrf: str) -> Response:
    """An unsent form, to be sent with the present login."""
    way_out = action if opens(action) else "/"
    page = render_template(
        "pages/login/resume.html", action=action, fields=fields, csrf=csrf, way_out=way_out
    )
    return make_response(page)


def unsent(form: MultiDict[str, str]) -> Fields:
    """A form's fields without the secret of the login that it was opened with."""
    return [(name, value) for name, value in form.items(multi=True) if name != "csrf_token"]


def opens(path: str) -> bool:
    """Whether a path can be opened, not only sent a form."""
    try:
        current_app.url_map.bind("").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return False
    return True


def _page(target: str, fields: Fields | None, error: str = "", status: int = 401) -> Response:
    carried = [(_CARRIED + name, value) for name, value in fields or ()]
    page = render_template(
        "pages/login/login.html",
        email="" if request.endpoint != "pages.login.log_in" else request.form.get("email", ""),
        next=target,
        fields=carried if fields is None else [(_CARRY, "1"), *carried],
        error=error,
    )
    return make_response(page, status)


def _carried(form: MultiDict[str, str]) -> Fields:
    fields = form.items(multi=True)
    return [(name.removeprefix(_CARRIED), value) for name, value in fields if name.startswith(_CARRIED)]


def _target() -> str:
    """Where to go on: a path of this site, never another host's."""
    target = request.values.get("next", "/")
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if local and not urlsplit(target).netloc else "/"


def _go_on(target: str) -> Response:
    response = redirect(target if opens(target) else "/", 303)
    return make_response(response)
