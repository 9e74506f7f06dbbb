"""Spreadsheets by the API: ten years of them, undone and repeated; bad files; a process that is killed."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask import Flask

from service import importing
from service.config import Settings
from service.database import Db
from service.documents import import_batch, merges
from tests.api_client import ApiClient
from tests.conftest import NOW, STAFF_ID
from tests.multipart import form_with_file
from tests.people_data import client
from tests.stored import one

SHEETS = Path(__file__).parents[1] / "data" / "sheets"
EXPECTED = json.loads((SHEETS / "expected.json").read_text("utf-8"))
YEARS = sorted(EXPECTED["files"])


class Importer:
    """Uploads files and has what waits done here, as the worker does it."""

    def __init__(self, api: ApiClient, db: Db, settings: Settings) -> None:
        self.api, self.db, self.settings = api, db, settings

    def upload(
        self, content: bytes, name: str = "citas.csv", preview: str = "false", status: int = 202
    ) -> Any:
        """The import's record once its work is done."""
        answer = self.send(content, name, preview, status)
        return self.done(answer["id"]) if status == 202 else answer

    def send(self, content: bytes, name: str = "citas.csv", preview: str = "false", status: int = 202) -> Any:
        """The answer to an upload, whose work waits."""
        return self.api.call(
            "POST", "/imports", status, **form_with_file(content, name, {"preview": preview})
        )

    def file(self, path: Path, preview: str = "false") -> Any:
        return self.upload(path.read_bytes(), path.name, preview)

    def year(self, year: str, preview: str = "false") -> Any:
        return self.file(next(SHEETS.glob(f"citas-{year}.*")), preview)

    def step(self, import_id: str, name: str, status: int = 202) -> Any:
        answer = self.api.post(f"/imports/{import_id}/{name}", status=status)
        return self.done(import_id) if status == 202 else answer

    def done(self, import_id: str) -> Any:
        assert importing.run(self.db, self.settings, import_id)
        return self.api.get(f"/imports/{import_id}")


@pytest.fixture
def importer(api: ApiClient, db: Db, app: Flask) -> Importer:
    """An importer that knows the psychotherapists of the sheets."""
    importer = Importer(api, db, app.config["SETTINGS"])
    assert importer.file(SHEETS / "psicoterapeutas.csv")["imported"] == 12
    return importer


def stored(db: Db) -> dict[str, list[Any]]:
    """Every document that people work with."""
    names = ("clients", "sessions", "psychotherapists", "calendars")
    there = {"deleted_at": {"$exists": False}}
    return {name: sorted(db[name].find(there), key=lambda one: one["_id"]) for name in names}


@pytest.mark.timeout(300)
def test_ten_years_give_every_figure_of_every_month(importer: Importer, db: Db) -> None:
    for year in YEARS:
        record, expected = importer.year(year), EXPECTED["files"][year]
        assert record["status"] == "applied"
        counts = {name: record[name] for name in ("imported", "duplicates", "ignored", "rejected")}
        assert counts == {name: expected[name] for name in counts}, year
        assert [reject["code"] for reject in record["rejects"]] == expected["reasons"]
    assert importer.api.get("/clients", per_page=1)["total"] == EXPECTED["clients"]
    assert importer.api.get("/sessions", per_page=1)["total"] == EXPECTED["sessions"]
    for month, figures in EXPECTED["months"].items():
        assert as_expected(importer.api.get("/reports/monthly", month=month)) == figures, month

    before = stored(db)
    for year in YEARS:
        again = importer.year(year)
        assert (again["imported"], again["duplicates"]) == (0, record_rows(year)), year
    assert stored(db) == before


def test_undoing_the_last_import_gives_back_the_state_before_it(importer: Importer, db: Db) -> None:
    importer.year("2014")
    before = stored(db)
    record = importer.year("2015")
    assert stored(db) != before
    assert importer.step(record["id"], "undo")["status"] == "undone"
    assert stored(db) == before
    importer.step(record["id"], "undo", status=409)
    assert importer.year("2015")["imported"] == EXPECTED["files"]["2015"]["imported"]


def test_a_preview_adds_nothing_until_it_is_applied(importer: Importer, db: Db) -> None:
    before = stored(db)
    preview = importer.year("2014", preview="true")
    assert (preview["status"], preview["imported"]) == ("preview", EXPECTED["files"]["2014"]["imported"])
    assert stored(db) == before
    applied = importer.step(preview["id"], "apply")
    assert (applied["status"], applied["imported"]) == ("applied", preview["imported"])
    assert db.sessions.count_documents({}) == preview["imported"]
    importer.step(preview["id"], "apply", status=409)


