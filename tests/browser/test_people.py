"""Clients by keyboard alone, at a desk and on a phone: family, archiving, coming back, merging, undoing."""

import pytest
from playwright.sync_api import Page, expect

from service.database import Db
from service.documents import clients, months
from tests import small_centre
from tests.browser.conftest import Pages
from tests.conftest import NOW
from tests.small_centre import MONTH, SmallCentre

WIDTHS = pytest.mark.parametrize("width", [1440, 360])


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    return small_centre.fill(db)


def enter(page: Page, role: str, name: str) -> None:
    """Goes to a link or button and presses Enter."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press("Enter")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
    page.wait_for_load_state()


@WIDTHS
def test_a_mother_is_named_for_a_child_and_the_survey_then_reaches_her(
    pages: Pages, centre: SmallCentre, db: Db, width: int
) -> None:
    given = {"survey_consent": True, "relationships": {"clients": []}}
    clients.update(db, centre.mateo, given, None, NOW)
    clients.update(db, centre.ana, {"email": "ana@example.com"}, None, NOW)
    page = pages.open(f"/clientes/{centre.mateo}", width=width)
    keys = page.keyboard
    missing = "es menor: falta indicar qué familiar adulto la responde."
    expect(page.get_by_text(missing)).to_be_visible()
    enter(page, "link", "Editar")
    heading(page, "Editar a Mateo Quispe")
    expect(page.get_by_text(missing)).to_be_visible()
    page.get_by_role("combobox", name="Familiar").first.focus()
    keys.type("nahui ana")
    expect(page.locator(".suggestion").first).to_contain_text("Ana <b> Ñahui")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Madre")
    keys.press("Tab")
    keys.press("Space")
    expect(page.get_by_text(missing)).to_have_count(0)
    pages.check(page)
    keys.press("Control+Enter")
    heading(page, "Mateo Quispe")
    expect(page.locator("section", has_text="Familia")).to_contain_text(
        "Madre o padre · responde sus encuestas"
    )
    expect(page.get_by_text("La responde Ana <b> Ñahui & Hijos.")).to_be_visible()
    pages.check(page)
    enter(page, "link", "Ana <b> Ñahui & Hijos")
    heading(page, "Ana <b> Ñahui & Hijos")
    expect(page.locator("section", has_text="Familia")).to_contain_text("Hijo o hija")


@WIDTHS
def test_a_client_is_archived_and_brought_back_and_no_report_changes(
    pages: Pages, centre: SmallCentre, db: Db, width: int
) -> None:
    before = months.figures(db, MONTH)
    page = pages.open(f"/clientes/{centre.lucia}", width=width)
    enter(page, "link", "Archivar")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lucía Fernández Ñahui")
    pages.check(page)
    enter(page, "button", "Archivar")
    heading(page, "Lucía Fernández Ñahui")
    expect(page.get_by_text("quedó archivado. Su historia se conserva.")).to_be_visible()
    pages.check(page)
    assert months.figures(db, MONTH) == before
    enter(page, "button", "Recuperar")
    expect(page.get_by_text("Cliente recuperado.")).to_be_visible()
    assert "archived_at" not in clients.get(db, centre.lucia)
    assert months.figures(db, MONTH) == before


@WIDTHS
def test_two_records_of_one_person_are_merged_and_parted_again(
    pages: Pages, centre: SmallCentre, db: Db, width: int
) -> None:
    twin = clients.create(db, {"given_names": "Lucia", "family_names": "Fernandez Nahui"}, NOW)
    page = pages.open(f"/clientes/{twin['_id']}", width=width)
    enter(page, "link", "Unir")
    heading(page, "Unir a Lucia Fernandez Nahui con otro cliente")
    expect(page.get_by_text("el mismo nombre")).to_be_visible()
    pages.check(page)
    enter(page, "button", "Unir con Lucía Fernández Ñahui")
    expect(page.get_by_text("Lucia Fernandez Nahui se unió con Lucía Fernández Ñahui.")).to_be_visible()
    page.wait_for_load_state()
    pages.check(page)
    assert clients.get(db, twin["_id"])["merged_into"] == centre.lucia
    enter(page, "button", "Deshacer la unión con Lucia Fernandez Nahui")
    heading(page, "Lucia Fernandez Nahui")
    expect(page.get_by_text("Los dos clientes están como antes.")).to_be_visible()
    assert "merged_into" not in clients.get(db, twin["_id"])


def test_a_likely_duplicate_is_shown_while_a_new_client_is_typed(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open("/clientes/nuevo")
    page.keyboard.type("lucia")
    page.keyboard.press("Tab")
    page.keyboard.type("fernandez nahui")
    page.keyboard.press("Tab")
    likely = page.get_by_role("region", name="¿Ya está registrado?")
    expect(likely).to_contain_text("Lucía Fernández Ñahui")
    expect(likely).to_contain_text("DNI 45310882")
    pages.check(page)
    page.keyboard.press("Control+Enter")
    heading(page, "lucia fernandez nahui")
    expect(page.get_by_text("Puede ser la misma persona que Lucía Fernández Ñahui.")).to_be_visible()
