"""Encuestas and Ajustes as staff use them, and the same by the API."""

from dataclasses import replace

import pytest
from flask import Flask

from service import surveying
from service.config import Settings
from service.database import Db
from service.documents import invitations, settings, survey_mails
from tests import survey_centre
from tests.api_client import ApiClient
from tests.conftest import STAFF_ID, close, make_app
from tests.page_client import PageClient, logged_in
from tests.survey_centre import MONTH, SENDING, Centre

ADDRESS = f"/encuestas?mes={MONTH}"


@pytest.fixture
def app(settings: Settings, app: Flask):
    """The application on the day of the survey."""
    later = make_app(settings, SENDING)
    yield later
    close(later)


@pytest.fixture
def centre(db: Db) -> Centre:
    """300 clients with a month to ask about."""
    return survey_centre.three_hundred(db)


def started(app: Flask, month: str = MONTH) -> None:
    db, redis = app.extensions["db"], app.extensions["redis"]
    surveying.start(db, redis, app.config["SETTINGS"], month, STAFF_ID, SENDING)


def test_before_the_start_the_page_says_whom_it_would_ask_and_whom_not(
    pages: PageClient, centre: Centre
) -> None:
    asked = centre.expected.total()
    page = pages.get(ADDRESS)
    assert f"Se preguntaría a {asked} personas" in page.text
    assert f"Sin preguntar: {len(centre.left_out)} clientes" in page.text
    assert "Menor sin adulto" in page.text

    page = pages.press(f"Enviar a {asked} personas")

    assert "Enviando los mensajes" in page.text and f"0 de {asked}" in page.text
    assert "Abierta hasta el sábado 14 de noviembre" in page.text
    assert pages.http.get(f"/encuestas/estado?mes={MONTH}").json == {
        "status": "running",
        "done": 0,
        "total": asked,
    }
    assert not [each for each in page.tree.iter("button") if "Enviar" in "".join(each.itertext())]


def test_a_month_that_is_not_over_has_nothing_to_start(pages: PageClient, db: Db) -> None:
    page = pages.get("/encuestas?mes=2026-11")
    assert "se envía cuando el mes termina" in page.text
    pages.post("/encuestas", {"mes": "2026-11", "csrf_token": _token(pages)}, 422)
    assert db.survey_runs.count_documents({}) == 0


def test_what_failed_shows_the_servers_words_and_can_be_sent_again(
    app: Flask, pages: PageClient, db: Db
) -> None:
    survey_centre.adults(db, 3)
    started(app)
    first, second, third = invitations.find(db, MONTH)
    refused = {"state": "failed", "error": "550 5.1.1 <b>No such user</b>"}
    db.invitations.update_one({"_id": first["_id"]}, {"$set": refused})
    db.invitations.update_one({"_id": second["_id"]}, {"$set": {"state": "unconfirmed", "sent_at": SENDING}})
    db.invitations.update_one({"_id": third["_id"]}, {"$set": {"state": "sent", "sent_at": SENDING}})

    page = pages.get(ADDRESS)
    assert "550 5.1.1 <b>No such user</b>" in page.text
    assert "Sin confirmar" in page.text and "Rechazado" in page.text
    pages.press("Enviar de nuevo a Nombre0 Ríos Ñahui")

    again = invitations.get(db, first["_id"])
    assert (again["state"], again["attempts"], again.get("error")) == ("pending", 0, None)
    assert invitations.get(db, second["_id"])["state"] == "unconfirmed"


def test_what_keeps_many_back_is_told_once(app: Flask, pages: PageClient, db: Db) -> None:
    survey_centre.adults(db, 9)
    started(app)
    waits, busy = (
        {"attempts": 1, "next_at": SENDING.replace(year=2100)},
        invitations.find(db, MONTH)[0]["_id"],
    )
    db.invitations.update_many({}, {"$set": {**waits, "error": "mail:587 no acepta conexiones."}})
    db.invitations.update_one({"_id": busy}, {"$set": {"error": "451 4.7.1 Greylisted"}})
    text = pages.get(ADDRESS).text
    assert "8 mensajes esperan. mail:587 no acepta conexiones. Se intenta de nuevo el" in text
    assert (text.count("no acepta"), text.count("451 4.7.1 Greylisted")) == (1, 1)
    assert survey_mails.due(db, SENDING) == []
    pages.press("Intentar ahora")
    assert len(survey_mails.due(db, SENDING)) == 9


def test_all_that_was_refused_is_sent_again_at_once(app: Flask, pages: PageClient, db: Db) -> None:
    survey_centre.adults(db, 4)
    started(app)
    first, second, *_ = invitations.find(db, MONTH)
    db.invitations.update_many({}, {"$set": {"state": "failed", "error": "553 sender refused"}})
    db.invitations.update_one({"_id": first["_id"]}, {"$set": {"state": "unconfirmed"}})
    lost = {"state": "sent", "reminder": {"state": "failed", "attempts": 1}}
    db.invitations.update_one({"_id": second["_id"]}, {"$set": lost})
    pages.get(ADDRESS)
    pages.press("Enviar de nuevo lo rechazado (3)")
    after = invitations.find(db, MONTH)
    assert [each["state"] for each in after] == ["unconfirmed", "sent", "pending", "pending"]
    assert after[1]["reminder"]["state"] == "pending"