def test_what_was_edited_or_is_used_since_keeps_an_import_from_being_undone(
    importer: Importer, db: Db
) -> None:
    record = importer.year("2014")
    session = importer.api.get("/sessions", month="2014-01", per_page=1)["items"][0]
    importer.api.patch(f"/sessions/{session['id']}", {"note": "revisada"})
    later = {**session, "starts_at": "2026-10-20T10:00:00-05:00", "ends_at": "2026-10-20T10:50:00-05:00"}
    fields = ("client_id", "psychotherapist_id", "starts_at", "ends_at", "modality")
    importer.api.post("/sessions", {name: later[name] for name in fields})
    before = stored(db)
    problem = importer.step(record["id"], "undo", status=409)
    assert {(item["type"], item["id"], item["reason"]) for item in problem["in_the_way"]} == {
        ("sessions", session["id"], "edited"),
        ("clients", session["client_id"], "used"),
    }
    assert stored(db) == before


def test_an_import_into_a_closed_month_is_made_up_for_later_and_stays(importer: Importer, db: Db) -> None:
    api = importer.api
    api.post("/months/2014-01/close", status=200)
    before = api.get("/reports/monthly", month="2014-01")
    record = importer.year("2014")
    assert api.get("/reports/monthly", month="2014-01") == before
    assert api.get("/sessions", month="2014-01")["total"] == 0
    expected = EXPECTED["months"]["2014-01"]
    late = api.get("/reports/monthly", month="2014-02")["adjustments"]
    assert {currency: cents["gross"] for currency, cents in late.items()} == expected["gross"]
    assert record["status"] == "applied"
    api.post("/months/2014-02/close", status=200)
    problem = importer.step(record["id"], "undo", status=409)
    assert {item["reason"] for item in problem["in_the_way"]} == {"closed"}
    assert api.get("/reports/monthly", month="2014-02")["adjustments"] == late


def test_a_merge_that_was_undone_keeps_no_import_from_being_undone(importer: Importer, db: Db) -> None:
    importer.year("2014")
    before = stored(db)
    record = importer.year("2015")
    first, second, third = (
        client["_id"] for client in db.clients.find({"batch": record["id"]}).sort("_id", 1).limit(3)
    )
    db.clients.update_many({"_id": {"$in": [first, second, third]}}, {"$unset": {"document": ""}})
    assert db.sessions.count_documents({"client_id": first}) > 0
    for from_id, into_id in ((first, second), (second, third), (first, third)):
        merge_id = merges.merge(db, from_id, into_id, None, STAFF_ID, NOW)["_id"]
        problem = importer.step(record["id"], "undo", status=409)
        assert {("clients", from_id), ("clients", into_id)} <= {
            (item["type"], item["id"]) for item in problem["in_the_way"]
        }
        merges.undo(db, merge_id, NOW)
    assert importer.step(record["id"], "undo")["status"] == "undone"
    assert {**stored(db), "calendars": []} == before, "calendars only count their writes"


def test_what_is_edited_while_an_import_is_taken_back_stays(importer: Importer, db: Db) -> None:
    """Between the look at what is in the way and the taking back."""
    record = importer.year("2014")
    session = importer.api.get("/sessions", month="2014-01", per_page=1)["items"][0]
    importer.api.patch(f"/sessions/{session['id']}", {"note": "revisada"})
    import_batch.remove(db, record["id"], NOW, lambda done, total: None)
    assert [one["_id"] for one in db.sessions.find({"batch": record["id"]})] == [session["id"]]
    assert [one["_id"] for one in db.clients.find({"batch": record["id"]})] == [session["client_id"]]


def test_rejected_rows_can_be_corrected_and_imported_again(importer: Importer) -> None:
    record = importer.year("2014")
    text = importer.api.get(f"/imports/{record['id']}/rejects.csv").decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + record["rejected"]
    again = importer.upload(text.replace("abc", "100.00").encode(), "rechazadas.csv")
    assert again["status"] == "applied"
    assert again["imported"] + again["rejected"] == record["rejected"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 \x00\x01\x02", "archivo"),
        (b"PK\x03\x04 no book", "archivo"),
        (b"Nombre,Edad\nAna,30\n", "encabezados"),
        (b"\n\n\n", "vacío"),
        (b"Fecha,Hora inicio,Hora fin,Paciente,Psicoterapeuta,Tipo,Moneda,Monto\n", "filas"),
    ],
)
def test_a_file_that_is_no_sheet_fails_with_a_reason(
    importer: Importer, db: Db, content: bytes, words: str
) -> None:
    before = stored(db)
    record = importer.upload(content)
    assert record["status"] == "failed"
    assert words in " ".join(record["errors"]["file"]).lower()
    assert stored(db) == before
    importer.step(record["id"], "apply", status=409)


