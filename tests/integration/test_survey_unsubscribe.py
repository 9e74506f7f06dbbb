"""No more surveys: asked before, one click of a mail reader, after answering and closing, and taken back."""

import pytest
from flask import Flask

from service.database import Db
from service.documents import clients, merges
from tests.api_client import ApiClient
from tests.conftest import NOW, STAFF_ID, close, make_app
from tests.open_survey import CLOSES, Survey, send
from tests.page_client import PageClient, logged_in
from tests.people_data import client

#: The body of a mail reader's one click [RFC 8058].
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def survey(app: Flask, db: Db) -> Survey:
    return send(app, db)


def unsubscribed(db: Db) -> dict[str, object]:
    """Since when whom is asked no more, by given names."""
    found = db.clients.find({"unsubscribed_at": {"$exists": True}})
    return {person["given_names"]: person["unsubscribed_at"] for person in found}


def test_a_page_asks_before(app: Flask, db: Db, survey: Survey) -> None:
    person = PageClient(app.test_client())
    page = person.get(survey.link("Rosa"))
    person.get(page.link("No recibir más encuestas"))
    assert unsubscribed(db) == {}
    assert person.press("No recibir más").heading == "No le enviaremos más encuestas"
    assert unsubscribed(db) == {"Rosa": NOW}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_needs_no_page_cookie_or_redirect(app: Flask, db: Db, survey: Survey, kind: str) -> None:
    response = app.test_client().post(
        survey.link("José") + "/baja",
        data=ONE_CLICK,
        content_type=kind,
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 200
    assert unsubscribed(db) == {"José Ángel": NOW}


def test_it_works_after_answering_and_closing_and_twice_is_once(app: Flask, db: Db, survey: Survey) -> None:
    filled = {"nps": "9", "stars_0": "5"}
    assert app.test_client().post(survey.link("Emily"), data=filled).status_code == 303
    later = make_app(app.config["SETTINGS"], now=CLOSES)
    for one in (app, later, later):
        assert one.test_client().post(survey.link("Emily") + "/baja").status_code == 200
    close(later)
    assert unsubscribed(db) == {"Emily": NOW}
    assert survey.invitation("Emily")["answer"]["nps"] == 9
    assert clients.get(db, survey.people["Emily"]["_id"])["version"] == 2


def test_a_guessed_link_takes_nobody_off(app: Flask, db: Db, survey: Survey) -> None:
    assert app.test_client().post(f"/encuesta/{'x' * 32}/baja", data=ONE_CLICK).status_code == 404
    assert unsubscribed(db) == {}


def test_who_was_merged_since_is_the_other_record(app: Flask, db: Db, survey: Survey) -> None:
    other = client(db, "Josef", "Ríos")
    merges.merge(db, survey.people["José"]["_id"], other["_id"], None, STAFF_ID, NOW)
    app.test_client().post(survey.link("José") + "/baja")
    assert unsubscribed(db) == {"Josef": NOW}


def test_a_client_who_is_gone_is_no_error(app: Flask, db: Db, survey: Survey) -> None:
    link = survey.link("José")
    db.clients.delete_one({"_id": survey.people["José"]["_id"]})
    assert app.test_client().post(link + "/baja").status_code == 200
    assert app.test_client().get(link).status_code == 200


def test_staff_see_it_and_take_it_back_on_the_clients_word(
    app: Flask, api: ApiClient, db: Db, survey: Survey
) -> None:
    staff, path = logged_in(app), f"/clientes/{survey.people['José']['_id']}"
    assert "no recibir más" not in staff.get(path).text
    app.test_client().post(survey.link("José") + "/baja")
    assert api.get(f"/clients/{survey.people['José']['_id']}")["unsubscribed_at"] == NOW.isoformat()
    page = staff.get(path)
    assert "Pidió no recibir más" in page.text
    assert "palabra" in staff.get(page.link("Volver a enviarle")).text
    assert unsubscribed(db) != {}
    page = staff.press("Volver a enviarle encuestas")
    assert "no recibir más" not in page.text
    assert unsubscribed(db) == {}


def test_taking_back_what_is_older_is_refused(app: Flask, db: Db, survey: Survey) -> None:
    staff, path = logged_in(app), f"/clientes/{survey.people['José']['_id']}"
    app.test_client().post(survey.link("José") + "/baja")
    staff.get(f"{path}/encuestas")
    db.clients.update_one({"_id": survey.people["José"]["_id"]}, {"$inc": {"version": 1}})
    staff.press("Volver a enviarle encuestas", 412)
    assert unsubscribed(db) != {}