def test_another_limit_a_day_lets_go_what_waited_for_tomorrow(app: Flask, pages: PageClient, db: Db) -> None:
    survey_centre.adults(db, 2)
    started(app)
    tomorrow = {"error": "daily_limit", "next_at": SENDING.replace(year=2100)}
    db.invitations.update_many({}, {"$set": tomorrow})
    pages.get("/ajustes")
    pages.press("Guardar", changes={"mails_per_day": "500"})
    assert len(survey_mails.due(db, SENDING)) == 2


def test_reminding_by_hand(app: Flask, pages: PageClient, db: Db) -> None:
    survey_centre.adults(db, 2)
    started(app)
    db.invitations.update_many({}, {"$set": {"state": "sent", "sent_at": SENDING}})
    pages.get(ADDRESS)
    page = pages.press("Recordar a 2 personas")
    assert "Se envía un recordatorio" in page.text
    assert db.invitations.count_documents({"reminder.state": "pending"}) == 2


def test_the_api_sends_and_shows_a_survey_without_links_and_answers(api: ApiClient, centre: Centre) -> None:
    sent = api.post("/surveys/dispatch", {"month": MONTH}, status=202)
    assert sent["states"] == {"pending": centre.expected.total()}
    assert sent["run"]["started_by"] == STAFF_ID
    assert api.post("/surveys/dispatch", {"month": MONTH}, status=202)["states"] == sent["states"]

    page = api.get("/surveys", month=MONTH, per_page=2)
    assert (len(page["items"]), page["total"]) == (2, centre.expected.total())
    assert (page["invited"], page["answered"], page["response_rate"]) == (0, 0, None)
    assert not {"nonce", "link_hash", "answer", "email"} & page["items"][0].keys()
    for wrong in ({}, {"month": "2026-13"}, {"month": "2026-11"}, {"month": MONTH, "x": 1}):
        api.post("/surveys/dispatch", wrong, status=422)
    nothing = api.get("/surveys", month="2020-01")
    assert (nothing["run"], nothing["items"]) == (None, [])


def test_surveys_are_switched_on_and_the_page_says_when_the_next_goes(pages: PageClient, db: Db) -> None:
    page = pages.get("/ajustes")
    assert "Ahora no se envía sola" in page.text
    assert "No hay servidor de correo" in page.text
    page = pages.press("Guardar", changes={"on": "true", "send_day": "2", "send_hour": "9"})
    assert (
        "La próxima se envía sola: la de octubre 2026, el lunes 2 de noviembre de 2026, 09:00." in page.text
    )
    stored = settings.get(db)["surveys"]
    assert (stored["on"], stored["on_since"], stored["send_day"]) == (True, SENDING, 2)
    pages.press("Guardar", changes={"mails_per_day": "200"})
    assert settings.get(db)["surveys"]["on_since"] == SENDING
    pages.press("Guardar", changes={"on": None})
    assert settings.get(db)["surveys"] == {
        **settings.SURVEYS,
        "send_day": 2,
        "send_hour": 9,
        "mails_per_day": 200,
    }


def test_days_out_of_order_are_said_beside_their_field(pages: PageClient, db: Db) -> None:
    pages.get("/ajustes")
    page = pages.press("Guardar", 422, changes={"remind_day": "1"})
    assert "El recordatorio va después del envío." in page.error("remind_day")
    page = pages.press("Guardar", 422, changes={"remind_day": "9", "close_day": "x"})
    assert page.error("close_day") == "Escriba un número de 1 a 28."
    assert settings.get(db)["version"] == 0


def test_of_two_who_save_the_second_is_told(app: Flask, pages: PageClient, db: Db) -> None:
    other = logged_in(app)
    for each in (pages, other):
        each.get("/ajustes")
    pages.press("Guardar", changes={"send_hour": "8"})
    page = other.press("Guardar", 412, changes={"close_day": "20"})
    assert "Otra persona cambió los ajustes" in page.text
    other.press("Guardar")
    stored = settings.get(db)["surveys"]
    assert (stored["send_hour"], stored["close_day"]) == (10, 20), "what was typed and looked at again"


def test_only_direction_changes_settings(app: Flask, pages: PageClient, db: Db) -> None:
    db.staff.update_one({"_id": STAFF_ID}, {"$set": {"role": "administration"}})
    page = pages.get("/ajustes")
    assert "Solo dirección puede cambiar los ajustes." in page.text
    fields = {**dict.fromkeys(settings.SURVEYS, "3"), "csrf_token": _token(pages)}
    pages.post("/ajustes/encuestas", fields, 403)
    assert settings.get(db)["version"] == 0


def _token(pages: PageClient) -> str:
    assert pages.last is not None
    return pages.last.fields("Salir")["csrf_token"]


def test_links_that_only_this_machine_opens_are_pointed_out(settings: Settings, app: Flask) -> None:
    for url, warned in (("http://127.0.0.1:8000", True), ("https://citas.example.com", False)):
        other = make_app(replace(settings, smtp_url="smtp://127.0.0.1:1", base_url=url), SENDING)
        for path in ("/encuestas", "/ajustes"):
            assert ("Configure BASE_URL" in logged_in(other).get(path).text) == warned
        close(other)
