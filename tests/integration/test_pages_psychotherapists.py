"""Psychotherapists by their pages, without scripts: registering, dated terms, going."""

from service.database import Db
from service.documents import months, psychotherapists, sessions
from service.documents.store import Document
from service.domain.money import Money
from tests import html, small_centre
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.people_data import book, psychotherapist
from tests.stored import one


def test_a_psychotherapist_is_registered_with_terms_that_hold_from_ever(pages: PageClient, db: Db) -> None:
    pages.get("/psicoterapeutas/nuevo")
    typed = {"given_names": "Hellen", "family_names": "Roberts", "license_number": "CPsP 123"}
    page = pages.press("Guardar", 422, typed)
    assert "Falta este dato." in page.error("commission_percent")
    assert "Falta este dato." in page.error("default_price.amount")
    page = pages.press("Guardar", 422, {"commission_percent": "101", "default_price.amount": "ciento"})
    assert "de 0 a 100" in page.error("commission_percent")
    assert "sin letras" in page.error("default_price.amount")
    terms = {"commission_percent": "37.5", "default_price.amount": "60", "default_price.currency": "USD"}
    page = pages.press("Guardar", changes=terms)
    assert "Hellen Roberts" in page.text
    stored = psychotherapists.search(db)[0]
    assert stored["terms"] == [{"since": None, "commission_bp": 3750, "price_cents": 6000, "currency": "USD"}]
    assert stored["active"] is True


def test_a_document_that_a_psychotherapist_has_names_them_with_a_link(
    pages: PageClient, db: Db, emard: Document
) -> None:
    document = {"type": "CE", "number": "001234567"}
    psychotherapists.update(db, emard["_id"], {"document": document}, None, NOW)
    ester = psychotherapist(db, "Ester", "Bustos")
    pages.get(f"/psicoterapeutas/{ester['_id']}/editar")
    page = pages.press("Guardar", 409, {"document.type": "CE", "document.number": "001234567"})
    assert "Ronald Emard ya está registrado" in page.error("document.number")
    assert page.link("Abrir la ficha de Ronald Emard") == f"/psicoterapeutas/{emard['_id']}"


