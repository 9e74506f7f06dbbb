"""The pages of an import: upload, preview, what is rejected, apply, undo."""

import pytest
from flask import Flask

from service import importing
from service.database import Db
from service.documents import imports
from tests.integration.test_imports import EXPECTED, SHEETS
from tests.multipart import form_with_file
from tests.page_client import SAME_ORIGIN, Page, PageClient, logged_in


@pytest.fixture
def pages(app: Flask) -> PageClient:
    """Somebody who opened Importar; the psychotherapists are there."""
    pages = logged_in(app)
    pages.get("/importar")
    finish(app, upload(pages, "psicoterapeutas.csv"))
    pages.get(last(pages).path)
    pages.press("Agregar 12 psicoterapeutas")
    finish(app, last(pages))
    return pages


def last(pages: PageClient) -> Page:
    assert pages.last is not None
    return pages.last


def upload(pages: PageClient, name: str, content: bytes | None = None, status: int = 200) -> Page:
    """Sends the form of /importar with a file."""
    page = pages.get("/importar")
    fields = dict(page.fields("Ver qué trae").items())
    content = (SHEETS / name).read_bytes() if content is None else content
    response = pages.http.post("/importar", **form_with_file(content, name, fields), headers=SAME_ORIGIN)
    return pages._follow("/importar", response, status)


def finish(app: Flask, page: Page) -> None:
    """Does what a worker would do for the import of a page."""
    importing.run(app.extensions["db"], app.config["SETTINGS"], page.path.rpartition("/")[2])


def test_a_sheet_is_looked_at_applied_and_undone(app: Flask, db: Db, pages: PageClient) -> None:
    expected = EXPECTED["files"]["2014"]
    waiting = upload(pages, "citas-2014.csv")
    assert "Leyendo el archivo" in waiting.text
    assert pages.http.get(f"{waiting.path}/estado").get_json() == {"status": "pending", "done": 0, "total": 0}
    finish(app, waiting)

    preview = pages.get(waiting.path)
    assert "todavía no se agregó nada" in preview.text
    assert f"Filas por agregar {expected['imported']}" in preview.text
    assert f"Rechazadas {expected['rejected']}" in preview.text
    assert "Falta el psicoterapeuta." in preview.text
    assert db.sessions.count_documents({}) == 0
    rejected = pages.http.get(preview.link("Descargar las filas rechazadas"))
    assert (rejected.mimetype, len(rejected.data.splitlines())) == ("text/csv", 1 + expected["rejected"])

    pages.press(f"Agregar {expected['imported']} citas")
    finish(app, last(pages))
    applied = pages.get(waiting.path)
    assert f"Filas agregadas {expected['imported']}" in applied.text
    pages.press("Deshacer")
    finish(app, last(pages))
    assert "todo quedó como antes" in pages.get(waiting.path).text
    assert db.sessions.count_documents({"month": {"$exists": True}}) == 0
    assert "citas-2014.csv" in pages.get("/importar").text


def test_what_cannot_be_undone_is_named(app: Flask, db: Db, pages: PageClient) -> None:
    page = upload(pages, "citas-2014.csv")
    finish(app, page)
    pages.get(page.path)
    pages.press(f"Agregar {EXPECTED['files']['2014']['imported']} citas")
    finish(app, page)
    edited = db.sessions.find_one_and_update({"month": "2014-01"}, {"$inc": {"version": 1}})
    assert edited is not None
    pages.get(page.path)
    refused = pages.press("Deshacer", status=409)
    assert "No se puede deshacer" in refused.text
    assert refused.link("Una cita") == f"/citas/{edited['_id']}"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "vacío"), (b"\x89PNG\r\n\x1a\n\x00", "archivo"), (b"Uno,Dos\n1,2\n", "encabezados")],
)
def test_a_bad_file_says_why_and_changes_nothing(
    app: Flask, db: Db, pages: PageClient, content: bytes, words: str
) -> None:
    page = upload(pages, "mal.csv", content, status=200 if content else 422)
    if content:
        finish(app, page)
        page = pages.get(page.path)
    assert words in page.text.lower()
    assert db.sessions.count_documents({}) == 0


def test_a_file_over_10_mb_is_refused(db: Db, pages: PageClient) -> None:
    assert "10 MB" in upload(pages, "grande.csv", b"x" * (20 * 1024 * 1024), status=413).text
    assert db.imports.count_documents({}) == 1


def test_sending_the_upload_twice_makes_one_import(db: Db, pages: PageClient) -> None:
    page = pages.get("/importar")
    fields = dict(page.fields("Ver qué trae").items())
    for _ in range(2):
        pages.http.post("/importar", **form_with_file(b"Fecha\n", "citas.csv", fields), headers=SAME_ORIGIN)
    assert len(imports.latest(db, 9)) == 2
