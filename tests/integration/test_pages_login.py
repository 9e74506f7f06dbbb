"""Logging in and out by the pages, cookies, and forms of an old login or of another site."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from service import auth
from service.config import Settings
from service.database import Db
from service.documents import clients
from tests import html
from tests.conftest import EMAIL, NOW, PASSWORD, STAFF_ID, close, make_app
from tests.page_client import SAME_ORIGIN, Page, PageClient, logged_in

ANA = {"given_names": 'Ana "<b>', "family_names": "Ríos", "email": "ana@example.com"}


@pytest.fixture
def pages(app: Flask) -> PageClient:
    """Somebody who has not logged in."""
    return PageClient(app.test_client())


def log_in(pages: PageClient, password: str = PASSWORD, status: int = 200, email: str = EMAIL) -> Page:
    return pages.press("Ingresar", status, {"email": email, "password": password})


@contextmanager
def expired_access(app: Flask) -> Iterator[None]:
    """Access tokens made meanwhile have run out already."""
    usual = app.config["JWT_ACCESS_TOKEN_EXPIRES"]
    app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(seconds=-60)
    yield
    app.config["JWT_ACCESS_TOKEN_EXPIRES"] = usual


def with_expired_access(app: Flask) -> PageClient:
    with expired_access(app):
        return logged_in(app)


def new_client_form(pages: PageClient) -> dict[str, str]:
    """What the form of a new client sends once it is filled in."""
    return {**pages.get("/clientes/nuevo").fields("Guardar").to_dict(), **ANA}


def cookies(http: FlaskClient) -> dict[str, str]:
    """The login's cookies that the browser keeps."""
    found = ((name, http.get_cookie(name)) for name in ("access_token_cookie", "refresh_token_cookie"))
    return {name: cookie.value for name, cookie in found if cookie}


# Going in


def test_a_page_asks_for_a_login_and_then_opens(pages: PageClient) -> None:
    asked = pages.get("/clientes?q=r%C3%ADos", status=401)
    assert asked.heading == "Ingresar"
    page = log_in(pages)
    assert (page.path, page.heading) == ("/clientes?q=r%C3%ADos", "Clientes")


