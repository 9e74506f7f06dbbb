"""What the answers say: worked out from what was answered by HTTP, for whom to see, as page, API and file."""

import csv
import io
import random
from typing import Any

import pytest
from flask import Flask

from service import auth
from service.config import Settings
from service.database import Db
from service.documents import months, staff, survey_answers
from service.documents.store import Document
from service.domain import survey_links
from tests.api_client import ApiClient
from tests.conftest import NOW, PASSWORD
from tests.open_survey import MONTH, Survey, send
from tests.page_client import PageClient, logged_in

#: Ratings in the order in which they are answered: 11 promoters, 6 passives, 7 detractors.
RATINGS = [10] * 7 + [9] * 4 + [8] * 3 + [7] * 3 + [6] * 2 + [5, 4, 3, 1, 0]
SILENT = 6


@pytest.fixture
def survey(app: Flask, db: Db) -> Survey:
    """Two psychotherapists; 24 answer about the first, 4 of them about the second too, 6 are silent."""
    survey = send(app, db)
    db.invitations.delete_many({})
    first, second = (person["_id"] for person in survey.therapists.values())
    everybody = [invitation(survey, n, [first, second][: 2 if n < 4 else 1]) for n in range(30)]
    db.invitations.insert_many(everybody)
    http, order = app.test_client(), random.Random(7).sample(range(24), 24)
    for n, rating in zip(order, RATINGS, strict=True):
        secret = survey_links.secret(survey.key, everybody[n]["_id"], everybody[n]["nonce"])
        stars = {"stars_0": str(4 + n % 2), "stars_1": "1"}
        sent = {"nps": str(rating), **stars, "comment": "=1+1 fría" if rating == 3 else ""}
        assert http.post(f"/encuesta/{secret}", data=sent).status_code == 303
    return survey


def invitation(survey: Survey, n: int, psychotherapists: list[str], month: str = MONTH) -> Document:
    id = f"{month}-person{n:02d}"
    secret = survey_links.secret(survey.key, id, "nonce")
    return {
        "_id": id,
        "version": 1,
        "month": month,
        "person_id": f"person{n:02d}",
        "language": "es",
        "pairs": [{"client_id": f"person{n:02d}", "psychotherapist_id": each} for each in psychotherapists],
        "nonce": "nonce",
        "link_hash": survey_links.secret_hash(secret),
        "closes_at": NOW.replace(year=2027),
        "state": "unconfirmed" if n == 29 else "sent",
    }


@pytest.fixture
def administration(app: Flask, db: Db, settings: Settings) -> tuple[PageClient, ApiClient]:
    """Pages and API as somebody sees them who is not of direction."""
    account = staff.add(db, "ana@example.com", "Ana", PASSWORD, "administration", NOW)
    with app.test_request_context():
        tokens = auth.start_login(db, account["_id"])
    page, api = logged_in(app), ApiClient(app.test_client(), *tokens)
    page.http.set_cookie("access_token_cookie", tokens[0])
    page.http.set_cookie("refresh_token_cookie", tokens[1])
    return page, api


def rows(page: PageClient, path: str, status: int = 200) -> list[dict[str, str]]:
    response = page.http.get(path)
    assert response.status_code == status, response.text
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))


def test_the_months_nps_is_what_was_answered(app: Flask, api: ApiClient, survey: Survey) -> None:
    promoters = sum(rating > 8 for rating in RATINGS)
    detractors = sum(rating < 7 for rating in RATINGS)
    found = api.get("/surveys/results", month=MONTH)["nps"]
    assert found["score"] == pytest.approx(100 * (promoters - detractors) / 24)
    assert (found["answers"], found["invited"], found["response_rate"]) == (24, 30, 0.8)
    assert (found["promoters"], found["passives"], found["detractors"]) == (11, 6, 7)
    low, high = found["interval"]
    assert low < found["score"] < high
    [row] = [row for row in rows(logged_in(app), f"/encuestas/nps.csv?mes={MONTH}") if row["Mes"] == MONTH]
    assert (row["NPS"], row["Respuestas"], row["Tasa de respuesta (%)"]) == ("16.67", "24", "80")
    assert row["Intervalo desde"] == f"{low:.2f}"


def test_the_years_month_has_the_same_nps(db: Db, survey: Survey) -> None:
    before = months.year(db, 2026)[9]["nps"]
    assert before == survey_answers.nps_figures(db, [MONTH])[MONTH]
    late = invitation(survey, 27, [])
    assert survey_answers.record(db, late, {"nps": 10, "stars": [], "comment": ""}, NOW)
    after = months.year(db, 2026)[9]["nps"]
    assert (before["promoters"], after["promoters"]) == (11, 12)
    assert after == survey_answers.nps_figures(db, [MONTH])[MONTH]


def test_stars_are_shown_from_five_answers_on(app: Flask, api: ApiClient, survey: Survey) -> None:
    by_name = {one["name"]: one for one in api.get("/surveys/results", month=MONTH)["psychotherapists"]}
    assert [(one["answers"], one["mean"]) for one in by_name.values()] == [(4, None), (24, 4.5)]
    found = rows(logged_in(app), f"/encuestas/estrellas.csv?mes={MONTH}")
    assert [(row["Psicoterapeuta"][:6], row["Respuestas"], row["Estrellas"]) for row in found] == [
        ("Hellen", "4", ""),
        ("Ronald", "24", "4.50"),
    ]


