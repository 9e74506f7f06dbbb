"""On a slow line a page can be filled in before its scripts run: what was typed then counts all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from service.database import Db
from tests import small_centre
from tests.browser.conftest import Pages
from tests.small_centre import SmallCentre

NEW = "/citas/nueva"
ENTRIES = ("app.js", "session-form.js")


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    return small_centre.fill(db)


@contextmanager
def before_scripts(pages: Pages, path: str) -> Iterator[Page]:
    """The page without its scripts; afterwards they come."""
    page = pages.open("about:blank")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for name in ENTRIES:
        page.route(f"**/{name}", hold)
    page.goto(path, wait_until="commit")
    yield page
    for route in held:
        route.continue_()
    page.unroute_all()


def test_a_person_who_is_already_registered_is_said_to_be(pages: Pages, centre: SmallCentre) -> None:
    with before_scripts(pages, "/clientes/nuevo") as page:
        page.get_by_label("Nombres").fill("Bruno")
        page.get_by_label("Apellidos").fill("Castillo Díaz")
    expect(page.locator("[data-live-post]").get_by_text("Bruno Castillo Díaz")).to_be_visible()


def test_a_name_half_typed_is_searched(pages: Pages, centre: SmallCentre) -> None:
    with before_scripts(pages, NEW) as page:
        page.get_by_label("Cliente").focus()
        page.keyboard.type("rios jo")
    expect(page.get_by_role("option", name="José Ángel Ríos")).to_have_attribute("aria-selected", "true")


def test_what_was_chosen_stays_and_the_end_follows_the_start(pages: Pages, centre: SmallCentre) -> None:
    with before_scripts(pages, f"{NEW}?fecha=2026-10-20") as page:
        page.get_by_label("Psicoterapeuta").select_option(label="Hellen Roberts")
        page.get_by_label("Inicio").fill("15:20")
    expect(page.get_by_label("Fin")).to_have_value("16:10")
    expect(page.get_by_text("Hellen Roberts, martes 20 de octubre.")).to_be_visible()
    page.get_by_role("combobox", name="Cliente").press_sequentially("rios jo")
    page.get_by_role("option", name="José Ángel Ríos").click()
    expect(page.get_by_text("Virtual · Hellen Roberts")).to_be_visible()
