"""What browser tests share: the Chromium on PATH, the real application on a loopback port, a login.

    def test_x(pages: Pages) -> None:
        page = pages.open("/citas")                       # 1440 px wide, with scripts, logged in
        phone = pages.open("/citas", width=360)
        plain = pages.open("/citas", javascript=False)
        pages.check(phone)                                # axe, nothing sideways, large enough to press

Whatever a page writes to its console as an error, a violated Content-Security-Policy too, fails the test.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from service import auth
from tests.conftest import EMAIL, PASSWORD, STAFF_ID

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: A date's field is typed in the order of the browser's own language, whatever this machine's is.
_ENVIRONMENT: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "en_US"}
#: Chromium says this of every answer that is not a success; a form that comes back with 422 is no error.
_NO_ERROR = "Failed to load resource: the server responded with a status of 4"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SERIOUS = ("serious", "critical")
_PHONE_PX, _TALL_PX = 500, 44
#: A busy machine is no failure; what never comes is one all the same.
_PATIENCE_MS = 30_000
expect.set_options(timeout=_PATIENCE_MS)
_TOO_SMALL = """tall => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")]
  .filter(element => element.checkVisibility() && !element.matches(".skip-link, .row-link, .visually-hidden"))
  .map(element => element.closest("label") ?? element)
  .filter(element => element.getBoundingClientRect().height < tall - 0.5)
  .map(element => element.outerHTML.slice(0, 160))"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is in this folder as `browser`."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser; skips, with the reason, where there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no browser on PATH: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=_ENVIRONMENT)
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    """The application writes a log of its own."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: a failing test would show hundreds of lines."""


def _whole(app: Flask) -> WSGIApplication:
    """The application with each answer read to its end: werkzeug's server leaves a file open, so a warning
    to whatever test comes next, where the browser goes away in the middle of one.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            parts.close()  # type: ignore[attr-defined]  # werkzeug's answers have it, PEP 3333 leaves it open

    return answer


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served for real."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Pages:
    """Opens pages as somebody who is logged in; `errors` is what any of them complained about."""

    browser: Browser
    site: str
    #: Brings a login along; without it the login is typed.
    bring_login: Callable[[], Any] | None = None
    login: Any = None
    errors: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str, *, width: int = 1440, javascript: bool = True, scheme: Any = "light") -> Page:
        """A page in a window of its own; below 500 px the window is a phone's."""
        if self.login is None:
            self.login = self.bring_login() if self.bring_login else self._type_login()
        return self.open_public(path, width=width, javascript=javascript, scheme=scheme)

    def open_public(
        self, path: str, *, width: int = 1440, javascript: bool = True, scheme: Any = "light"
    ) -> Page:
        """The same without logging in first."""
        page = self._context(width, java_script_enabled=javascript, color_scheme=scheme).new_page()
        page.goto(path)
        return page

    def check(self, page: Page) -> None:
        """Nothing that keeps people from using it: axe, the width of the window, what fingers can press."""
        answer = Axe().run(page, options={"runOnly": _RULES, "preload": False}).response
        found = [fault for fault in answer["violations"] if fault["impact"] in _SERIOUS]
        assert not found, [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{page.url} scrolls sideways"
        )
        if page.viewport_size and page.viewport_size["width"] < _PHONE_PX:
            assert page.evaluate(_TOO_SMALL, _TALL_PX) == []

    def close(self) -> None:
        """Closes every window."""
        for context in self.contexts:
            context.close()

    def _type_login(self) -> Any:
        page = self._context(1440).new_page()
        page.goto("/login")
        page.get_by_label("Correo").fill(EMAIL)
        page.get_by_label("Contraseña").fill(PASSWORD)
        page.get_by_role("button", name="Ingresar").click()
        page.wait_for_url("**/")
        return page.context.storage_state()

    def _context(self, width: int, **options: Any) -> BrowserContext:
        phone = width < _PHONE_PX
        context = self.browser.new_context(
            base_url=self.site,
            viewport={"width": width, "height": 740 if phone else 900},
            has_touch=phone,
            locale="es-PE",
            storage_state=self.login,
            **options,
        )
        context.set_default_timeout(_PATIENCE_MS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.contexts.append(context)
        return context

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_NO_ERROR):
            self.errors.append(f"{message.page.url if message.page else ''}: {message.text}")


def _logged_in(app: Flask) -> Any:
    """What a browser keeps of a login; tests of the login itself type it."""
    with app.test_request_context():
        access, refresh = auth.start_login(app.extensions["db"], STAFF_ID)
    shared = {"domain": "127.0.0.1", "path": "/", "expires": -1, "secure": False, "sameSite": "Lax"}
    tokens = {"access_token_cookie": access, "refresh_token_cookie": refresh}
    cookies = [{"name": name, "value": token, "httpOnly": True, **shared} for name, token in tokens.items()]
    return {"cookies": cookies, "origins": []}


@pytest.fixture
def pages(chromium: Browser, site: str, app: Flask) -> Iterator[Pages]:
    """Windows on the application."""
    opened = Pages(chromium, site, lambda: _logged_in(app))
    yield opened
    opened.close()
    assert not opened.errors
