"""The year's graphs by keyboard: what a mark says, the list it opens; at both widths and in the dark."""

import pytest
from playwright.sync_api import expect

from service.database import Db
from tests import small_centre
from tests.browser.conftest import Pages
from tests.conftest import NOW
from tests.small_centre import SmallCentre

YEAR = "/reportes/anual?anio=2026"


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    """October and September with sessions, and two survey answers of September."""
    for number, rating in enumerate((10, 9)):
        answer = {"nps": rating, "stars": [], "comment": ""}
        ids = {"_id": f"2026-09:{number}", "link_hash": str(number), "version": 1, "state": "sent"}
        db.invitations.insert_one({**ids, "month": "2026-09", "answered_at": NOW, "answer": answer})
    return small_centre.fill(db)


def test_a_mark_is_reached_by_keyboard_says_its_figure_and_opens_its_list(
    centre: SmallCentre, pages: Pages
) -> None:
    page = pages.open(YEAR)
    tip, graph = (
        page.locator(".chart-tip"),
        page.get_by_role("group", name="Clientes recurrentes y nuevos, 2026"),
    )
    expect(tip).to_be_hidden()
    page.get_by_role("group", name="NPS por mes, 2026").get_by_role("link").focus()
    expect(tip).to_contain_text("Setiembre 2026")
    expect(tip).to_contain_text("muestra insuficiente")
    page.keyboard.press("Tab")
    while graph.locator(":focus").count() == 0:
        page.keyboard.press("Tab")
    expect(tip).to_contain_text("Setiembre 2026")
    page.keyboard.press("ArrowRight")
    expect(tip).to_have_text("Octubre 2026 (en curso)Recurrentes: 2octubre 2025: 0")
    page.keyboard.press("End")
    expect(tip).to_contain_text("Nuevos: 2")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/citas?*clientes=nuevos*")
    expect(page.get_by_text("Solo las de clientes nuevos en el mes.")).to_be_visible()


def test_the_graphs_fit_every_width_and_the_dark(centre: SmallCentre, pages: Pages) -> None:
    for path, width, scheme in (
        (YEAR, 1440, "dark"),
        (YEAR, 360, "light"),
        (f"{YEAR}&vista=tablas", 360, "dark"),
    ):
        pages.check(pages.open(path, width=width, scheme=scheme))


def test_on_paper_a_report_takes_the_whole_width(centre: SmallCentre, pages: Pages) -> None:
    page = pages.open(YEAR)
    page.emulate_media(media="print")
    box = page.locator("main").bounding_box()
    assert box and box["width"] > 1400, "no column is kept for the navigation, which is not printed"


def test_without_scripts_a_mark_is_still_a_link_with_its_words(centre: SmallCentre, pages: Pages) -> None:
    page = pages.open(YEAR, javascript=False)
    page.get_by_role("link", name="Octubre 2026 (en curso) · Virtuales: 3").click()
    page.wait_for_url("**/citas?*tipo=virtual*")
