"""Cierre: pendientes mended in place, the month closed and opened again, by page."""

import pytest
from flask import Flask

from service.database import Db
from service.documents import clients, month_closing, sessions, statements
from service.documents.store import Document
from service.domain.money import Money
from tests import html
from tests.api_client import ApiClient
from tests.conftest import NOW, STAFF_ID
from tests.page_client import Page, PageClient, logged_in
from tests.small_centre import LIMA, SmallCentre

SEPTEMBER = "2026-09"
PATH = f"/reportes/cierre?mes={SEPTEMBER}"


@pytest.fixture
def pages(app: Flask, centre: SmallCentre) -> PageClient:
    return logged_in(app)


def first(db: Db) -> Document:
    return sessions.find(db, {"month": SEPTEMBER})[0]


def test_the_month_before_this_one_is_the_one_to_close(pages: PageClient) -> None:
    assert pages.get("/reportes/cierre").text == pages.get(PATH).text


def test_clients_without_mail_get_one_in_place(pages: PageClient, db: Db, centre: SmallCentre) -> None:
    page = pages.get(PATH)
    assert "Clientes sin correo" in page.text
    sent = page.fields("Guardar")
    wrong = pages.press("Guardar", 422, {"value": "lucia"})
    assert wrong.error("value") == "Escriba un correo como nombre@ejemplo.com."
    assert wrong.fields("Guardar")["value"] == "lucia"
    assert "Correo guardado." in pages.press("Guardar", changes={"value": "lucia@example.com"}).text
    assert clients.get(db, sent["item"])["email"] == "lucia@example.com"
    pages.post("/reportes/cierre/correo", {**sent.to_dict(), "value": "otra@example.com"}, status=412)
    assert clients.get(db, sent["item"])["email"] == "lucia@example.com"


def mend(pages: PageClient, what: str, session_id: str, version: int, value: str, status: int = 200) -> Page:
    assert pages.last
    token = pages.last.fields("Guardar")["csrf_token"]
    item = {"month": SEPTEMBER, "item": session_id, "version": str(version), "csrf_token": token}
    return pages.post(f"/reportes/cierre/{what}", {**item, "value": value}, status)


def test_a_price_far_from_the_default_is_mended_in_place(
    pages: PageClient, db: Db, centre: SmallCentre
) -> None:
    session = first(db)
    sessions.update(db, session["_id"], {"price": Money(1800, "PEN")}, None, NOW, LIMA)
    assert "Precios lejos de la tarifa" in pages.get(PATH).text
    wrong = mend(pages, "precio", session["_id"], 2, "18o", 422)
    assert "Escriba un monto" in wrong.error("value")
    assert "Precios lejos de la tarifa" not in mend(pages, "precio", session["_id"], 2, "180,00").text
    assert first(db)["price_cents"] == 18000


def test_two_at_once_are_named_until_somebody_says_why(
    pages: PageClient, db: Db, centre: SmallCentre
) -> None:
    known = {name: first(db)[name] for name in ("starts_at", "ends_at", "psychotherapist_id")}
    twin = {**known, "client_id": centre.ana, "modality": "virtual", "overbooking_reason": "x"}
    made = sessions.create(db, twin, NOW, LIMA)
    db.sessions.update_one({"_id": made["_id"]}, {"$set": {"overbooking_reason": ""}})  # as an import has it
    assert "Citas a la misma hora" in pages.get(PATH).text
    for session in sessions.find(db, {"month": SEPTEMBER})[:2]:  # the later one is the one to explain
        again = mend(pages, "motivo", session["_id"], 1, " ", 422)
    assert again.error("value") == "Escriba el motivo."
    done = mend(pages, "motivo", session["_id"], 1, "Taller de pareja")
    assert "Citas a la misma hora" not in done.text


def test_a_month_with_pendientes_is_closed_once_somebody_has_looked(
    pages: PageClient, api: ApiClient
) -> None:
    sent = pages.get(PATH).fields("Cerrar el mes").to_dict()
    assert "Confirme" in pages.press("Cerrar el mes", 422).error("seen")
    closed = pages.press("Cerrar el mes", changes={"seen": "1"})
    assert "El mes quedó cerrado." in closed.text
    assert "Cerrado, versión 1" in closed.text
    assert api.get("/reports/monthly", month=SEPTEMBER)["closed"]
    late = pages.post("/reportes/cierre/cerrar", {**sent, "seen": "1"}, status=412)
    assert "Cerrado, versión 1" in late.text