def test_a_new_percent_asks_from_which_day_and_the_old_one_keeps_holding_before(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    page = pages.press("Guardar", 422, {"commission_percent": "40"})
    assert "Indique desde qué día rige el cambio." in page.error("effective_on")
    pages.press("Guardar", changes={"effective_on": "2026-11-01"})
    old = {"since": None, "commission_bp": 3750, "price_cents": 18000, "currency": "PEN"}
    assert psychotherapists.get(db, emard["_id"])["terms"] == [
        old,
        {**old, "since": "2026-11-01", "commission_bp": 4000},
    ]
    listed = pages.get("/psicoterapeutas")
    assert "desde el 01/11/2026: 40 %" in listed.text
    page = pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    assert "01/11/2026 por venir 40 % S/ 180.00" in page.text
    assert "el inicio rige hoy 37.5 % S/ 180.00" in page.text
    assert page.fields("Guardar")["commission_percent"] == "37.5"


def test_saving_without_new_terms_needs_no_day_and_changes_none(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    pages.press("Guardar", changes={"phone": "990083450", "default_price.amount": "180"})
    stored = psychotherapists.get(db, emard["_id"])
    assert stored["phone"] == "+51990083450"
    assert stored["terms"] == emard["terms"]


def test_terms_agreed_for_a_later_day_can_be_called_off(pages: PageClient, db: Db, emard: Document) -> None:
    later = {"default_price": Money(20000, "PEN"), "effective_on": "2027-01-01"}
    psychotherapists.update(db, emard["_id"], later, None, NOW)
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    pages.press("Guardar", changes={"effective_on": "2027-01-01"})
    assert {terms["price_cents"] for terms in psychotherapists.get(db, emard["_id"])["terms"]} == {18000}


def test_a_psychotherapists_stale_save_says_what_is_stored_now(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    changes = {"email": "r@example.com", "default_price": Money(19000, "PEN"), "effective_on": "2026-01-01"}
    psychotherapists.update(db, emard["_id"], changes, 1, NOW)
    page = pages.press("Guardar", 412, {"given_names": "Ron"})
    for row in ("Nombres Ronald Ron", "Correo r@example.com –", "Tarifa S/ 190.00 S/ 180.00"):
        assert row in page.text
    assert page.fields("Guardar lo mío")["given_names"] == "Ron"


def test_a_psychotherapist_with_history_becomes_inactive_and_one_without_goes(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    book(db, rosa, emard, 1)
    asked = pages.get(pages.get(f"/psicoterapeutas/{emard['_id']}/editar").link("Eliminar"))
    assert "queda inactivo" in asked.text
    assert "Inactivo" in pages.press("Dejar inactivo").text
    assert psychotherapists.get(db, emard["_id"])["active"] is False
    assert not pages.get("/clientes/nuevo").tree.findall(f".//option[@value='{emard['_id']}']")

    terms = {"commission_bp": 3000, "default_price": Money(18000, "PEN")}
    person = psychotherapists.create(db, {"given_names": "Ester", "family_names": "Bustos", **terms}, NOW)
    pages.get(f"/psicoterapeutas/{person['_id']}/eliminar")
    pages.press("Eliminar")
    assert [one["_id"] for one in psychotherapists.search(db)] == [emard["_id"]]


def test_a_psychotherapists_month_says_what_the_report_says_and_every_number_opens_its_sessions(
    pages: PageClient, db: Db
) -> None:
    centre = small_centre.fill(db)
    page = pages.get(f"/psicoterapeutas/{centre.emard}?mes=2026-10")
    assert page.heading == "Ronald Emard"
    own = next(
        own
        for own in months.figures(db, "2026-10")["psychotherapists"]
        if own["psychotherapist_id"] == centre.emard
    )
    cents = own["by_currency"]["PEN"]
    assert (own["sessions"], own["clients"], cents["gross_cents"]) == (6, 3, 97500)
    for said in (
        "Sesiones 6 3 virtuales · 3 presenciales",
        "Ingresos brutos S/ 975.00",
        "Comisión S/ 365.63 Para el centro: S/ 609.37",
        "Clientes 3",
        "jueves 15 de octubre 3",
        "Octubre 2026 4",
        "Setiembre 2026 1",
        "Última sesión jueves 15 de octubre",
        "Primera cita 03/09/2026",
        "jue 15, 16:00–16:50 José Ángel Ríos",
    ):
        assert said in page.text, said
    for number, filtered in (("6", "estado=cuentan"), ("3", "tipo=virtual"), ("4", "estado=done")):
        links = [link.get("href", "") for link in page.tree.iter("a") if html.text(link) == number]
        listed = pages.get(next(link for link in links if filtered in link))
        assert f"{number} citas" in listed.text or f"{number} sesiones" in listed.text


def test_a_psychotherapist_without_sessions_has_an_empty_month_and_a_month_that_is_none_is_refused(
    pages: PageClient, emard: Document
) -> None:
    page = pages.get(f"/psicoterapeutas/{emard['_id']}?mes=2020-02")
    assert "Ninguna sesión en febrero 2020." in page.text
    assert "Última sesión ninguna en 12 meses Primera cita todavía ninguna" in page.text
    pages.get(f"/psicoterapeutas/{emard['_id']}?mes=2020-13", 422)
    pages.get("/psicoterapeutas/" + "f" * 32, 404)


def test_a_closed_month_shows_what_its_closing_kept(pages: PageClient, api: ApiClient, db: Db) -> None:
    centre = small_centre.fill(db)
    api.post("/months/2026-09/close", status=200)
    late = one(db.sessions, {"psychotherapist_id": centre.emard, "month": "2026-09"})
    sessions.update(db, late["_id"], {"status": "no_show"}, None, NOW, small_centre.LIMA)
    page = pages.get(f"/psicoterapeutas/{centre.emard}?mes=2026-09")
    for said in ("Mes cerrado", "Sesiones 1", "jueves 3 de setiembre 1", "Setiembre 2026 1"):
        assert said in page.text, said


def test_who_was_edited_since_the_deletion_was_asked_is_asked_again(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}/eliminar")
    psychotherapists.update(db, emard["_id"], {"given_names": "Ronaldo"}, None, NOW)
    page = pages.press("Eliminar", 412)
    assert "Ronaldo Emard" in page.heading
    assert psychotherapists.get(db, emard["_id"])["version"] == 2
    pages.press("Eliminar")
    assert db.psychotherapists.count_documents({}) == 0


def test_psychotherapists_are_found_by_the_beginnings_of_their_names(
    pages: PageClient, db: Db, emard: Document
) -> None:
    psychotherapist(db, "Hellen", "Roberts")
    page = pages.get("/psicoterapeutas?q=ron+EM")
    assert "Ronald Emard" in page.text
    assert "Hellen Roberts" not in page.text
