"""The main job on the whole system as `make run` starts it: spreadsheets in, a session by hand, a statement
out.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Pages
from tests.conftest import EMAIL, PASSWORD
from tests.processes import System, wait_until

SHEETS = Path(__file__).parents[1] / "data" / "sheets"
MONTH = "2014-01"


@pytest.fixture
def whole(chromium: Browser, tmp_path: Path) -> Iterator[Pages]:
    """Windows on a whole system: store, queue, web, workers, scheduler."""
    system = System(tmp_path, ADMIN_EMAIL=EMAIL, ADMIN_PASSWORD=PASSWORD, CENTER_NAME="Centro Horizonte")
    try:
        wait_until(system.ready, "the system is ready")
        pages = Pages(chromium, f"http://127.0.0.1:{system.port}")
        yield pages
        pages.close()
        assert not pages.errors
    finally:
        system.destroy()


@pytest.mark.timeout(180)
def test_from_spreadsheets_to_a_statement(whole: Pages, tmp_path: Path) -> None:
    page = whole.open("/importar")
    import_sheet(page, "psicoterapeutas.csv", "Agregar 12 psicoterapeutas")
    import_sheet(page, "citas-2014.csv", "Agregar 561 citas")
    whole.check(page)

    page.goto(f"/reportes/mensual?mes={MONTH}")
    before = row_of(page, "Ronald Emard")
    enter_session(page)
    expect(page.get_by_role("row", name="Hattie Wolf").filter(has_text="21:00–21:50")).to_be_visible()

    page.goto(f"/reportes/mensual?mes={MONTH}")
    after = row_of(page, "Ronald Emard")
    assert cents(soles(after)) == cents(soles(before)) + 120_00
    page.get_by_role("row", name="Ronald Emard").get_by_role("button").click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="Descargar PDF").click(timeout=60_000)
    text = read_pdf(download.value.path())
    assert "Ronald Emard" in text
    assert "Hattie Wolf" in text
    assert soles(after) in text.replace("\xa0", " ")

    phone = whole.open(f"/reportes/mensual?mes={MONTH}", width=360)
    whole.check(phone)
    expect(phone.get_by_text("Ronald Emard")).to_be_visible()


def import_sheet(page: Page, name: str, button: str) -> None:
    """Uploads a file, looks at the preview, applies it, and waits until it is done."""
    page.goto("/importar")
    page.get_by_label("Archivo").set_input_files(SHEETS / name)
    page.get_by_role("button", name="Ver qué trae").click()
    page.get_by_role("button", name=button).click(timeout=60_000)
    expect(page.get_by_text("Aplicada")).to_be_visible(timeout=60_000)


def enter_session(page: Page) -> None:
    """A session of Hattie Wolf with Ronald Emard, at another price than the default."""
    page.goto("/citas/nueva?fecha=2014-01-31")
    client = page.get_by_role("combobox", name="Cliente")
    client.press_sequentially("hatt wolf")
    page.get_by_role("option", name=re.compile("Hattie Wolf")).click()
    page.get_by_label("Psicoterapeuta").select_option(label="Ronald Emard")
    page.locator("[name=starts]").fill("21:00")
    page.locator("[name=ends]").fill("21:50")
    page.get_by_role("radio", name="Virtual").check()
    page.get_by_role("radio", name="S/", exact=True).check()
    page.locator("[name='price.amount']").fill("120.00")
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.wait_for_url(f"**/citas?mes={MONTH}*")


def row_of(page: Page, name: str) -> str:
    """The text of a psychotherapist's row."""
    return page.get_by_role("row", name=name).inner_text()


def soles(row: str) -> str:
    """The first amount in soles of a row: its gross income."""
    found = re.search(r"S/\s[\d,]+\.\d\d", row.replace("\xa0", " "))
    assert found, row
    return found.group()


def cents(amount: str) -> int:
    """Céntimos of "S/ 1,234.50"."""
    return int(re.sub(r"\D", "", amount))


def read_pdf(path: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