def test_five_stars_of_one_parent_are_not_shown_as_a_mean(
    app: Flask, db: Db, api: ApiClient, survey: Survey
) -> None:
    hellen = next(person for person in survey.therapists.values() if person["given_names"] != "Ronald")
    stars = [{"client_id": str(n), "psychotherapist_id": hellen["_id"], "stars": 1} for n in range(5)]
    db.invitations.update_many(
        {"answer.stars.psychotherapist_id": hellen["_id"]}, {"$unset": {"answer": "", "answered_at": ""}}
    )
    parent = db.invitations.find_one({"answered_at": {"$exists": False}})
    assert parent is not None
    assert survey_answers.record(db, parent, {"nps": 1, "stars": stars, "comment": ""}, NOW)
    shown = api.get("/surveys/results", month=MONTH)["psychotherapists"][0]
    assert (shown["answers"], shown["people"], shown["mean"]) == (5, 1, None)
    page = logged_in(app).get(f"/encuestas?mes={MONTH}")
    assert "5 de 1 persona –" in page.text


def test_the_last_twelve_months_have_a_gap_where_nobody_answered(app: Flask, db: Db, survey: Survey) -> None:
    asked = invitation(survey, 1, [], "2025-11")
    db.invitations.insert_many(
        [asked | {"answered_at": NOW, "answer": {"nps": 7, "stars": [], "comment": ""}}]
    )
    found = rows(logged_in(app), f"/encuestas/nps.csv?mes={MONTH}")
    assert [row["Mes"] for row in found] == ["2025-11", "2025-12"] + [f"2026-{n:02d}" for n in range(1, 11)]
    assert [row["NPS"] for row in found] == ["0.00", *[""] * 10, "16.67"]


def test_direction_reads_answers_without_names(app: Flask, api: ApiClient, survey: Survey) -> None:
    found = rows(logged_in(app), f"/encuestas/respuestas.csv?mes={MONTH}")
    assert [int(row["Calificación"]) for row in found] == sorted(RATINGS)
    [said] = [row for row in found if row["Comentario"]]
    assert (said["Calificación"], said["Grupo"], said["Comentario"]) == ("3", "Detractor", "'=1+1 fría")
    listed: dict[str, Any] = api.get("/surveys/answers", month=MONTH, per_page=5)
    assert (listed["total"], [item["nps"] for item in listed["items"]]) == (24, [0, 1, 3, 4, 5])
    assert listed["items"][2] == {"nps": 3, "comment": "=1+1 fría"}


def test_nobody_else_reads_them(
    app: Flask, survey: Survey, administration: tuple[PageClient, ApiClient]
) -> None:
    page, api = administration
    for ending in ("csv", "xlsx"):
        assert page.get(f"/encuestas/respuestas.{ending}?mes={MONTH}", 403).heading == "No permitido"
    assert "dirección" in api.get("/surveys/answers", 403, month=MONTH)["detail"]
    assert api.get("/surveys/results", month=MONTH)["nps"]["answers"] == 24
    assert len(rows(page, f"/encuestas/nps.csv?mes={MONTH}")) == 12
    assert ApiClient(app.test_client()).get("/surveys/answers", 401, month=MONTH)


def test_a_month_without_a_survey_has_no_value(api: ApiClient) -> None:
    nothing = {"answers": 0, "promoters": 0, "passives": 0, "detractors": 0, "invited": 0}
    found = api.get("/surveys/results", month="2020-01")
    assert found["nps"] == nothing | {"score": None, "interval": None, "response_rate": None}
    assert found["psychotherapists"] == []
    assert "month" in api.get("/surveys/results", 422, month="2020-13")["errors"]


def test_the_page_says_it_with_how_sure_that_is(app: Flask, survey: Survey) -> None:
    page = logged_in(app).get(f"/encuestas?mes={MONTH}")
    for words in (
        "24 respuestas de 30 invitaciones (80\u00a0%)".replace("\u00a0", " "),
        "intervalo de 95 %",
        "Promotores (9–10) 11 (46 %)",
        "faltan respuestas",
        "=1+1 fría",
        "23 respuestas sin comentario",
    ):
        assert words in page.text, words
    assert "Muestra insuficiente" not in page.text


def test_who_is_not_of_direction_sees_figures_and_no_comment(
    survey: Survey, administration: tuple[PageClient, ApiClient]
) -> None:
    page = administration[0].get(f"/encuestas?mes={MONTH}")
    assert "24 respuestas" in page.text
    assert "Los lee solo la dirección" in page.text
    assert "fría" not in page.response.text and "respuestas.csv" not in page.response.text


def test_few_answers_are_said_to_be_few(app: Flask, db: Db, survey: Survey) -> None:
    db.invitations.delete_many({"answer.nps": {"$lt": 10}})
    page = logged_in(app).get(f"/encuestas?mes={MONTH}")
    assert "Muestra insuficiente" in page.text
    assert "7 respuestas de 13" in page.text


def test_a_month_nobody_answered_shows_no_results(app: Flask, db: Db, survey: Survey) -> None:
    db.invitations.update_many({}, {"$unset": {"answer": "", "answered_at": ""}})
    page = logged_in(app).get(f"/encuestas?mes={MONTH}")
    assert "NPS" not in page.text