def test_a_wrong_password_is_said_beside_its_field_and_the_address_stays(pages: PageClient) -> None:
    pages.get("/login")
    page = log_in(pages, "mala", status=401)
    assert "no son correctos" in page.error("password")
    assert page.fields("Ingresar").to_dict() == {"next": "/", "email": EMAIL, "password": ""}
    assert "mala" not in page.response.text
    unknown = log_in(pages, PASSWORD, 401, "nadie@example.com")
    assert unknown.error("password") == page.error("password")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:1",
        "//[",
        "evil",
        "",
    ],
)
def test_after_logging_in_nobody_is_sent_to_another_site(pages: PageClient, target: str) -> None:
    sent = {"email": EMAIL, "password": PASSWORD, "next": target}
    answer = pages.http.post("/login", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_whoever_is_logged_in_already_goes_on(app: Flask) -> None:
    answer = logged_in(app).http.get("/login?next=/clientes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/clientes")


def test_the_login_is_tried_only_so_often_and_says_so(pages: PageClient) -> None:
    pages.get("/login")
    for _ in range(8):
        log_in(pages, "mala", 401)
    page = log_in(pages, PASSWORD, 429)
    assert "Demasiados intentos" in page.error("password")
    assert int(page.response.headers["Retry-After"]) > 0
    assert cookies(pages.http) == {}
    log_in(pages, PASSWORD, 401, "otra@example.com")


@pytest.mark.parametrize(
    ("base_url", "secure"), [("http://127.0.0.1:8000", False), ("https://centro.example", True)]
)
def test_the_cookies_cannot_be_read_by_scripts_nor_sent_by_other_sites(
    settings: Settings, app: Flask, base_url: str, secure: bool
) -> None:
    own = make_app(replace(settings, base_url=base_url))
    answer = own.test_client().post("/login", data={"email": EMAIL, "password": PASSWORD})
    set_cookies = Headers(answer.headers).getlist("Set-Cookie")
    assert len(set_cookies) == 2
    for cookie in set_cookies:
        parts = cookie.split("; ")
        assert "HttpOnly" in parts
        assert "SameSite=Lax" in parts
        assert ("Secure" in parts) == secure
    close(own)


# Going out


def test_leaving_revokes_the_login_so_that_its_cookies_open_nothing(app: Flask) -> None:
    pages = logged_in(app)
    pages.get("/clientes")
    kept = cookies(pages.http)
    assert pages.press("Salir").heading == "Ingresar"
    assert cookies(pages.http) == {}
    thief = app.test_client()
    for name, value in kept.items():
        thief.set_cookie(name, value)
    assert thief.get("/clientes").status_code == 401


def test_leaving_after_the_login_ran_out_needs_no_login(app: Flask, db: Db) -> None:
    pages = logged_in(app)
    pages.get("/clientes")
    db.logins.delete_many({})
    assert pages.press("Salir").path == "/login"
    assert cookies(pages.http) == {}


# A login that runs out


def test_an_access_token_that_ran_out_is_renewed_silently(app: Flask, db: Db) -> None:
    pages = with_expired_access(app)
    before = cookies(pages.http)
    form = pages.get("/clientes/nuevo").fields("Guardar")
    after = cookies(pages.http)
    assert before["access_token_cookie"] != after["access_token_cookie"]
    assert before["refresh_token_cookie"] == after["refresh_token_cookie"]
    for name, value in before.items():
        pages.http.set_cookie(name, value)
    for name, value in ANA.items():
        form[name] = value
    assert pages.post("/clientes/nuevo", form).heading == 'Ana "<b> Ríos'
    assert db.clients.count_documents({}) == 1


def test_a_form_that_was_being_filled_in_when_the_login_ran_out_is_sent_after_logging_in(
    app: Flask, db: Db
) -> None:
    pages = logged_in(app)
    form = new_client_form(pages)
    form["address"] = "one\ntwo"
    db.logins.delete_many({})
    asked = pages.post("/clientes/nuevo", form, status=401)
    assert "Lo que escribió no se pierde" in asked.text
    assert "no son correctos" in log_in(pages, "mala", 401).error("password")
    assert db.clients.count_documents({}) == 0
    page = log_in(pages)
    assert page.heading == "Su formulario sigue aquí"
    carried = page.fields("Enviarlo ahora")
    assert {name: value.replace("\r", "") for name, value in carried.items() if name != "csrf_token"} == {
        name: value for name, value in form.items() if name != "csrf_token"
    }
    assert carried["csrf_token"] != form["csrf_token"]
    assert pages.press("Enviarlo ahora").heading == 'Ana "<b> Ríos'
    assert db.clients.count_documents({}) == 1


def test_a_form_without_fields_of_its_own_waits_for_the_login_too(app: Flask, db: Db) -> None:
    client = clients.create(db, {"given_names": "Ana", "family_names": "Ríos"}, NOW)
    pages = logged_in(app)
    pages.get(f"/clientes/{client['_id']}/eliminar")
    db.logins.delete_many({})
    pages.post(f"/clientes/{client['_id']}/recuperar", {}, 401)
    assert log_in(pages).heading == "Su formulario sigue aquí"
    pages.get(f"/clientes/{client['_id']}/eliminar")
    db.logins.delete_many({})
    pages.press("Eliminar", 401)
    assert log_in(pages).link("Descartarlo") == f"/clientes/{client['_id']}/eliminar"
    assert db.clients.count_documents({}) == 1
    pages.press("Enviarlo ahora")
    assert db.clients.count_documents({}) == 0


def test_a_form_of_an_earlier_login_is_shown_for_sending_with_the_present_one(app: Flask, db: Db) -> None:
    old = new_client_form(logged_in(app))
    pages = logged_in(app)
    page = pages.post("/clientes/nuevo", old, status=403)
    assert page.heading == "Su formulario sigue aquí"
    assert db.clients.count_documents({}) == 0
    assert pages.press("Enviarlo ahora").heading == 'Ana "<b> Ríos'


# Forms that are not ours


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_without_its_secret_is_refused_and_nothing_stored(app: Flask, db: Db, token: str) -> None:
    pages = logged_in(app)
    form = {**new_client_form(pages), "csrf_token": token}
    answer = pages.http.post("/clientes/nuevo", data=form)
    page = html.read(answer.text)
    assert answer.status_code == 403
    assert "No se guardó nada." in html.text(page)
    assert "Ana" not in answer.text
    assert page.find(".//a[@href='/clientes/nuevo']") is not None
    assert db.clients.count_documents({}) == 0


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_what_another_site_sends_is_refused_even_with_the_secret(
    app: Flask, db: Db, headers: dict[str, str]
) -> None:
    pages = logged_in(app)
    form = new_client_form(pages)
    for path, data in (
        ("/clientes/nuevo", form),
        ("/login", {"email": EMAIL, "password": PASSWORD, "carry": "1"}),
    ):
        answer = pages.http.post(path, data=data, headers=headers)
        assert answer.status_code == 403, path
        assert "Set-Cookie" not in answer.headers
    assert db.clients.count_documents({}) == 0


def test_our_own_address_is_no_other_site(app: Flask) -> None:
    pages = logged_in(app)
    answer = pages.http.post(
        "/clientes/nuevo", data=new_client_form(pages), headers={"Origin": "http://127.0.0.1:8000"}
    )
    assert answer.status_code == 303


def test_logging_in_needs_an_active_account(app: Flask, db: Db) -> None:
    pages = logged_in(app)
    pages.get("/clientes")
    db.staff.update_one({"_id": STAFF_ID}, {"$set": {"active": False}})
    pages.get("/clientes", status=401)
    log_in(pages, status=401)


def test_the_secret_of_a_form_is_that_of_its_login(app: Flask) -> None:
    first, second = logged_in(app), logged_in(app)
    tokens = {
        pages.get("/clientes/nuevo").fields("Guardar")["csrf_token"] for pages in (first, first, second)
    }
    assert len(tokens) == 2
    assert SAME_ORIGIN["Sec-Fetch-Site"] == "same-origin"
    assert timedelta(minutes=30) == auth.ACCESS_LIFETIME
