"""The page of a psychotherapist's calendar address, and lists taken along as files: at a desk, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from service.database import Db
from tests.browser.conftest import Pages
from tests.small_centre import MONTH, fill


@pytest.mark.parametrize("width", [1440, 360])
def test_making_an_address_by_keyboard_and_taking_it_away(pages: Pages, db: Db, width: int) -> None:
    page = pages.open(f"/psicoterapeutas/{fill(db).emard}/calendario", width=width)
    pages.check(page)
    page.get_by_role("button", name="Crear dirección").press("Enter")
    address = page.get_by_label("Dirección secreta")
    expect(address).to_be_focused()
    expect(address).to_have_value(re.compile(r"/calendario/[\w-]{43}\.ics$"))
    pages.check(page)
    page.get_by_role("button", name="Quitar la dirección").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("ya no funciona")
    expect(page.get_by_role("button", name="Crear dirección")).to_be_visible()


@pytest.mark.parametrize("path", ["/citas", "/clientes", "/psicoterapeutas", "/reportes/mensual"])
def test_each_list_offers_its_files_with_its_filter(pages: Pages, db: Db, path: str) -> None:
    fill(db)
    page = pages.open(f"{path}?mes={MONTH}&q=r", width=360)
    for name, ending in (("CSV", "csv"), ("Excel", "xlsx")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        assert download.value.suggested_filename.endswith(f".{ending}")
        assert "q=r" in download.value.url or path == "/reportes/mensual"
