"""A centre whose LANGUAGE is "en": its API, files and PDFs are English, and its files are imported again."""

import csv
import io
from dataclasses import replace

import pytest
from flask import Flask

from service import importing
from service.config import Settings
from service.documents import imports, statements
from service.documents.store import Document
from tests.api_client import ApiClient
from tests.conftest import NOW, STAFF_ID
from tests.page_client import PageClient, logged_in
from tests.small_centre import MONTH, SmallCentre
from tests.statement_data import text_of
from workers import statements as statement_jobs


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, language="en")


@pytest.fixture
def person(app: Flask) -> PageClient:
    return logged_in(app)


def imported(app: Flask, content: bytes) -> Document:
    """The record of a file that was imported without a preview, as a worker does it."""
    db = app.extensions["db"]
    record = imports.create(db, "sheet.csv", content, False, STAFF_ID, NOW, None)
    with app.app_context():
        assert importing.run(db, app.config["SETTINGS"], record["_id"])
    return imports.get(db, record["_id"])


def test_the_api_says_what_is_wrong_in_english(api: ApiClient, centre: SmallCentre) -> None:
    wrong = {"given_names": "Ana", "document": {"type": "DNI", "number": "12"}, "email": "x", "phone": "12"}
    problem = api.post("/clients", wrong, 422)
    assert (problem["title"], problem["detail"]) == ("Invalid data", "Check the fields marked.")
    assert problem["errors"] == {
        "family_names": ["This is missing."],
        "document.number": ["A DNI has 8 digits."],
        "email": ["Write an e-mail address such as name@example.com."],
        "phone": ["Write the phone number with its 9 digits, or with + and the country code."],
    }
    taken = {"starts_at": "2026-10-14T09:10:00-05:00", "ends_at": "2026-10-14T10:00:00-05:00"}
    first = api.get("/sessions", month=MONTH, psychotherapist_id=centre.emard)["items"][0]
    taken = {name: first[name] for name in ("starts_at", "ends_at", "psychotherapist_id", "modality")}
    conflict = api.post("/sessions", {**taken, "client_id": centre.bruno}, 409)
    assert "is already seeing" in conflict["detail"]


def test_a_form_says_what_is_wrong_in_english(person: PageClient) -> None:
    person.get("/clientes/nuevo")
    page = person.press("Save", 422, {"given_names": "Ana", "email": "x"})
    assert page.error("family_names").startswith("This is missing.")
    assert page.error("email").startswith("Write an e-mail address")


def test_lists_have_english_headings_and_words_and_are_imported_again(
    app: Flask, centre: SmallCentre, person: PageClient
) -> None:
    response = person.http.get(f"/citas/exportar.csv?mes={MONTH}")
    assert response.headers["Content-Disposition"] == f'attachment; filename="sessions-{MONTH}.csv"'
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")))
    assert {row["Type"] for row in rows} == {"Virtual", "On site"}
    assert {row["Status"] for row in rows} >= {"Scheduled", "Done", "No-show"}
    for ending in ("csv", "xlsx"):
        content = person.http.get(f"/citas/exportar.{ending}?mes={MONTH}").get_data()
        record = imported(app, content)
        assert (record["status"], record["duplicates"], record["rejected"]) == ("applied", len(rows), 0)
        assert imports.items(app.extensions["db"], record["_id"], "different") == []
        people = imported(app, person.http.get(f"/psicoterapeutas/exportar.{ending}").get_data())
        assert (people["status"], people["duplicates"], people["rejected"]) == ("applied", 3, 0)


def test_an_import_keeps_its_reasons_in_english(app: Flask, centre: SmallCentre) -> None:
    sheet = (
        "Date,Start,End,Client,Psychotherapist,Type,Currency,Amount\n"
        "2026-10-01,09:00,09:50,Ana Ríos,Nobody Known,Virtual,PEN,150\n"
        "2026-10-01,9,,Ana Ríos,Ronald Emard,Virtual,PEN,1.234\n"
    )
    record = imported(app, sheet.encode())
    first, second = imports.items(app.extensions["db"], record["_id"], "rejects")
    assert first["reason"] == "No psychotherapist has this name: register them first, or correct the name."
    said = " ".join([second["reason"], *(more["reason"] for more in second["further"])])
    assert "The time is missing. Write the time as 15:30 or 3:30 p.m." in said
    assert "It is not clear whether 1.234 has decimals" in said
    refused = imported(app, b"a,b\n1,2\n")
    assert refused["errors"]["file"][0].startswith("We do not recognise the headings.")


def test_a_statement_is_in_english(app: Flask, centre: SmallCentre) -> None:
    record = statements.create(centre.db, centre.emard, MONTH, NOW)
    with app.app_context():
        statement_jobs.render(app, record["_id"])
    text = text_of(statements.pdf(centre.db, record["_id"]))
    for words in ("Statement", "October 2026", "Commission of the month", "Draft", "On site", "page 1 of 1"):
        assert words in text
    assert "Liquidación" not in text
