"""The pages as a person without scripts uses them: opens, fills the form that is there, presses a button.

Every page that comes back is checked by tests/html.py, and a form can only be sent with the fields it has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from service import auth
from tests import html
from tests.conftest import STAFF_ID

#: What a browser says of a request that one of our own pages sends.
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Page:
    """A page that came back: its address, status, answer, tree and visible text."""

    path: str
    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return html.text(self.tree.find("body"))

    @property
    def heading(self) -> str:
        return html.text(self.tree.find(".//h1"))

    def link(self, name: str) -> str:
        """The address of the first link whose text has `name` in it."""
        found = [link.get("href", "") for link in self.tree.iter("a") if name in html.text(link)]
        assert found, (name, [html.text(link) for link in self.tree.iter("a")])
        return found[0]

    def error(self, field: str) -> str:
        """What stands beside a field that is wrong."""
        boxes = [
            box for box in self.tree.iter() if box.get("name") == field and box.get("aria-invalid") == "true"
        ]
        assert boxes, (field, self.text)
        ids = boxes[0].get("aria-describedby", "").split()
        return " ".join(html.text(element) for element in self.tree.iter() if element.get("id") in ids)

    def form(self, button: str) -> tuple[Element, Element]:
        """The form with a visible button called `button`, and that button."""
        for form in self.tree.iter("form"):
            for element in _shown(form):
                unseen = element.get("aria-hidden") == "true"
                if (
                    element.tag == "button"
                    and not unseen
                    and button in (html.text(element), element.get("aria-label"))
                ):
                    return form, element
        raise AssertionError(f"no button {button!r} on {self.path}")

    def fields(self, button: str) -> MultiDict[str, str]:
        """What a browser would send when that button is pressed and nothing is changed."""
        form, pressed = self.form(button)
        sent: MultiDict[str, str] = MultiDict()
        for element in _shown(form):
            for value in _values(element):
                sent.add(element.get("name", ""), value)
        if pressed.get("name"):
            sent.add(pressed.get("name", ""), pressed.get("value", ""))
        return sent


@dataclass
class PageClient:
    """Somebody at a browser; `last` is the page they see."""

    http: FlaskClient
    last: Page | None = None

    def get(self, path: str, status: int = 200) -> Page:
        """Opens an address."""
        return self._follow(path, self.http.get(path), status)

    def press(self, button: str, status: int = 200, changes: Mapping[str, str | None] | None = None) -> Page:
        """Presses a button of the page that is open, its form changed by `changes` (None: a value less)."""
        assert self.last is not None
        sent = self.last.fields(button)
        for name, value in (changes or {}).items():
            assert name in sent or value is None or _is_box(self.last, name), f"no field {name!r}"
            sent.setlist(name, [] if value is None else [value])
        action = self.last.form(button)[0].get("action") or self.last.path
        return self.post(action, sent, status)

    def post(self, path: str, fields: Mapping[str, str], status: int = 200, **headers: str) -> Page:
        """Sends fields to an address, as one of our pages would."""
        response = self.http.post(path, data=fields, headers={**SAME_ORIGIN, **headers})
        return self._follow(path, response, status)

    def _follow(self, path: str, response: TestResponse, status: int) -> Page:
        for _ in range(5):
            if response.status_code not in (302, 303):
                break
            path = urlsplit(response.headers["Location"])._replace(scheme="", netloc="").geturl()
            response = self.http.get(path)
        page = Page(path, response, html.read(response.text))
        assert page.status == status, (path, page.status, page.text)
        self.last = page
        return self.last


def logged_in(app: Flask) -> PageClient:
    """A client whose browser has the cookies of a login."""
    http = app.test_client()
    with app.test_request_context():
        access, refresh = auth.start_login(app.extensions["db"], STAFF_ID)
    http.set_cookie("access_token_cookie", access)
    http.set_cookie("refresh_token_cookie", refresh)
    return PageClient(http)


def _shown(form: Element) -> list[Element]:
    """A form's elements without what a browser leaves alone: a <template> and a fieldset that is disabled."""
    found: list[Element] = []
    for child in form:
        if child.tag != "template" and not (child.tag == "fieldset" and "disabled" in child.attrib):
            found += [child, *_shown(child)]
    return found


def _values(element: Element) -> list[str]:
    kind = element.get("type", "text")
    if not element.get("name") or "disabled" in element.attrib:
        return []
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        return [option.get("value", html.text(option)) for option in chosen]
    if element.tag == "textarea":
        return [(element.text or "").removeprefix("\n")]
    if element.tag != "input" or kind in ("submit", "button", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [element.get("value", "on")] if "checked" in element.attrib else []
    return [element.get("value", "")]


def _is_box(page: Page, name: str) -> bool:
    boxes = [element for element in page.tree.iter("input") if element.get("name") == name]
    return any(element.get("type") in ("checkbox", "radio") for element in boxes)
