"""The pages of sessions in a browser: by keyboard, by touch, without scripts, and readable by everybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from service.database import Db
from service.documents import sessions
from service.documents.store import Document
from tests import small_centre
from tests.browser.conftest import Pages
from tests.small_centre import LIMA, MONTH, TODAY, SmallCentre

LIST, REPORT, NEW = f"/citas?mes={MONTH}", f"/reportes/mensual?mes={MONTH}", "/citas/nueva"


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    return small_centre.fill(db)


def stored(db: Db, client_id: str) -> list[Document]:
    return sessions.find(db, {"client_id": client_id})


def summed(page: Page, name: str) -> str:
    """A line of the summary at the right."""
    return page.locator(f"[data-sum={name}]").inner_text().replace("\xa0", " ")


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]
)
def test_everybody_can_read_and_press_every_page(
    pages: Pages, centre: SmallCentre, db: Db, width: int, scheme: str
) -> None:
    today = db.sessions.find_one({"local_date": TODAY, "client_id": centre.mateo})
    assert today
    page = pages.open("/", width=width, scheme=scheme)
    pages.check(page)
    taken = f"{NEW}?cliente={centre.rosa}&psicoterapeuta={centre.emard}&fecha={TODAY}&inicio=16:30&fin=17:20"
    for path in (LIST, f"{LIST}&q=zzz", REPORT, NEW, taken, f"/citas/{today['_id']}", "/citas?mes=2026-13"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        pages.check(page)


def test_a_session_is_entered_by_keyboard_alone(pages: Pages, centre: SmallCentre, db: Db) -> None:
    page = pages.open("/")
    keys = page.keyboard
    keys.press("n")
    page.wait_for_url(f"**{NEW}")
    expect(page.get_by_role("combobox", name="Cliente")).to_be_focused()
    keys.type("rios jose angel")
    expect(page.get_by_role("option", name="José Ángel Ríos")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(page.get_by_label("Psicoterapeuta")).to_have_value(centre.emard)
    expect(page.get_by_role("radio", name="Virtual")).to_be_checked()
    keys.press("Tab")
    keys.type("Hellen")
    keys.press("Tab")
    keys.type("10202026")
    page.get_by_label("Inicio").focus()
    keys.type("0930AM")
    expect(page.get_by_label("Fin")).to_have_value("10:20")
    expect(page.get_by_label("Monto", exact=True)).to_have_attribute("placeholder", "60.00")
    assert (summed(page, "client"), summed(page, "when")) == (
        "José Ángel Ríos",
        "martes 20 de octubre, 09:30–10:20",
    )
    assert [summed(page, name) for name in ("price", "percent", "commission", "center")] == [
        "US$ 60.00",
        "30 %",
        "US$ 18.00",
        "US$ 42.00",
    ]
    keys.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text(
        "Cita guardada: José Ángel Ríos, martes 20 de octubre"
    )
    assert page.url.endswith(LIST)
    session = stored(db, centre.jose)[-1]
    assert (session["psychotherapist_id"], session["price_cents"], session["commission_cents"]) == (
        centre.roberts,
        6000,
        1800,
    )


@pytest.mark.parametrize("width", [1440, 360])
def test_a_session_takes_few_keys_and_no_mouse(pages: Pages, centre: SmallCentre, db: Db, width: int) -> None:
    """ "Under fifteen seconds" as a number of keys: at the four a second of somebody who types, twelve."""
    page, pressed = pages.open(LIST, width=width), 0

    def press(*keys: str) -> None:
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
            pressed += 1

    def tab_to(name: str) -> None:
        while page.evaluate("document.activeElement.name") != name:
            assert pressed < 60, f"{name} is not reached with Tab"
            press("Tab")

    press("n")
    page.wait_for_url("**/citas/nueva**")
    press(*"rios jo")
    expect(page.get_by_role("option", name="José Ángel Ríos")).to_have_attribute("aria-selected", "true")
    press("Enter")
    expect(page.get_by_label("Psicoterapeuta")).to_have_value(centre.emard)
    expect(page.get_by_text("Atendió a José Ángel la última vez.")).to_be_visible()
    tab_to("day")
    press(*"10212026")
    tab_to("starts")
    press(*"0300PM")
    expect(page.get_by_label("Fin")).to_have_value("15:50")
    expect(page.get_by_role("radio", name="Virtual")).to_be_checked()
    pages.check(page)
    press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Cita guardada: José Ángel Ríos")
    session = stored(db, centre.jose)[-1]
    assert session["starts_at"].astimezone(LIMA).strftime("%Y-%m-%d %H:%M") == "2026-10-21 15:00"
    assert pressed <= 48


@pytest.mark.parametrize("width", [1440, 360])
def test_a_client_who_is_not_registered_is_entered_with_the_session_by_keyboard(
    pages: Pages, centre: SmallCentre, db: Db, width: int
) -> None:
    page = pages.open(f"{NEW}?psicoterapeuta={centre.emard}&fecha=2026-10-20&tipo=virtual", width=width)
    keys = page.keyboard
    page.get_by_label("Inicio").fill("15:00")
    page.get_by_label("Nota administrativa").fill("Primera vez")
    page.get_by_role("combobox", name="Cliente").focus()
    keys.type("zoila baca")
    expect(page.get_by_role("option", name="+ Crear cliente «zoila baca»")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_label("Nombres")).to_be_focused()
    expect(page.get_by_label("Nombres")).to_have_value("Zoila")
    page.get_by_label("Apellidos").fill("Castillo Díaz")
    page.get_by_label("Nombres").fill("Bruno")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Usar a Bruno Castillo Díaz")).to_be_visible()
    pages.check(page)
    page.get_by_label("Apellidos").fill("Baca")
    keys.press("Tab")
    expect(page.get_by_text("¿Ya está registrado?")).to_be_hidden()
    keys.press("Control+Enter")
    expect(page.get_by_text("Cita guardada: Bruno Baca")).to_be_visible()
    [client] = db.clients.find({"family_names": "Baca"})
    assert [each["note"] for each in stored(db, client["_id"])] == ["Primera vez"]


def test_enter_before_the_answer_waits_for_it(pages: Pages, centre: SmallCentre) -> None:
    page = pages.open(NEW)
    page.get_by_role("combobox", name="Cliente").fill("rios jose")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Psicoterapeuta")).to_have_value(centre.emard)
    expect(page.get_by_role("combobox", name="Cliente")).to_have_value("José Ángel Ríos")
    expect(page.get_by_role("heading", name="No se guardó todavía")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 360])
def test_a_series_is_decided_by_keyboard(pages: Pages, centre: SmallCentre, db: Db, width: int) -> None:
    for day in ("2026-10-27", "2026-11-03"):
        centre.session(day, "10:00", centre.lucia, centre.emard)
    fixed = f"cliente={centre.rosa}&psicoterapeuta={centre.emard}&fecha=2026-10-20&tipo=virtual"
    page = pages.open(f"{NEW}?{fixed}&inicio=10:00&fin=10:50", width=width)
    page.get_by_role("radio", name="No", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    if width == 1440:  # shown while it is filled in
        page.keyboard.press("Tab")
        expect(page.get_by_text("2 citas de la serie chocan con otras")).to_be_visible()
        expect(page.get_by_label("o hasta el día")).to_be_focused()
    else:  # saved before it could be shown
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("2 citas de la serie chocan con otras")).to_be_visible()
        expect(page.get_by_role("alert")).to_be_focused()
        assert stored(db, centre.rosa) == []
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
    page.get_by_role("radio", name="Mover").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="11:00").first.press("Enter")
    page.get_by_role("radio", name="Omitir").last.focus()
    page.keyboard.press("Space")
    pages.check(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Serie guardada, 3 citas")).to_be_visible()
    found = [each["starts_at"].astimezone(LIMA).strftime("%m-%d %H:%M") for each in stored(db, centre.rosa)]
    assert found == ["10-20 10:00", "10-27 11:00", "11-10 10:00"]


def test_a_session_is_entered_by_touch_on_a_phone(pages: Pages, centre: SmallCentre, db: Db) -> None:
    page = pages.open(LIST, width=360)
    page.get_by_role("link", name="Nueva cita").tap()
    page.get_by_role("combobox", name="Cliente").tap()
    page.keyboard.type("castillo bru")
    page.get_by_role("option", name="Bruno Castillo Díaz").tap()
    page.get_by_label("Psicoterapeuta").select_option(label="Logan Fisher")
    page.get_by_label("Fecha").fill("2026-10-21")
    page.get_by_label("Inicio").fill("15:00")
    page.get_by_label("Presencial").tap()
    page.get_by_role("button", name="Guardar", exact=True).tap()
    expect(page.get_by_role("status").first).to_contain_text("Cita guardada: Bruno Castillo Díaz")
    [session] = stored(db, centre.bruno)
    assert (session["price_cents"], session["commission_bp"]) == (20000, 4250)
    assert session["ends_at"].astimezone(LIMA).strftime("%H:%M") == "15:50"
    item = page.locator("tbody tr", has_text="Bruno Castillo Díaz").last
    item.tap()
    expect(page.get_by_role("heading", name="Editar cita")).to_be_visible()


def test_the_summary_counts_in_whole_centimos_and_follows_the_state(
    pages: Pages, centre: SmallCentre
) -> None:
    page = pages.open(f"{NEW}?psicoterapeuta={centre.emard}&fecha=2026-10-01")
    amount = page.get_by_label("Monto", exact=True)
    for typed, price, commission, center in (
        ("75.00", "S/ 75.00", "S/ 28.13", "S/ 46.87"),
        ("0.01", "S/ 0.01", "S/ 0.00", "S/ 0.01"),
        ("1234567.89", "S/ 1,234,567.89", "S/ 462,962.96", "S/ 771,604.93"),
        ("ciento", "–", "–", "–"),
        ("", "S/ 180.00", "S/ 67.50", "S/ 112.50"),
    ):
        amount.fill(typed)
        assert [summed(page, name) for name in ("price", "commission", "center")] == [
            price,
            commission,
            center,
        ]
    page.get_by_label("No asistió").check()
    page.get_by_label("Monto a cobrar").fill("100")
    assert [summed(page, name) for name in ("charge", "commission", "center")] == [
        "S/ 100.00",
        "S/ 37.50",
        "S/ 62.50",
    ]
    page.get_by_label("Fecha").fill("2026-11-20")
    expect(page.get_by_label("No asistió")).to_be_hidden()
    assert summed(page, "commission") == "S/ 67.50"


def test_a_taken_hour_is_seen_while_choosing_and_a_free_one_is_a_press_away(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open(f"{NEW}?cliente={centre.rosa}&psicoterapeuta={centre.emard}&fecha={TODAY}&tipo=virtual")
    expect(page.get_by_text("Ocupado: 09:00–09:50, 11:30–12:20, 16:00–16:50.")).to_be_visible()
    reason = page.get_by_label("Registrar igual (sobrecupo): motivo")
    expect(reason).to_be_hidden()
    page.get_by_label("Inicio").fill("16:30")
    page.get_by_label("Inicio").blur()
    expect(page.get_by_text("Ronald Emard ya atiende a José Ángel Ríos de 16:00 a 16:50.")).to_be_visible()
    expect(reason).to_be_visible()
    page.get_by_role("button", name="16:50").click()
    expect(page.get_by_label("Inicio")).to_be_focused()
    expect(page.get_by_label("Fin")).to_have_value("17:40")
    expect(page.get_by_text("ya atiende")).to_be_hidden()
    expect(reason).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Cita guardada")
    assert stored(db, centre.rosa)[0]["starts_at"].astimezone(LIMA).strftime("%H:%M") == "16:50"


def test_what_was_typed_survives_a_conflict_that_arises_meanwhile(
    pages: Pages, centre: SmallCentre, db: Db
) -> None:
    page = pages.open(
        f"{NEW}?cliente={centre.rosa}&psicoterapeuta={centre.emard}&fecha=2026-10-20&tipo=virtual"
    )
    page.get_by_label("Inicio").fill("10:00")
    page.get_by_label("Nota administrativa").fill("Trae informe")
    centre.session("2026-10-20", "10:30", centre.lucia, centre.emard)
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(
        page.get_by_text("Ronald Emard ya atiende a Lucía Fernández Ñahui de 10:30 a 11:20.")
    ).to_be_visible()
    expect(page.get_by_label("Inicio")).to_be_focused()
    expect(page.get_by_label("Nota administrativa")).to_have_value("Trae informe")
    expect(page.get_by_label("Fin")).to_have_value("10:50")
    pages.check(page)
    page.get_by_label("Registrar igual (sobrecupo): motivo").fill("Lo pidió dirección")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Cita guardada")
    assert stored(db, centre.rosa)[0]["note"] == "Trae informe"


def test_the_form_works_without_scripts(pages: Pages, centre: SmallCentre, db: Db) -> None:
    page = pages.open(LIST, javascript=False)
    page.get_by_role("link", name="Nueva cita").click()
    page.get_by_label("Cliente").fill("fernandez")
    page.get_by_label("Psicoterapeuta").select_option(label="Ronald Emard")
    page.get_by_label("Fecha").fill("2026-10-20")
    page.get_by_label("Inicio").fill("11:00")
    page.get_by_label("Fin").fill("11:50")
    page.get_by_label("Presencial").check()
    save = page.get_by_role("button", name="Guardar", exact=True)
    save.click()
    expect(page.get_by_text("elija quién es")).to_be_visible()
    page.get_by_label("Luciano Fernández").check()
    save.click()
    expect(page.get_by_text("Cita guardada: Luciano Fernández")).to_be_visible()
    page.get_by_role("link", name="Luciano Fernández").click()
    page.get_by_label("Cancelada").check()
    page.get_by_label("Monto a cobrar").fill("90")
    save.click()
    [session] = stored(db, centre.luciano)
    assert (session["status"], session["income_cents"], session["price_cents"]) == ("cancelled", 9000, 18000)
    page.get_by_role("link", name="Luciano Fernández").click()
    page.get_by_text("Eliminar", exact=True).click()
    page.get_by_role("button", name="Sí, eliminar esta cita").click()
    expect(page.get_by_text("Cita eliminada: Luciano Fernández")).to_be_visible()
    assert stored(db, centre.luciano) == []


def test_a_client_is_found_without_accents_and_filters_stay(pages: Pages, centre: SmallCentre) -> None:
    page = pages.open(LIST)
    page.keyboard.press("/")
    page.keyboard.type("nahui lucia")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_label("Tipo").select_option(label="Presencial")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert re.search(r"q=nahui[+]lucia.*tipo=on_site", page.url)
    page.get_by_role("link", name=re.compile("Mes anterior")).click()
    assert re.search(r"q=nahui[+]lucia.*tipo=on_site.*mes=2026-09", page.url)
    page.get_by_role("link", name="Quitar los filtros").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_number_of_the_report_opens_its_sessions(pages: Pages, centre: SmallCentre) -> None:
    page = pages.open(REPORT)
    row = page.get_by_role("row", name=re.compile("Hellen Roberts"))
    commission = row.get_by_role("link", name=re.compile(r"US\$")).nth(1)
    said = commission.inner_text()
    commission.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tfoot tr").first).to_contain_text(said)