def test_a_closed_month_shows_later_changes_and_opens_again_with_a_reason(
    pages: PageClient, db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    listed, form = f"/citas?mes={SEPTEMBER}", f"/citas/{first(db)['_id']}"
    assert "Elegir varias" in pages.get(listed).text and "está cerrado" not in pages.get(form).text
    api.post(f"/months/{SEPTEMBER}/close", status=200)
    assert "Elegir varias" not in pages.get(listed).text, "nothing in it can be changed in place"
    assert "El mes de esta cita está cerrado" in pages.get(form).text
    sessions.update(db, first(db)["_id"], {"price": Money(20000, "PEN")}, None, NOW, LIMA)
    october = pages.get("/reportes/cierre?mes=2026-10").text.replace("\xa0", " ")
    assert "Ajustes de meses cerrados" in october
    assert "de S/ 180.00 a S/ 200.00" in october
    assert (
        html.text(pages.get("/reportes/cierre?mes=2026-10").tree.find(".//tfoot")) == "Total S/ 20.00 S/ 7.50"
    )
    page = pages.get(PATH)
    assert "Cambios después del cierre" in page.text
    assert "S/ 20.00" in page.text.replace("\xa0", " ")
    assert pages.press("Reabrir", 422).error("reason") == "Falta este dato."
    assert "Faltaba una cita" in pages.press("Reabrir", changes={"reason": "Faltaba una cita"}).text
    assert not api.get("/reports/monthly", month=SEPTEMBER)["closed"]


def test_a_month_that_is_not_over_has_no_button_to_close_it(pages: PageClient) -> None:
    page = pages.get("/reportes/cierre?mes=2026-10")
    assert "cuando termine" in page.text
    with pytest.raises(AssertionError, match="no button"):
        page.form("Cerrar el mes")


def test_minors_alone_and_likely_duplicates_lead_to_where_they_are_mended(
    pages: PageClient, db: Db, centre: SmallCentre
) -> None:
    child = clients.create(
        db, {"given_names": "Luz", "family_names": "Soto", "birth_date": "2015-01-01"}, NOW
    )
    twin = clients.create(db, {"given_names": "Luz", "family_names": "Soto", "birth_date": "2015-01-01"}, NOW)
    centre.session("2026-09-21", "09:00", child["_id"], centre.emard)
    page = pages.get(PATH)
    assert page.link("Agregar apoderado").startswith(f"/clientes/{child['_id']}")
    assert pages.get(page.link("Comparar y unir")).status == 200
    assert twin["_id"] in "".join(link.get("href", "") for link in page.tree.iter("a"))


def test_the_list_of_a_closed_month_is_the_one_kept(
    pages: PageClient, db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    lists = f"/citas?mes={SEPTEMBER}"
    assert "Elegir: Lucía" in "".join(
        box.get("aria-label", "") for box in pages.get(lists).tree.iter("input")
    )
    api.post(f"/months/{SEPTEMBER}/close", status=200)
    before = pages.get(lists)
    assert "Mes cerrado" in before.text
    assert not [box for box in before.tree.iter("input") if box.get("name") == "cita"]
    sessions.update(db, first(db)["_id"], {"price": Money(20000, "PEN")}, None, NOW, LIMA)
    clients.update(db, centre.lucia, {"given_names": "Otra"}, None, NOW)
    assert pages.get(lists).text == before.text
    assert "Otra" in pages.get(f"/clientes/{centre.lucia}").text


def test_a_statement_says_when_its_month_was_closed_or_opened_after_it(
    app: Flask, pages: PageClient, db: Db, centre: SmallCentre
) -> None:
    def made(said: str, outdated: str) -> None:
        record = statements.create(db, centre.emard, SEPTEMBER, NOW)
        statements.finish(db, record["_id"], b"%PDF", NOW)
        assert said in pages.get(f"/liquidaciones?mes={SEPTEMBER}").text
        shown[f"/liquidaciones/{record['_id']}"] = outdated

    shown: dict[str, str] = {}
    made("Borrador", "El mes se cerró después de este borrador: ya no vale.")
    month_closing.close(db, SEPTEMBER, STAFF_ID, "2026-10-15", NOW)
    made("Folio 2026-09-002 v1", "El mes se reabrió después de esta liquidación: ya no vale.")
    assert "ya no vale" not in pages.get([*shown][1]).text
    month_closing.reopen(db, SEPTEMBER, "Faltaba una cita", STAFF_ID, NOW)
    month_closing.close(db, SEPTEMBER, STAFF_ID, "2026-10-15", NOW)
    made("Folio 2026-09-002 v2", "")
    for path, outdated in shown.items():
        assert (outdated or "Descargar PDF") in pages.get(path).text
    assert pages.get(f"/liquidaciones?mes={SEPTEMBER}").text.count("ya no vale") == 2
