"""A centre whose LANGUAGE is "en": every page that can be reached says nothing in Spanish."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException

from service import importing
from service.config import Settings
from service.database import Db
from service.documents import clients, imports, statements
from service.languages import TRANSLATIONS
from tests import html, messages
from tests.conftest import NOW, STAFF_ID, close, make_app
from tests.page_client import Page, PageClient, logged_in
from tests.small_centre import MONTH, SmallCentre, fill

#: Of what looks alike, so many are opened: addresses that differ only in their values.
MOST_ALIKE = 2
SPOKEN = ("alt", "aria-label", "placeholder", "title", "data-none", "data-some", "data-progress-words")
DAYS_AND_MONTHS = re.compile(
    r"\b(lunes|martes|miércoles|jueves|viernes|sábado|domingo|enero|febrero|marzo|abril|mayo|junio|julio|agosto"
    r"|setiembre|septiembre|octubre|noviembre|diciembre)\b",
    re.IGNORECASE,
)
#: Texts at least this long are looked for inside others too.
LONG = 12
SHEET = """Date,Start,End,Client,Psychotherapist,Type,Currency,Amount,Email,Phone,Colour
2026-10-01,09:00,09:50,Lucía Fernández Ñahui,Ronald Emard,On site,PEN,170,x,12,red
2026-10-01,09:00,08:50,Ana,Nobody,By phone,EUR,1.234,,,
2026-10-01,10:00,10:50,Rosa Quispe Mamani,Ronald Emard,Virtual,PEN,170,,,
Total,,,,,,,340,,,
"""
_PARAMETER = re.compile(r"%\\\((\w+)\\\)s|%%")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, language="en")


@pytest.fixture
def centre(app: Flask, db: Db) -> SmallCentre:
    """With something on every page: sessions, a client archived, an import with rejects, a statement."""
    centre = fill(db)
    clients.delete(db, centre.jose, None, NOW)
    statements.create(db, centre.emard, MONTH, NOW)
    record = imports.create(db, "sheet.csv", SHEET.encode(), True, STAFF_ID, NOW, None)
    with app.app_context():
        importing.run(db, app.config["SETTINGS"], record["_id"])
    return centre


@pytest.fixture
def person(app: Flask) -> PageClient:
    return logged_in(app)


@cache
def spanish() -> tuple[set[str], re.Pattern[str]]:
    """Texts of the catalogue that are not the same in English: short ones as they are, and a pattern."""
    short, patterns = set(), []
    for text, translation in messages.pairs(messages.read(TRANSLATIONS / "en.po")):
        if text == translation:
            continue
        if "%(" not in text:
            short.add(text.replace("%%", "%"))
        plain = re.sub(r"%\(\w+\)s", "", text)
        if len(plain) >= LONG and re.search(r"[a-z]{4}", plain):
            patterns.append(_PARAMETER.sub(".{1,80}?", re.escape(text)))
    return short, re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def said(element: Element) -> Iterator[str]:
    """What a page says: between tags, in titles and in attributes that are read out."""
    for each in element.iter():
        if each.tag in ("script", "style"):
            continue
        yield from (text for text in (each.text, each.tail) if text)
        yield from (each.attrib[name] for name in SPOKEN if name in each.attrib)


def left_in_spanish(page: Page) -> list[str]:
    short, pattern = spanish()
    texts = {" ".join(text.split()) for text in said(page.tree)}
    return [text for text in texts if text in short or pattern.search(text) or DAYS_AND_MONTHS.search(text)]


def check(page: Page) -> None:
    assert page.tree.get("lang") == "en", page.path
    assert left_in_spanish(page) == [], page.path


def alike(app: Flask, path: str) -> tuple[str, ...] | None:
    """What tells the kind of an address: its route and the names in its query; None for no page of ours."""
    parts = urlsplit(path)
    try:
        endpoint, _ = app.url_map.bind("localhost").match(parts.path, "GET")
    except HTTPException:
        return None
    return (endpoint, *sorted(parse_qs(parts.query)))


def walk(app: Flask, person: PageClient, start: list[str]) -> set[str]:
    """Opens and checks every kind of page that links lead to from `start`; the endpoints that were seen."""
    waiting, seen = deque(start), Counter[tuple[str, ...]]()
    while waiting:
        path = waiting.popleft()
        kind = alike(app, path)
        if kind is None or seen[kind] >= MOST_ALIKE:
            continue
        seen[kind] += 1
        response = person.http.get(path)
        if response.mimetype != "text/html" or "<!doctype" not in response.text:
            continue
        page = Page(path, response, html.read(response.text))
        check(page)
        for link in page.tree.iter("a"):
            target = link.get("href", "")
            if target.startswith("?"):
                waiting.append(urlsplit(path).path + target)
            elif target.startswith("/") and "download" not in link.attrib:
                waiting.append(target)
    return {kind[0] for kind in seen}


def test_no_page_that_can_be_reached_is_in_spanish(
    app: Flask, centre: SmallCentre, person: PageClient
) -> None:
    bare = [
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    pages = [path for path in bare if not path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))]
    seen = walk(app, person, [*pages, f"/reportes/mensual?mes={MONTH}", f"/citas?mes={MONTH}"])
    assert {"pages.sessions.edit", "pages.clients.show", "pages.merges.choose"} <= seen
    assert {"pages.imports.show", "pages.statements.show", "pages.calendar_feeds.show"} <= seen


def test_what_one_reads_in_english_stays_spanish_for_the_next(settings: Settings, app: Flask) -> None:
    """A client's page in English is no reason for staff to read English from then on."""
    both = make_app(replace(settings, language="es"))
    with both.test_request_context("/nada"), force_locale("en"):
        english = render_template("errors/error.html", title="x", text="y", status=404)
    assert "Go to the start page" in english
    page = logged_in(both).get("/citas")
    assert page.tree.get("lang") == "es-PE"
    assert page.link("Clientes") == "/clientes"
    close(both)
