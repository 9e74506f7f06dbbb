"""Clients, psychotherapists and the login in a browser: by keyboard, by touch, without scripts."""

import pytest
from playwright.sync_api import Page, expect

from service.database import Db
from service.documents import client_search, clients, psychotherapists
from tests import small_centre
from tests.browser.conftest import Pages
from tests.conftest import EMAIL, NOW, PASSWORD
from tests.small_centre import SmallCentre


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    return small_centre.fill(db)


def log_in(page: Page) -> None:
    page.get_by_label("Correo").fill(EMAIL)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Ingresar").click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (360, "dark")])
def test_everybody_can_read_and_press_every_page(
    pages: Pages, centre: SmallCentre, db: Db, width: int, scheme: str
) -> None:
    clients.delete(db, centre.jose, None, NOW)
    page = pages.open("/clientes", width=width, scheme=scheme)
    pages.check(page)
    client, therapist = f"/clientes/{centre.mateo}", f"/psicoterapeutas/{centre.emard}"
    for path in (
        *(
            "/clientes?q=zzz",
            "/clientes?archivados=1",
            "/clientes/nuevo",
            f"/clientes/{centre.jose}",
            "/nada",
        ),
        *(client, f"{client}/editar", f"{client}/eliminar"),
        *("/psicoterapeutas", "/psicoterapeutas/nuevo", therapist, f"{therapist}/editar"),
        f"{therapist}/eliminar",
        f"{therapist}/cambio/2026-10?comision=40&desde=2026-10-01",
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        pages.check(page)
    page.goto("/clientes/nuevo")
    page.get_by_role("button", name="Guardar", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("Revise lo siguiente")
    pages.check(page)
    page.context.clear_cookies()
    page.goto("/clientes")
    heading(page, "Ingresar")
    pages.check(page)


def test_a_client_with_family_is_registered_by_keyboard_alone_and_found_on_a_phone(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open("/clientes/nuevo")
    keys = page.keyboard
    expect(page.get_by_label("Nombres")).to_be_focused()
    keys.type("Íñigo")
    keys.press("Tab")
    keys.type("Peña Núñez")
    keys.press("Tab")
    keys.type("05022016")
    page.get_by_role("button", name="Agregar familiar").focus()
    keys.press("Enter")
    expect(page.get_by_role("combobox", name="Familiar").last).to_be_focused()
    keys.type("quispe mam")
    expect(page.locator(".suggestion").first).to_contain_text("Rosa Quispe Mamani")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Madre")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Control+Enter")
    heading(page, "Íñigo Peña Núñez")
    expect(page.get_by_text("Madre o padre · responde sus encuestas")).to_be_visible()
    page.get_by_role("link", name="Rosa Quispe Mamani").click()
    expect(page.locator("section", has_text="Familia")).to_contain_text("Íñigo Peña Núñez")

    phone = pages.open("/clientes", width=360)
    phone.get_by_role("searchbox").fill("nunez inigo")
    phone.keyboard.press("Enter")
    expect(phone.locator("tbody tr")).to_have_count(1)
    pages.check(phone)
    phone.locator("tbody tr").tap()
    heading(phone, "Íñigo Peña Núñez")
    pages.check(phone)


def test_rows_come_and_go_in_place_and_keep_what_was_typed(pages: Pages, centre: SmallCentre, db: Db) -> None:
    page = pages.open(f"/clientes/{centre.rosa}/editar")
    rows = page.locator("[data-row]", has=page.get_by_label("Atiende desde"))
    before = rows.count()
    page.get_by_label("Nombres").fill("Rosita")
    for _ in range(2):
        page.get_by_role("button", name="Agregar psicoterapeuta").click()
    expect(rows).to_have_count(before + 2)
    rows.last.get_by_label("Psicoterapeuta", exact=True).select_option(label="Hellen Roberts")
    rows.nth(before).get_by_role("button", name="Quitar").click()
    expect(rows).to_have_count(before + 1)
    expect(page.get_by_role("button", name="Agregar psicoterapeuta")).to_be_focused()
    page.get_by_label("Nombres").press("Enter")
    heading(page, "Rosita Quispe Mamani")
    linked = clients.get(db, centre.rosa)["relationships"]["psychotherapists"]
    assert [link["psychotherapist_id"] for link in linked].count(centre.roberts) == 1


def test_without_scripts_a_client_is_registered_with_rows_and_a_relative_chosen_among_several(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open("/clientes/nuevo", width=360, javascript=False)
    page.get_by_label("Nombres").fill("Ana")
    page.get_by_label("Apellidos").fill("Ríos")
    page.get_by_label("Psicoterapeuta", exact=True).select_option(label="Ronald Emard")
    page.get_by_role("button", name="Agregar psicoterapeuta").click()
    expect(page.get_by_label("Psicoterapeuta", exact=True).last).to_be_focused()
    page.get_by_label("Psicoterapeuta", exact=True).last.select_option(label="Hellen Roberts")
    page.get_by_label("Familiar").fill("quispe")
    page.get_by_label("Qué es de este cliente").first.select_option(label="Hermano o hermana")
    page.get_by_label("Apellidos").press("Enter")
    expect(page.get_by_text("Varias personas coinciden").first).to_be_visible()
    page.get_by_role("radio", name="Mateo Quispe").check()
    page.get_by_role("button", name="Guardar", exact=True).last.click()
    heading(page, "Ana Ríos")
    found = client_search.search(db, "ana rios")[0]["relationships"]
    assert [link["client_id"] for link in found["clients"]] == [centre.mateo]
    assert len(found["psychotherapists"]) == 2
    page.get_by_role("link", name="Eliminar").click()
    page.get_by_role("button", name="Eliminar").click()
    expect(page.get_by_role("status").first).to_contain_text("Ana Ríos fue eliminado.")


@pytest.mark.parametrize("width", [1440, 360])
def test_a_percent_is_changed_by_keyboard_after_seeing_what_it_alters(
    pages: Pages, centre: SmallCentre, db: Db, width: int
) -> None:
    page = pages.open("/psicoterapeutas", width=width)
    keys = page.keyboard
    page.get_by_role("link", name="Ronald Emard").focus()
    keys.press("Enter")
    heading(page, "Ronald Emard")
    pages.check(page)
    page.get_by_text("Ver como tabla").first.focus()
    keys.press("Enter")
    expect(page.get_by_role("row", name="jueves 15 de octubre 3")).to_be_visible()
    pages.check(page)
    page.get_by_role("link", name="Editar").focus()
    keys.press("Enter")
    heading(page, "Editar a Ronald Emard")
    page.wait_for_load_state()
    page.get_by_label("Comisión (%)").focus()
    keys.press("Control+a")
    keys.type("42.5")
    keys.press("Control+Enter")
    expect(page.get_by_text("Indique desde qué día rige el cambio.")).to_be_visible()
    page.wait_for_load_state()
    expect(page.get_by_label("Rige desde")).to_be_focused()
    keys.type("10052026")
    expect(page.get_by_text("hay 5 citas ya registradas con otra comisión")).to_be_visible()
    pages.check(page)
    assert psychotherapists.get(db, centre.emard)["version"] == 1
    for _ in range(9):  # past the parts of the date and the link to the sessions
        if page.get_by_role("radio", name="Cambian también").evaluate("e => e === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("Space")
    keys.press("Control+Enter")
    heading(page, "Ronald Emard")
    expect(page.get_by_text("Guardado: Ronald Emard.")).to_be_visible()
    expect(page.locator(".figure", has_text="Comisión")).to_contain_text("S/ 401.63")
    terms = page.get_by_role("table", name="Desde cuándo rige").get_by_role("row").nth(1)
    expect(terms).to_contain_text("05/10/2026")
    assert db.sessions.count_documents({"psychotherapist_id": centre.emard, "commission_bp": 4250}) == 5


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_outlives_its_login(pages: Pages, db: Db, javascript: bool) -> None:
    page = pages.open("/clientes/nuevo", javascript=javascript)
    page.get_by_label("Nombres").fill("Ana <b>")
    page.get_by_label("Apellidos").fill('O\'Brien "Ñ"')
    db.logins.delete_many({})
    page.get_by_role("button", name="Guardar", exact=True).last.click()
    expect(page.get_by_text("Lo que escribió no se pierde")).to_be_visible()
    if javascript:
        pages.check(page)
    log_in(page)
    heading(page, "Su formulario sigue aquí")
    if javascript:
        pages.check(page)
    page.get_by_role("button", name="Enviarlo ahora").click()
    heading(page, 'Ana <b> O\'Brien "Ñ"')
    assert db.clients.count_documents({}) == 1
    page.get_by_role("button", name="Salir").click()
    heading(page, "Ingresar")
    page.goto("/clientes?q=ana")
    heading(page, "Ingresar")
    log_in(page)
    expect(page.get_by_role("link", name="Ana <b>")).to_be_visible()
