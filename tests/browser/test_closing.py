"""Closing a month on a phone: what needs a look, what was changed afterwards, and the exchange rates."""

from service.database import Db
from service.documents import month_closing, sessions
from service.domain.money import Money
from tests import small_centre
from tests.browser.conftest import Pages
from tests.conftest import NOW, STAFF_ID
from tests.small_centre import LIMA

SEPTEMBER = "2026-09"


def test_a_month_is_closed_and_what_is_changed_later_is_read_on_a_phone(pages: Pages, db: Db) -> None:
    small_centre.fill(db)
    first = sessions.find(db, {"month": SEPTEMBER})[0]
    sessions.update(db, first["_id"], {"price": Money(1800, "PEN")}, None, NOW, LIMA)
    page = pages.open(f"/reportes/cierre?mes={SEPTEMBER}", width=360, scheme="dark")
    page.get_by_role("heading", name="Precios lejos de la tarifa").wait_for()
    pages.check(page)
    month_closing.close(db, SEPTEMBER, STAFF_ID, "2026-10-15", NOW)
    sessions.update(db, first["_id"], {"price": Money(18000, "PEN")}, None, NOW, LIMA)
    page.reload()
    page.get_by_text("de S/ 18.00 a S/ 180.00").locator("visible=true").wait_for()
    pages.check(page)
    page.goto("/ajustes/tipo-de-cambio?mes=2026-10")
    pages.check(page)