def test_an_upload_without_file_empty_or_too_large_is_refused_at_once(importer: Importer, db: Db) -> None:
    importer.upload(b"", status=422)
    importer.upload(b"x" * (10 * 1024 * 1024 + 1), status=413)
    importer.upload(b"x" * (20 * 1024 * 1024), status=413)
    importer.api.call("POST", "/imports", 422, data={}, content_type="multipart/form-data")
    importer.upload(b"x", preview="perhaps", status=422)
    assert db.imports.count_documents({}) == 1


def test_an_excel_file_keeps_dates_times_numbers_and_leading_zeros(importer: Importer) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        clock = workbook.add_format({"num_format": "hh:mm"})
        sheet.write_row(
            0, 0, ["Fecha", "Hora inicio", "Hora fin", "Paciente", "DNI", "Psicoterapeuta", "Tipo", "Monto"]
        )
        sheet.write_number(1, 0, 44743, day)
        sheet.write_number(1, 1, 0.4375, clock)
        sheet.write_number(1, 2, 0.46875, clock)
        sheet.write_row(1, 3, ["Ana Ñahui", 4531088, "Ronald Emard", "Virtual", 180.5])
        sheet.write(0, 8, "Moneda")
        sheet.write(1, 8, "S/")
    record = importer.upload(book.getvalue(), "citas.xlsx")
    assert (record["imported"], record["rejects"]) == (1, [])
    [session] = importer.api.get("/sessions", month="2022-07")["items"]
    assert session["price"]["amount"] == "180.50"
    assert importer.api.get("/clients", q="04531088")["total"] == 1


def test_the_same_upload_with_one_key_is_one_import(importer: Importer, db: Db) -> None:
    for content, status in ((b"a", 202), (b"a", 202), (b"b", 422)):
        sent = form_with_file(content, "citas.csv", {})
        importer.api.call("POST", "/imports", status, **sent, headers={"Idempotency-Key": "k"})
    assert db.imports.count_documents({}) == 2


def as_expected(report: dict[str, Any]) -> dict[str, Any]:
    """A month's report in the words of expected.json."""
    names = EXPECTED["months"]["2014-01"].keys() - {"psychotherapists"}
    people = {
        person["name"]: {
            "sessions": person["sessions"],
            "clients": person["clients"],
            "by_currency": {
                currency: {name: own[name] for name in ("sessions", "gross", "commission")}
                for currency, own in person["by_currency"].items()
            },
        }
        for person in report["psychotherapists"]
    }
    return {**{name: report[name] for name in names}, "psychotherapists": people}


def record_rows(year: str) -> int:
    """Rows of a year's file that say something acceptable."""
    expected = EXPECTED["files"][year]
    return int(expected["imported"] + expected["duplicates"])


def test_a_psychotherapist_whom_a_client_names_since_keeps_the_import_from_being_undone(
    importer: Importer, db: Db
) -> None:
    [record] = importer.api.get("/imports")["items"]
    person = one(db.psychotherapists, {"batch": record["id"]})
    links = {"psychotherapists": [{"psychotherapist_id": person["_id"], "since": "2026-01-01"}]}
    client(db, "Rosa", "Quispe", relationships=links)
    undone = importer.step(record["id"], "undo", 409)
    assert {"type": "psychotherapists", "id": person["_id"], "reason": "used"} in undone["in_the_way"]


def test_imports_are_listed_the_latest_first(importer: Importer, db: Db) -> None:
    first, second = (importer.upload(b"Fecha\n", f"{name}.csv")["id"] for name in "ab")
    for hours, each in enumerate((second, first), 1):
        db.imports.update_one({"_id": each}, {"$set": {"created_at": NOW + timedelta(hours=hours)}})
    listed = importer.api.get("/imports", per_page=2)
    assert (listed["total"], [each["id"] for each in listed["items"]]) == (3, [first, second])
