"""The pages of statements: asked for by a form, watched, downloaded, tried again."""

import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import workers.statements as job
from service import auth, clock
from service.database import Db
from service.documents import statements
from tests import statement_data
from tests.api_client import ApiClient
from tests.conftest import STAFF_ID
from tests.statement_data import OCTOBER, hours_of, text_of
from tests.stored import one


@pytest.fixture
def emard(db: Db) -> str:
    return statement_data.person(db)


class Pages:
    """A browser of somebody who is logged in."""

    def __init__(self, app: Flask) -> None:
        self.http: FlaskClient = app.test_client()
        with app.test_request_context():
            token, _ = auth.start_login(app.extensions["db"], STAFF_ID)
            self.csrf = auth.csrf_of(token)
        self.http.set_cookie("access_token_cookie", token)

    def get(self, path: str) -> TestResponse:
        return self.http.get(path)

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.http.post(path, data={"csrf_token": self.csrf, **fields})


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app)


def test_a_statement_is_asked_for_watched_and_downloaded(
    app: Flask, db: Db, pages: Pages, emard: str
) -> None:
    sessions = statement_data.month(db, emard, 20)
    sent = pages.post("/liquidaciones", **OCTOBER)
    assert sent.status_code == 303
    where = sent.headers["Location"]
    waiting = pages.get(where)
    assert waiting.status_code == 200
    assert "Liquidación de Ronald Emard" in waiting.text
    assert "En espera" in waiting.text
    assert f'data-progress-url="{where}/estado"' in waiting.text
    assert pages.get(f"{where}/estado").get_json() == {"status": "pending"}
    assert pages.get(f"{where}/pdf").status_code == 409

    statement_id = where.rpartition("/")[2]
    statements.claim(db, statement_id, clock.system_now())
    assert "En curso" in pages.get(where).text
    db.statements.update_one({"_id": statement_id}, {"$unset": {"claim": ""}})
    with app.app_context():
        job.render(app, statement_id)

    assert pages.get(f"{where}/estado").get_json() == {"status": "ready"}
    ready = pages.get(where).text
    assert f'href="{where}/pdf"' in ready
    assert "progress" not in ready
    pdf = pages.get(f"{where}/pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="liquidacion-2026-10-ronald-emard.pdf"'
    assert pdf.headers["Cache-Control"] == "no-store"
    assert len(hours_of(text_of(pdf.data))) == len(statement_data.listed(sessions))


def test_sending_the_form_twice_makes_one(db: Db, pages: Pages, emard: str) -> None:
    first, second = (pages.post("/liquidaciones", **OCTOBER) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert db.statements.count_documents({}) == 1


def test_a_failed_one_says_so_and_can_be_tried_again(app: Flask, db: Db, pages: Pages, emard: str) -> None:
    record = statements.create(db, emard, "2026-10", statement_data.NOW)
    claimed = statements.claim(db, record["_id"], clock.system_now())
    assert claimed is not None
    statements.fail(db, claimed, statements.RENDER_FAILED, statement_data.NOW)
    where = f"/liquidaciones/{record['_id']}"
    assert "No se pudo preparar el PDF." in pages.get(where).text
    again = pages.post(f"{where}/reintentar")
    assert (again.status_code, again.headers["Location"]) == (303, where)
    with app.app_context():
        job.render(app, record["_id"])
    assert "Descargar PDF" in pages.get(where).text


def test_the_months_list_shows_each_with_its_state(db: Db, pages: Pages, emard: str) -> None:
    assert "Todavía no hay liquidaciones de octubre 2026" in pages.get("/liquidaciones?mes=2026-10").text
    other = statement_data.person(db, "1" * 32, '<b>&" Ñahui')
    statements.create(db, emard, "2026-10", statement_data.NOW)
    done = statements.create(db, other, "2026-10", statement_data.NOW)
    statements.finish(db, done["_id"], b"%PDF", statement_data.NOW)
    text = pages.get("/liquidaciones?mes=2026-10").text
    assert text.count("En espera") == 1
    assert text.count("Lista<") == 1
    assert "&lt;b&gt;&amp;&#34; Ñahui Emard" in text
    assert "Ronald" not in pages.get("/liquidaciones?mes=2026-09").text
    assert pages.get("/liquidaciones?mes=2026-13").status_code == 422


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"month": "2026-13"}, 422), ({"month": ""}, 422), ({"psychotherapist_id": "f" * 32}, 422)],
)
def test_a_wrong_form_is_refused(
    db: Db, pages: Pages, emard: str, fields: dict[str, str], status: int
) -> None:
    assert pages.post("/liquidaciones", **OCTOBER | fields).status_code == status
    assert db.statements.count_documents({}) == 0


