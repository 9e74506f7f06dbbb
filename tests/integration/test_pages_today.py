"""The page of today: what needs attention and where it is mended, and a session entered in one line."""

from datetime import timedelta

import pytest

from service.database import Db
from service.documents import (
    attention,
    clients,
    imports,
    month_checks,
    month_summaries,
    months,
    sessions,
    statements,
)
from tests import html
from tests.conftest import NOW, STAFF_ID
from tests.page_client import Page, PageClient
from tests.small_centre import MONTH, TODAY, SmallCentre

QUICK = "Registrar"


def waiting(page: Page) -> dict[str, str]:
    """{what needs attention: where it is mended}."""
    cards = [part for part in page.tree.iter("section") if part.get("class") == "card attention"]
    links = [link for card in cards for link in card.iter("a")]
    return {html.text(link).replace("\xa0", " "): link.get("href", "") for link in links}


# What needs attention ------------------------------------------------------


def test_nothing_is_said_where_nothing_waits(pages: PageClient, centre: SmallCentre) -> None:
    assert waiting(pages.get("/")) == {}


def test_past_sessions_still_scheduled_are_marked_in_their_list(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    for day in ("2026-10-02", "2026-10-13", "2026-09-01"):
        centre.session(day, "18:00", centre.rosa, centre.emard, status="scheduled")
    shown = waiting(pages.get("/"))
    assert list(shown) == [
        "2 citas pasadas de octubre 2026 siguen programadas",
        "1 cita pasada de septiembre 2026 sigue programada".replace("septiembre", "setiembre"),
    ]
    page = pages.get(next(iter(shown.values())))
    assert len(page.tree.findall(".//table/tbody/tr")) == 2
    assert page.link("Semana").endswith("estado=pasadas&vista=semana&fecha=2026-10-15")
    db.months.insert_one({"_id": "2026-09", "version": 1, "number": 1, "closing": "x", "history": []})
    assert len(waiting(pages.get("/"))) == 1


def test_overlaps_of_today_and_the_week_after_lead_to_their_day(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    reason = {"overbooking_reason": "Urgencia"}
    made = [
        centre.session(day, start, centre.rosa, centre.emard, **reason)
        for day, start in ((TODAY, "16:20"), ("2026-10-22", "09:00"), ("2026-10-23", "09:00"))
    ]
    made += [
        centre.session(day, "09:10", centre.bruno, centre.emard, **reason)
        for day in ("2026-10-22", "2026-10-23")
    ]
    assert waiting(pages.get("/")) == {}
    ids = [each["_id"] for each in made]
    db.sessions.update_many({"_id": {"$in": ids}}, {"$set": {"overbooking_reason": ""}})
    shown = waiting(pages.get("/"))
    assert shown == {
        "1 cruce de horas hoy": f"/citas?vista=dia&fecha={TODAY}",
        "1 cruce de horas el jueves 22 de octubre": "/citas?vista=dia&fecha=2026-10-22",
    }
    assert "coincide con otra cita" in pages.get(shown["1 cruce de horas hoy"]).text


def test_a_minor_who_comes_and_for_whom_nobody_answers_is_named(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    alone = clients.create(
        db, {"given_names": "Inés", "family_names": "Sola", "birth_date": "2015-02-03"}, NOW
    )
    centre.session("2026-10-30", "10:00", alone["_id"], centre.emard)
    centre.session("2026-10-16", "10:00", alone["_id"], centre.emard, status="cancelled")
    assert waiting(pages.get("/")) == {}
    centre.session("2026-10-20", "10:00", alone["_id"], centre.emard)
    [(said, href)] = waiting(pages.get("/")).items()
    assert said == "Inés Sola: menor sin quien responda su encuesta"
    assert pages.get(href).heading


def test_figures_that_are_not_those_of_their_sessions_are_said_until_they_are(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    months.figures(db, "2026-09")
    db.month_summaries.update_one({"_id": "2026-09"}, {"$inc": {"figures.clients": 1}})
    month_checks.nightly(db, TODAY, NOW)
    said = "Las cifras de setiembre 2026 no coinciden con sus citas"
    assert waiting(pages.get("/")) == {said: "/reportes/mensual?mes=2026-09"}
    month_summaries.sum_up(db, "2026-09")
    month_checks.nightly(db, TODAY, NOW)
    assert waiting(pages.get("/")) == {}


def test_what_failed_is_said_until_it_is_made_good(db: Db, pages: PageClient, centre: SmallCentre) -> None:
    record = statements.create(db, centre.emard, MONTH, NOW - timedelta(days=2))
    old = statements.create(db, centre.roberts, MONTH, NOW - timedelta(days=31))
    db.statements.update_many({"_id": {"$in": [record["_id"], old["_id"]]}}, {"$set": {"status": "failed"}})
    failed, preview = (
        imports.create(db, "citas.csv", b"", True, STAFF_ID, NOW - timedelta(days=1)) for _ in range(2)
    )
    db.imports.update_one({"_id": failed["_id"]}, {"$set": {"status": "failed"}})
    db.imports.update_one({"_id": preview["_id"]}, {"$set": {"status": "preview"}})
    assert waiting(pages.get("/")) == {
        "1 liquidación de octubre 2026 falló": f"/liquidaciones?mes={MONTH}",
        "1 importación falló": "/importar",
        "1 importación espera que la aplique": "/importar",
    }
    again = statements.create(db, centre.emard, MONTH, NOW)
    db.statements.update_one({"_id": again["_id"]}, {"$set": {"status": "ready"}})
    assert attention.today(db, TODAY, NOW).statements == []


# One line ------------------------------------------------------


def test_a_session_is_entered_with_client_and_hour_alone(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    pages.get("/")
    page = pages.press(QUICK, changes={"client_query": "rios jose angel", "starts": "13:00"})
    assert page.path == "/"
    assert "Cita guardada: José Ángel Ríos, jueves 15 de octubre, 13:00, con Ronald Emard." in page.text
    [session] = sessions.find(db, {"local_date": TODAY, "starts_at": NOW + timedelta(hours=1)})
    assert (session["client_id"], session["modality"], session["price_cents"]) == (
        centre.jose,
        "virtual",
        18000,
    )
    assert session["ends_at"] - session["starts_at"] == timedelta(minutes=50)
    assert session["status"] == "scheduled"


def test_what_is_missing_or_unclear_goes_on_in_the_whole_form(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    before = db.sessions.count_documents({})
    pages.get("/")
    page = pages.press(QUICK, 422, changes={"client_query": "bruno castillo", "starts": "13:00"})
    assert page.heading == "Nueva cita"
    fields = page.fields("Guardar")
    assert (fields["client_id"], fields["day"], fields["starts"], fields["ends"]) == (
        centre.bruno,
        TODAY,
        "13:00",
        "13:50",
    )
    page = pages.press("Guardar", changes={"psychotherapist_id": centre.fisher, "modality": "virtual"})
    assert page.path == "/"
    assert db.sessions.count_documents({}) == before + 1
    page = pages.press(QUICK, 422, changes={"client_query": "fernandez", "starts": ""})
    assert "elija quién es" in page.text
    assert db.sessions.count_documents({}) == before + 1


def test_a_taken_hour_is_named_and_a_second_press_creates_nothing_more(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    pages.get("/")
    page = pages.press(QUICK, 409, changes={"client_query": "lucia fernandez nahui", "starts": "16:00"})
    assert "Ronald Emard ya atiende a José Ángel Ríos de 16:00 a 16:50." in page.text
    pages.get("/")
    assert pages.last
    sent = {**dict(pages.last.fields(QUICK)), "client_query": "lucia fernandez nahui", "starts": "18:00"}
    before = db.sessions.count_documents({})
    for _ in range(2):
        pages.post("/citas/rapida", sent)
    assert db.sessions.count_documents({}) == before + 1


@pytest.mark.parametrize("starts", ["25:00", "ayer", ""])
def test_an_hour_that_is_none_is_said_in_the_form(
    pages: PageClient, centre: SmallCentre, starts: str
) -> None:
    pages.get("/")
    page = pages.press(QUICK, 422, changes={"client_query": "rios jose angel", "starts": starts})
    assert page.error("starts")
