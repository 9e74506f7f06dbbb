"""On a slow line a page is filled in before its scripts run, or before their questions are answered: what was
typed counts all the same, and nobody is taken for somebody else.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from service.database import Db
from tests import small_centre
from tests.browser.conftest import Pages
from tests.people_data import client
from tests.small_centre import SmallCentre

NEW = "/citas/nueva"
ENTRIES = ("**/app.js", "**/session-form.js")


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    return small_centre.fill(db)


@contextmanager
def held(page: Page, *addresses: str) -> Iterator[None]:
    """What is asked for at these addresses meanwhile is answered afterwards."""
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    for address in addresses:
        page.route(address, hold)
    yield
    for route in asked:
        route.continue_()
    page.unroute_all()


@contextmanager
def before_scripts(pages: Pages, path: str) -> Iterator[Page]:
    """The page without its scripts; afterwards they come."""
    page = pages.open("about:blank")
    with held(page, *ENTRIES):
        page.goto(path, wait_until="commit")
        yield page


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


@pytest.fixture
def suggested(pages: Pages, centre: SmallCentre, db: Db) -> Page:
    """A new session's form that suggests two people for what was typed so far, and no more for the moment."""
    client(db, "Ada", "Ríos Lazo")
    page = pages.open(NEW)
    page.get_by_role("combobox", name="Cliente").press_sequentially("rio")
    expect(page.get_by_role("option", name="Ríos")).to_have_count(2)
    return page


@pytest.mark.parametrize("then", [[], ["Tab"]], ids=["stays", "goes on"])
def test_enter_before_the_answer_takes_the_only_one(suggested: Page, then: list[str]) -> None:
    with held(suggested, "**/clientes/buscar?**"):
        suggested.keyboard.type("s jo")
        for key in ("Enter", *then):
            suggested.keyboard.press(key)
    expect(suggested.get_by_role("combobox", name="Cliente")).to_have_value("José Ángel Ríos")


def test_enter_before_the_answer_takes_nobody_of_a_list_for_less_of_the_name(suggested: Page) -> None:
    with held(suggested, "**/clientes/buscar?**"):
        suggested.keyboard.press("ArrowUp")
        suggested.keyboard.type("s zz")
        suggested.keyboard.press("Enter")
    expect(suggested.get_by_role("option", name="«rios zz»")).to_be_visible()
    assert suggested.locator("input[type=hidden][name=client_id]").input_value() == ""
    assert suggested.url.endswith(NEW)
