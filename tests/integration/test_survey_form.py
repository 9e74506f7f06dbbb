"""The public form: a link is followed, answered once, explained when it cannot be; nothing is left behind."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service.database import Db
from service.documents.store import Document
from service.domain import survey_links
from tests.conftest import NOW, close, make_app
from tests.open_survey import CLOSES, MONTH, Survey, send
from tests.page_client import PageClient, logged_in

#: What José answers: he has two therapies.
FILLED = {"nps": "9", "stars_0": "5", "stars_1": "3", "comment": "Todo bien 👨‍👩‍👧"}


@pytest.fixture
def survey(app: Flask, db: Db) -> Survey:
    return send(app, db)


@pytest.fixture
def person(app: Flask) -> PageClient:
    return PageClient(app.test_client())


def stored(db: Db) -> list[Document]:
    return [*db.invitations.find().sort("_id", 1), *db.clients.find().sort("_id", 1)]


def every_answer(app: Flask, link: str, method: str, **sent: Any) -> list[TestResponse]:
    paths = (link, f"{link}/gracias", f"{link}/baja")
    return [app.test_client().open(path, method=method, **sent) for path in paths]


def test_a_mother_answers_once_for_three_children(db: Db, survey: Survey, person: PageClient) -> None:
    page = person.get(survey.link("Rosa"))
    assert "octubre" in page.heading
    for words in ("Ronald Emard a Mateo", "Ronald Emard a Ana Lucía", "Goyeneche a Maximiliano", "dirección"):
        assert words in page.text, words
    assert "Quispe" not in page.text
    page = person.press(
        "Enviar mi respuesta", changes={"nps": "10", "stars_0": "5", "stars_1": "4", "stars_2": "2"}
    )
    assert page.heading == "Gracias por responder"
    invitation = survey.invitation("Rosa")
    assert invitation["answered_at"] == NOW
    assert (invitation["pending"], invitation["version"]) == ([MONTH], 2)
    assert [star["stars"] for star in invitation["answer"]["stars"]] == [5, 4, 2]
    assert [{**star, "stars": 0} for star in invitation["answer"]["stars"]] == [
        {**pair, "stars": 0} for pair in invitation["pairs"]
    ]
    assert (invitation["answer"]["nps"], invitation["answer"]["comment"]) == (10, "")


def test_the_stars_of_a_pair_are_stored_with_that_pair(db: Db, survey: Survey, person: PageClient) -> None:
    page = person.get(survey.link("Rosa"))
    therapists = {person["_id"]: person["given_names"] for person in survey.therapists.values()}
    children = {child["_id"]: child["given_names"] for child in db.clients.find({"family_names": "Quispe"})}
    for number, pair in enumerate(survey.invitation("Rosa")["pairs"]):
        [group] = [group for group in page.tree.iter("fieldset") if group.get("id") == f"f-stars_{number}"]
        question = group.findtext("legend") or ""
        assert therapists[pair["psychotherapist_id"]] in question
        assert children[pair["client_id"]] in question


def test_opening_every_link_records_nothing(app: Flask, db: Db, survey: Survey) -> None:
    before = stored(db)
    for given in survey.people:
        for method in ("GET", "HEAD", "OPTIONS"):
            for response in every_answer(app, survey.link(given), method):
                assert response.status_code in (200, 303), (given, method)
    assert stored(db) == before


def test_no_answer_sets_a_cookie_is_kept_or_tells_where_it_came_from(app: Flask, survey: Survey) -> None:
    http = logged_in(app).http
    links = [survey.link("José"), f"/encuesta/{'x' * 32}"]
    for link in links:
        for response in (
            http.get(link),
            http.post(link, data=FILLED),
            http.post(link),
            http.post(f"{link}/baja"),
        ):
            assert "Set-Cookie" not in response.headers
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in response.headers["X-Robots-Tag"]
            assert "http" not in response.text.replace("http-equiv", ""), "nothing from other hosts"
            assert "<script" not in response.text


def test_a_form_with_mistakes_keeps_what_was_chosen(db: Db, survey: Survey, person: PageClient) -> None:
    before = stored(db)
    person.get(survey.link("José"))
    page = person.press("Enviar mi respuesta", 422, {"stars_1": "3", "comment": "No me <gustó>"})
    assert "Elija un número del 0 al 10." in page.text
    assert "Elija de una a cinco estrellas." in page.text
    assert stored(db) == before
    assert person.press("Enviar mi respuesta", changes={"nps": "0", "stars_0": "1"}).heading.startswith(
        "Gracias"
    )
    answer = survey.invitation("José")["answer"]
    assert (answer["nps"], [star["stars"] for star in answer["stars"]]) == (0, [1, 3])
    assert answer["comment"] == "No me <gustó>"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nps": "11"},
        {"nps": "-1"},
        {"nps": "٣"},
        {"nps": ""},
        {"nps": "9.0"},
        {"stars_0": "0"},
        {"stars_0": "6"},
        {"stars_1": ""},
        {"comment": "x" * 1001},
        {"comment": "\x00"},
    ],
)
def test_what_is_no_answer_is_refused(app: Flask, db: Db, survey: Survey, wrong: dict[str, str]) -> None:
    before = stored(db)
    response = app.test_client().post(survey.link("José"), data=FILLED | wrong)
    assert response.status_code == 422
    assert stored(db) == before


def test_a_link_is_good_for_one_answer(app: Flask, db: Db, survey: Survey, person: PageClient) -> None:
    link = survey.link("José")
    assert person.post(link, FILLED).heading == "Gracias por responder"
    before = stored(db)
    assert person.post(link, FILLED | {"nps": "0"}, 410).heading == "Ya recibimos su respuesta"
    assert person.post(link, {}, 410).heading == "Ya recibimos su respuesta"
    assert person.get(link, 410).heading == "Ya recibimos su respuesta"
    assert stored(db) == before


def test_of_twelve_answers_at_the_same_moment_one_is_recorded(app: Flask, db: Db, survey: Survey) -> None:
    link = survey.link("José")

    def answer(rating: int) -> int:
        return app.test_client().post(link, data=FILLED | {"nps": str(rating % 11)}).status_code

    with ThreadPoolExecutor(12) as pool:
        statuses = sorted(pool.map(answer, range(12)))
    assert statuses == [303] + [410] * 11
    assert survey.invitation("José")["version"] == 2


@pytest.fixture
def closed(app: Flask, survey: Survey) -> Iterator[Flask]:
    """The application at the moment at which the survey closes."""
    later = make_app(app.config["SETTINGS"], now=CLOSES)
    yield later
    close(later)


def test_a_closed_survey_says_so(db: Db, survey: Survey, closed: Flask) -> None:
    before, person = stored(db), PageClient(closed.test_client())
    assert "28 de octubre" in person.get(survey.link("José"), 410).text
    assert person.post(survey.link("José"), FILLED, 410).heading == "Esta encuesta ya cerró"
    assert stored(db) == before


def test_a_link_that_nobody_made_stores_nothing_and_goes_the_same_way(
    app: Flask, db: Db, survey: Survey, person: PageClient
) -> None:
    before, good = stored(db), survey.link("José").rpartition("/")[2]
    invitation = survey.invitation("José")
    guesses = [
        "x",
        "%00",
        "ñ" * 40,
        "a" * 500,
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good.swapcase(),
        invitation["_id"],
        invitation["nonce"],
        invitation["link_hash"],
        survey_links.secret(survey.key, f"2026-09-{invitation['person_id']}", invitation["nonce"]),
        survey_links.secret(b"another key", invitation["_id"], invitation["nonce"]),
    ]
    for guess in guesses:
        assert person.get(f"/encuesta/{guess}", 404).heading == "Este enlace no existe"
        person.post(f"/encuesta/{guess}", FILLED, 404)
    assert stored(db) == before


def test_each_look_up_costs_the_same(app: Flask, db: Db, survey: Survey) -> None:
    template = survey.invitation("José")
    db.invitations.insert_many(
        {**template, "_id": f"2020-01-{n}", "month": "2020-01", "link_hash": f"{n:064x}"} for n in range(500)
    )
    guessed = looked_at(app, db, "/encuesta/" + "x" * 32)
    known = looked_at(app, db, survey.link("José") + "/baja")
    assert (guessed, known) == (0, 1)


def looked_at(app: Flask, db: Db, path: str) -> int:
    def scanned() -> int:
        return int(db.client.admin.command("serverStatus")["metrics"]["queryExecutor"]["scannedObjects"])

    before = scanned()
    app.test_client().get(path)
    return scanned() - before


def test_last_months_link_does_not_answer_this_months_survey(app: Flask, db: Db, survey: Survey) -> None:
    this = survey.invitation("José")
    old = this | {"_id": f"2026-09-{this['person_id']}", "month": "2026-09", "closes_at": NOW}
    old["link_hash"] = survey_links.secret_hash(survey_links.secret(survey.key, old["_id"], old["nonce"]))
    db.invitations.insert_one(old)
    before = stored(db)
    assert app.test_client().post(survey.link("José", "2026-09"), data=FILLED).status_code == 410
    assert stored(db) == before


def test_who_guesses_is_stopped_and_who_has_a_link_is_not(app: Flask, survey: Survey) -> None:
    http = app.test_client()
    statuses = [http.get(f"/encuesta/{n:032x}").status_code for n in range(34)]
    assert statuses == [404] * 30 + [429] * 4
    assert http.post("/encuesta/otro/baja").status_code == 429, "whatever the page"
    assert http.get(survey.link("José")).status_code == 200
    other = {"REMOTE_ADDR": "198.51.100.7"}
    assert http.get("/encuesta/otro", environ_base=other).status_code == 404


def test_the_secret_is_in_no_log(app: Flask, survey: Survey, capfd: pytest.CaptureFixture[str]) -> None:
    link = survey.link("José")
    for path in (link, f"{link}/baja", f"{link}/gracias", f"{link}/otra", link[:-1]):
        app.test_client().get(path)
        app.test_client().post(path, data=FILLED)
    log = capfd.readouterr().err
    assert "/encuesta/<token>" in log
    for secret in (link.rpartition("/")[2][:-1], "jose@", "Todo bien"):
        assert secret not in log


def test_an_error_page_leads_nobody_to_the_login(
    app: Flask, survey: Survey, person: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [person.get(f"/encuesta/{'x' * 32}", 404), person.get(survey.link("José") + "/otra", 404)]
    pages.append(person.post(survey.link("José") + "/gracias", {}, 405))
    pages.append(person.post(survey.link("José"), {"comment": "x" * 70_000}, 413))
    monkeypatch.setattr("service.blueprints.survey.survey_answers.rows", lambda *_: 1 / 0)
    pages.append(person.get(survey.link("José"), 500))
    for page in pages:
        assert not list(page.tree.iter("a")), page.text


def test_emily_reads_english(survey: Survey, person: PageClient) -> None:
    assert person.get(survey.link("Emily")).tree.get("lang") == "en"
    assert person.get(survey.link("José")).tree.get("lang") == "es-PE"
    unknown = person.http.get("/encuesta/x", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="en">' in unknown.text
