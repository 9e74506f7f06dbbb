"""What is done at the desk all day: a status in place, several chosen, taken back; by keys and touch."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from service.database import Db
from service.documents import sessions
from tests import small_centre
from tests.browser.conftest import Pages
from tests.conftest import NOW
from tests.small_centre import LIMA, MONTH, TODAY, SmallCentre

LIST = f"/citas?mes={MONTH}&tipo=on_site"


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    return small_centre.fill(db)


def ready(page: Page) -> None:
    """Waits for the scripts, which keys need."""
    page.locator("html.js").wait_for()


def row(page: Page, text: str) -> Locator:
    return page.locator("tbody tr", has_text=text)


def status(page: Page, text: str) -> Locator:
    return row(page, text).locator(".status-menu > summary")


def test_a_status_is_changed_in_place_by_keyboard_and_taken_back(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open(LIST)
    page.evaluate("window.stays = true")
    summary = status(page, "11:30")
    summary.focus()
    page.keyboard.press("e")
    expect(row(page, "11:30").get_by_role("button", name="Realizada")).to_be_focused()
    pages.check(page)
    page.keyboard.press("Enter")
    expect(status(page, "11:30")).to_contain_text("Realizada")
    expect(status(page, "11:30")).to_be_focused()
    expect(page.get_by_role("status").first).to_contain_text(
        "Realizada: Mateo Quispe, jueves 15 de octubre, 11:30."
    )
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(row(page, "11:30").get_by_role("button", name="No asistió")).to_be_focused()
    row(page, "11:30").get_by_label("Monto a cobrar").fill("90")
    page.keyboard.press("Enter")
    expect(status(page, "11:30")).to_contain_text("Realizada")
    row(page, "11:30").get_by_role("button", name="No asistió").press("Enter")
    expect(row(page, "11:30")).to_contain_text("S/ 90.00")
    page.keyboard.press("u")
    expect(status(page, "11:30")).to_contain_text("Realizada")
    expect(page.get_by_role("status").first).to_be_focused()
    assert page.evaluate("window.stays") is True
    [session] = sessions.find(db, {"local_date": TODAY, "client_id": centre.mateo})
    assert (session["status"], session["charge_cents"]) == ("done", 0)


def test_a_stale_status_is_shown_with_what_was_asked(pages: Pages, centre: SmallCentre, db: Db) -> None:
    page = pages.open("/", width=360)
    [session] = sessions.find(db, {"local_date": TODAY, "client_id": centre.mateo})
    pages.check(page)
    status(page, "11:30").tap()
    sessions.update(db, session["_id"], {"note": "Llamó"}, None, NOW, LIMA)
    row(page, "11:30").get_by_role("button", name="Cancelada").tap()
    expect(page.get_by_role("heading", name="Estado de la cita")).to_be_visible()
    expect(page.get_by_label("Cancelada")).to_be_checked()
    pages.check(page)
    page.get_by_role("button", name="Cambiar el estado").tap()
    expect(page.get_by_role("heading", name="Hoy", exact=True)).to_be_visible()
    expect(status(page, "11:30")).to_contain_text("Cancelada")


def test_several_are_chosen_by_keyboard_changed_and_taken_back(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open(LIST)
    boxes = page.get_by_role("checkbox", name=re.compile("^Elegir: Mateo"))
    expect(page.get_by_role("form", name="Las citas elegidas")).to_be_hidden()
    boxes.first.focus()
    page.keyboard.press("Space")
    boxes.last.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("2 elegidas")).to_be_visible()
    pages.check(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "citas.csv"
    page.get_by_role("link", name="Mateo Quispe").first.focus()
    page.keyboard.press("e")
    expect(page.locator("#seleccion").get_by_role("button", name="Realizada")).to_be_focused()
    page.locator("#seleccion").get_by_role("button", name="Cancelada").press("Enter")
    expect(page.get_by_text("2 citas cambiaron de estado.")).to_be_visible()
    expect(page.get_by_role("form", name="Las citas elegidas")).to_be_hidden()
    assert db.sessions.count_documents({"client_id": centre.mateo, "status": "cancelled"}) == 3
    page.keyboard.press("u")
    expect(page.get_by_text("Deshecho: 2 citas están como antes.")).to_be_visible()
    assert db.sessions.count_documents({"client_id": centre.mateo, "status": "cancelled"}) == 1
    page.get_by_role("checkbox", name="Elegir todas las de esta página").check()
    expect(page.get_by_text("5 elegidas")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("form", name="Las citas elegidas")).to_be_hidden()


def test_several_are_chosen_by_touch_without_scripts(pages: Pages, centre: SmallCentre, db: Db) -> None:
    page = pages.open(LIST, width=360, javascript=False)
    page.get_by_text("Elegir varias").tap()
    page.get_by_label(re.compile("^Elegir: Mateo")).last.check()
    page.get_by_label(re.compile("^Elegir: Ana")).last.check()
    page.locator("#seleccion").get_by_role("button", name="No asistió").tap()
    expect(page.get_by_text("2 citas cambiaron de estado.")).to_be_visible()
    page.get_by_role("button", name="Deshacer").tap()
    expect(page.get_by_text("Deshecho: 2 citas están como antes.")).to_be_visible()
    assert page.url.endswith(LIST)


# By day and by week ------------------------------------------------------


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (360, "light")])
def test_everybody_can_read_a_day_and_a_week(
    pages: Pages, centre: SmallCentre, db: Db, width: int, scheme: str
) -> None:
    other = centre.session(TODAY, "16:20", centre.rosa, centre.emard, overbooking_reason="Urgencia")
    db.sessions.update_one({"_id": other["_id"]}, {"$set": {"overbooking_reason": ""}})
    page = pages.open("/citas?vista=dia", width=width, scheme=scheme)
    for path in ("", "/citas?vista=semana", f"/citas?vista=semana&psicoterapeuta={centre.emard}"):
        if path:
            page.goto(path)
        expect(page.get_by_text("José Ángel Ríos").locator("visible=true").first).to_be_visible()
        pages.check(page)


@pytest.mark.parametrize("width", [1440, 360])
def test_days_and_weeks_are_gone_through_and_filters_stay(
    pages: Pages, centre: SmallCentre, width: int
) -> None:
    page = pages.open("/citas?tipo=virtual", width=width)
    page.get_by_role("link", name="Día", exact=True).click()
    expect(page.get_by_text("Jueves 15 de octubre").first).to_be_visible()
    ready(page)
    page.keyboard.press("s")
    expect(page.get_by_text("Viernes 16 de octubre").first).to_be_visible()
    ready(page)
    page.keyboard.press("h")
    expect(page.get_by_text("Jueves 15 de octubre").first).to_be_visible()
    page.get_by_role("link", name="Semana", exact=True).click()
    page.get_by_role("link", name="Semana anterior").click()
    expect(page.get_by_text("lun 05 – dom 11 oct")).to_be_visible()
    page.get_by_text("lun 05 – dom 11 oct").click()
    pages.check(page)
    page.get_by_role("link", name="miércoles 14 de octubre").click()
    expect(page.get_by_text("lun 12 – dom 18 oct")).to_be_visible()
    assert "tipo=virtual" in page.url
    expect(page.get_by_text("3 sesiones de 3 clientes")).to_be_visible()
    page.get_by_role("link", name="Lista", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(9)


def test_free_time_is_found_with_the_arrows_and_becomes_a_session(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open("/citas?vista=dia")
    emard = page.get_by_role("region", name="Ronald Emard")
    emard.get_by_role("link", name=re.compile("^11:30 Mateo")).focus()
    page.keyboard.press("ArrowUp")
    expect(emard.get_by_role("link", name="Nueva cita, Ronald Emard, 11:00")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    fisher = page.get_by_role("link", name="Nueva cita, Logan Fisher, 11:00")
    expect(fisher).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Psicoterapeuta")).to_have_value(centre.fisher)
    expect(page.get_by_label("Inicio")).to_have_value("11:00")
    page.get_by_role("combobox", name="Cliente").fill("castillo bruno")
    page.get_by_role("option", name="Bruno Castillo Díaz").click()
    page.get_by_label("Virtual").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name=re.compile("^11:00 Bruno Castillo Díaz"))).to_be_visible()
    assert page.url.endswith(f"fecha={TODAY}")


# Today ------------------------------------------------------


def test_a_session_is_entered_in_one_line_by_keyboard(pages: Pages, centre: SmallCentre, db: Db) -> None:
    centre.session("2026-10-14", "18:00", centre.rosa, centre.emard, status="scheduled")
    page = pages.open("/")
    ready(page)
    page.keyboard.press("/")
    page.keyboard.type("rios jose")
    expect(page.get_by_role("option", name="José Ángel Ríos")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Psicoterapeuta")).to_have_value(centre.emard)
    pages.check(page)
    page.get_by_label("Inicio").fill("13:00")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text(
        "Cita guardada: José Ángel Ríos, jueves 15 de octubre, 13:00"
    )
    page.get_by_role("link", name="1 cita pasada de octubre 2026 sigue programada").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    status(page, "Rosa").click()
    row(page, "Rosa").get_by_role("button", name="Realizada").click()
    expect(page.get_by_text("Ninguna cita con estos filtros")).to_be_visible()
    page.get_by_role("link", name="Hoy").click()
    expect(page.get_by_text("Necesita atención")).to_be_hidden()


def test_what_needs_attention_is_pressed_on_a_phone(pages: Pages, centre: SmallCentre) -> None:
    centre.session("2026-10-14", "18:00", centre.rosa, centre.emard, status="scheduled")
    page = pages.open("/", width=360)
    pages.check(page)
    expect(page.get_by_role("form", name="Cita rápida")).to_be_hidden()
    page.get_by_role("link", name="1 cita pasada de octubre 2026 sigue programada").tap()
    expect(page.locator("tbody tr")).to_have_count(1)