def test_nothing_is_given_without_a_login_or_its_token(app: Flask, db: Db, pages: Pages, emard: str) -> None:
    record = statements.create(db, emard, "2026-10", statement_data.NOW)
    statements.finish(db, record["_id"], b"%PDF secret", statement_data.NOW)
    stranger = app.test_client()
    for path in ("", f"/{record['_id']}", f"/{record['_id']}/pdf", f"/{record['_id']}/estado"):
        answer = stranger.get(f"/liquidaciones{path}")
        assert answer.status_code == 401
        assert b"secret" not in answer.data
        assert "Emard" not in answer.text
    pages.csrf = "wrong"
    pages.post("/liquidaciones", **OCTOBER | {"month": "2026-09"})
    assert db.statements.count_documents({}) == 1
    assert pages.get("/liquidaciones/nada").status_code == 404
    assert pages.get("/liquidaciones/nada/pdf").status_code == 404


def test_a_ready_one_is_sent_from_its_page_and_one_without_an_address_says_why_not(
    db: Db, pages: Pages, emard: str
) -> None:
    record = statements.create(db, emard, "2026-10", statement_data.NOW)
    statements.finish(db, record["_id"], b"%PDF-1.7", statement_data.NOW)
    where = f"/liquidaciones/{record['_id']}"
    assert pages.post(f"{where}/correo").status_code == 303
    assert "no tiene correo" in pages.get(where).text
    db.psychotherapists.update_one({"_id": emard}, {"$set": {"email": "emard@example.com"}})
    assert pages.post(f"{where}/correo").status_code == 303
    assert statements.get(db, record["_id"])["mail"]["state"] == "pending"


def test_a_month_without_sessions_has_no_statements_and_asking_twice_is_one_batch(
    db: Db, pages: Pages, api: ApiClient, emard: str
) -> None:
    assert "no tiene sesiones" in str(api.post("/statements/batch", {"month": "2026-10"}, status=422))
    statement_data.month(db, emard, 3)
    asked = api.post("/statements/batch", {"month": "2026-10"}, status=202, Idempotency_Key="k")
    where = f"/liquidaciones/lote/{asked['id']}/estado"
    assert pages.get(where).get_json() == {"status": "pending", "done": 0, "total": 1, "failed": 0}
    statements.finish(db, one(db.statements, {})["_id"], b"%PDF-1.7", statement_data.NOW)
    again = api.post("/statements/batch", {"month": "2026-10"}, status=202, Idempotency_Key="k")
    assert again["id"] == asked["id"]
    assert (db.statement_batches.count_documents({}), db.statements.count_documents({})) == (1, 1)


def test_two_people_of_one_name_are_two_files_of_the_months_archive(db: Db, api: ApiClient) -> None:
    people = [statement_data.person(db, letter * 32) for letter in "de"]
    for person in people:
        statement_data.month(db, person, 2)
    batch = api.post("/statements/batch", {"month": "2026-10"}, status=202)
    for record in list(db.statements.find()):
        statements.finish(db, record["_id"], record["psychotherapist_id"].encode(), statement_data.NOW)
    archive = zipfile.ZipFile(io.BytesIO(api.get(f"/statements/batch/{batch['id']}/zip")))
    name = "liquidacion-2026-10-ronald-emard"
    assert archive.namelist() == [f"{name}.pdf", f"{name}-2.pdf"]
    assert sorted(archive.read(file).decode() for file in archive.namelist()) == people


def test_a_zip_waits_for_the_pdf_that_failed_and_names_it(
    app: Flask, db: Db, pages: Pages, emard: str
) -> None:
    other = statement_data.person(db, "1" * 32, "Hellen")
    for number, person in enumerate((emard, other)):
        statement_data.month(db, person, 3 + number)
    where = pages.post("/liquidaciones/lote", month="2026-10").headers["Location"]
    for record in statements.find(db, "2026-10"):
        claimed = statements.claim(db, record["_id"], clock.system_now())
        assert claimed is not None
        if record["psychotherapist_id"] == other:
            failed = record["_id"]
            statements.fail(db, claimed, statements.RENDER_FAILED, statement_data.NOW)
        else:
            statements.finish(db, record["_id"], b"%PDF", statement_data.NOW)
    assert pages.get(f"{where}/estado").get_json() == {"status": "failed", "done": 2, "total": 2, "failed": 1}
    assert "No se pudo preparar un PDF. Ábralo abajo para intentarlo de nuevo." in pages.get(where).text
    assert pages.get(f"{where}/zip").status_code == 409
    pages.post(f"/liquidaciones/{failed}/reintentar")
    with app.app_context():
        job.render(app, failed)
    page = pages.get(where).text
    assert "Las 2 liquidaciones del mes están listas. Son borradores" in page
    assert pages.get(f"{where}/zip").mimetype == "application/zip"
