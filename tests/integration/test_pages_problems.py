"""A page for everything that goes wrong, and every page valid and behind the login."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from pymongo.errors import AutoReconnect

from service import database
from service.blueprints.pages import problems
from service.database import Db
from service.documents import client_search, clients, staff
from tests import html
from tests.conftest import EMAIL, PASSWORD
from tests.page_client import PageClient, logged_in


@pytest.fixture
def anybody(app: Flask) -> PageClient:
    """Somebody who has not logged in."""
    return PageClient(app.test_client())


def test_every_failure_has_a_page_with_a_way_on(app: Flask) -> None:
    pages = logged_in(app)
    for path, status in (
        ("/nada", 404),
        ("/clientes/" + "0" * 32, 404),
        ("/salir", 405),
        ("/citas?mes=2026-13", 422),
    ):
        page = pages.get(path, status)
        assert page.link("Ir al inicio") == "/"
    assert pages.get("/salir", 405).response.headers["Allow"]


def test_nothing_about_anybody_is_kept_on_the_way(app: Flask) -> None:
    http = logged_in(app).http
    for path in ("/clientes", "/nada", "/api/v1/clients", "/api/v1/nada", "/citas/exportar.xlsx?mes=2026-10"):
        assert http.get(path).headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("status", [*problems.TEXTS, 500])
def test_each_error_page_is_plain_spanish_and_valid(app: Flask, status: int) -> None:
    title, text = problems.TEXTS.get(status, ("Algo falló", "El fallo quedó registrado."))
    with app.test_request_context("/clientes"):
        page = html.read(render_template("errors/error.html", title=title, text=text, status=status))
    assert html.text(page.find(".//h1")) == str(title)
    assert page.findall(".//main//a[@href]")


def test_a_request_that_is_too_large_says_so(app: Flask, anybody: PageClient) -> None:
    big = {"csrf_token": "x", "given_names": "a" * (3 * 1024 * 1024)}
    assert "demasiado grande" in logged_in(app).post("/clientes/nuevo", big, status=413).heading
    assert anybody.post("/clientes/nuevo", big, status=401).heading == "Ingresar"


def test_what_was_typed_outlives_a_failure_and_is_saved_once(
    app: Flask, db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {"given_names": 'Ana "<b>', "family_names": "Ríos", "note": "En dos\nlíneas"}
    create = clients.create

    def fail(*args: Any, **kwargs: Any) -> None:
        create(*args, **kwargs)
        raise AutoReconnect("the store went away before it answered")

    pages = logged_in(app)
    pages.get("/clientes/nuevo")
    with monkeypatch.context() as broken:
        broken.setattr(clients, "create", fail)
        page = pages.press("Guardar", 503, typed)
    assert "Lo que escribió sigue aquí: envíelo otra vez" in page.text
    assert pages.press("Enviarlo otra vez").heading == 'Ana "<b> Ríos'
    assert [client["note"] for client in db.clients.find()] == ["En dos\nlíneas"]


def test_a_failed_login_never_shows_the_password_again(
    app: Flask, anybody: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise AutoReconnect("gone")

    monkeypatch.setattr(staff, "authenticate", fail)
    page = anybody.post("/login", {"email": EMAIL, "password": PASSWORD}, 503)
    assert PASSWORD not in page.response.text


def test_an_unexpected_failure_shows_nothing_of_the_inside(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secreto de Ana")

    monkeypatch.setattr(client_search, "search", fail)
    page = logged_in(app).get("/clientes", 500)
    assert page.heading == "Algo falló"
    logged = "".join(capfd.readouterr())
    assert '"error": "RuntimeError"' in logged
    for inside in ("secreto", "Traceback", "RuntimeError"):
        assert inside not in page.response.text
    assert "secreto" not in logged


def test_a_store_that_does_not_answer_has_a_page_with_a_way_on(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = logged_in(app)
    nobody = str(tmp_path / "nobody.sock").replace("/", "%2F")
    with database.connect(f"mongodb://{nobody}", timeout_ms=50) as gone:
        monkeypatch.setitem(app.extensions, "db", gone["any"])
        for path in ("/clientes", "/clientes?q=ana", "/"):
            page = pages.get(path, 503)
            assert page.heading == "El sistema no responde"
            assert page.link("Intentar de nuevo") == path
        sent = {"email": EMAIL, "password": PASSWORD}
        assert pages.post("/login", sent, 503).heading == "El sistema no responde"
        monkeypatch.undo()


def test_where_not_even_the_error_page_can_be_drawn_something_plain_is_said(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no template")

    monkeypatch.setattr(problems, "render_template", fail)
    page = logged_in(app).get("/nada", 404)
    assert page.heading == "Algo falló"
    assert page.link("Ir al inicio") == "/"


def test_every_page_that_can_be_opened_is_valid_and_asks_for_a_login(app: Flask, anybody: PageClient) -> None:
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.") and "GET" in (rule.methods or ()) and not rule.arguments
    ]
    assert {"/", "/clientes", "/clientes/nuevo", "/psicoterapeutas", "/citas", "/citas/nueva"} <= set(paths)
    wrong: list[str] = []
    found, someone = 0, logged_in(app)
    for path in sorted(paths):
        answer = someone.http.get(path)
        if answer.mimetype == "text/html" and answer.status_code < 300:
            wrong += [f"{path}: {fault}" for fault in _faults(answer.text)]
            found += "<h1" in answer.text
        elif answer.status_code >= 400:
            wrong.append(f"{path}: {answer.status_code}")
        if path != "/login" and anybody.http.get(path).status_code != 401:
            wrong.append(f"{path}: opens without a login")
    assert not wrong, "\n".join(wrong)
    assert found >= 8


def _faults(text: str) -> list[str]:
    """What is wrong with a page, or with a piece of one (data-live)."""
    whole = f'<!doctype html><html lang="es"><title>-</title><h1>-</h1>{text}</html>'
    try:
        return list(html.faults(html.parse(text if "<html" in text else whole)))
    except AssertionError as error:
        return [str(error)]


_BAD = (
    *("<h1>B</h1>", "<p id=a></p><p id=a></p>", "<p><div></p>", "<div></span></div>"),
    *("<input name=a>", "<select></select>", "<label for=b>B</label>", "<button></button>"),
    *("<p style='color:red'>x</p>", "<a>x</a>", "<img src=x>"),
)


def test_the_reader_of_pages_sees_what_is_wrong() -> None:
    good = '<!doctype html><html lang="es"><title>A</title><h1>A</h1>{}</html>'
    html.read(good.format("<label>Nombre <input name=a></label>"))
    for bad in _BAD:
        with pytest.raises(AssertionError):
            html.read(good.format(bad))
