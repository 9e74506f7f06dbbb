"""Lists as files: what the list shows with its filter, adding up to what it says, and imported again."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from service import importing
from service.blueprints.pages import exports
from service.config import Settings
from service.database import Db
from service.documents import clients, imports, month_closing, months, psychotherapists, sessions
from service.documents.store import Document
from service.domain.money import Money
from tests.conftest import NOW, STAFF_ID, close, make_app
from tests.page_client import PageClient, logged_in
from tests.small_centre import MONTH, TODAY, SmallCentre

#: What an import reads of an exported session: the others follow from it or are not in any sheet.
READ = 13


@pytest.fixture
def person(app: Flask) -> PageClient:
    return logged_in(app)


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[Flask]:
    """Another centre, empty."""
    app = make_app(replace(settings, mongodb_db=f"{settings.mongodb_db}_b"))
    yield app
    app.extensions["db"].client.drop_database(app.config["SETTINGS"].mongodb_db)
    close(app)


def fetched(person: PageClient, path: str, status: int = 200) -> TestResponse:
    response = person.http.get(path)
    assert response.status_code == status, response.text
    return response


def csv_rows(response: TestResponse) -> list[dict[str, str]]:
    text = response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def xlsx_rows(response: TestResponse) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.get_data()))
    return list(book.get_sheet_by_index(0).to_python())


def test_a_months_file_has_every_session_and_adds_up_to_its_list(
    centre: SmallCentre, person: PageClient
) -> None:
    rows = csv_rows(fetched(person, f"/citas/exportar.csv?mes={MONTH}"))
    totals = months.totals(centre.db, {"month": MONTH})
    assert len(rows) == sum(totals["by_status"].values()) == 14
    for currency, cents in totals["by_currency"].items():
        for column, name in (
            ("Ingreso", "gross"),
            ("Comisión", "commission"),
            ("Para el centro", "center_share"),
        ):
            column_sum = sum(Decimal(row[column]) for row in rows if row["Moneda"] == currency)
            assert column_sum * 100 == cents[f"{name}_cents"], (currency, column)
    first = rows[0]
    assert (first["Fecha"], first["Hora inicio"], first["Hora fin"]) == ("2026-10-01", "09:00", "09:50")
    assert (first["Paciente"], first["DNI"]) == ("Lucía Fernández Ñahui", "45310882")
    assert [row["Estado"] for row in rows].count("No asistió") == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [("estado=cuentan", 11), ("estado=cancelled", 2), ("moneda=USD", 3), ("q=mateo", 3), ("mes=2026-09", 2)],
)
def test_the_file_has_the_filter_of_the_list(
    centre: SmallCentre, person: PageClient, query: str, count: int
) -> None:
    query = query if "mes=" in query else f"mes={MONTH}&{query}"
    assert len(csv_rows(fetched(person, f"/citas/exportar.csv?{query}&pagina=7"))) == count
    assert len(xlsx_rows(fetched(person, f"/citas/exportar.xlsx?{query}"))) == 1 + count


def test_both_formats_say_the_same_of_every_list(centre: SmallCentre, person: PageClient) -> None:
    for path in ("/citas", "/clientes", "/psicoterapeutas", "/reportes/mensual"):
        plain = fetched(person, f"{path}/exportar.csv?mes={MONTH}")
        book = fetched(person, f"{path}/exportar.xlsx?mes={MONTH}")
        rows, (headings, *cells) = csv_rows(plain), xlsx_rows(book)
        assert headings == list(rows[0])
        assert len(cells) == len(rows)
        names = next(h for h in headings if h in ("Paciente", "Apellidos", "Psicoterapeuta"))
        assert [row[headings.index(names)] for row in cells] == [row[names] for row in rows]
        for response, ending in ((plain, "csv"), (book, "xlsx")):
            assert response.headers["Content-Disposition"].endswith(f'.{ending}"')
            assert response.headers["Cache-Control"] == "no-store"


def test_a_report_has_a_row_per_psychotherapist_and_currency(centre: SmallCentre, person: PageClient) -> None:
    rows = csv_rows(fetched(person, f"/reportes/mensual/exportar.csv?mes={MONTH}"))
    figures = months.figures(centre.db, MONTH)
    assert sum(int(row["Sesiones"]) for row in rows) == figures["sessions"]
    for currency, cents in figures["gross"].items():
        gross = [Decimal(row["Ingresos brutos"]) for row in rows if row["Moneda"] == currency]
        assert sum(gross) * 100 == cents


def test_a_clients_history_with_its_state(centre: SmallCentre, person: PageClient) -> None:
    page = person.get(f"/clientes/{centre.jose}?estado=done")
    rows = csv_rows(fetched(person, page.link("CSV")))
    assert [(row["Fecha"], row["Estado"]) for row in rows] == [
        ("2026-10-05", "Realizada"),
        ("2026-09-10", "Realizada"),
    ]
    page = person.get(f"/clientes/{centre.jose}")
    everything = xlsx_rows(fetched(person, page.link("Excel")))
    assert len(everything) == 1 + 4
    fetched(person, "/clientes/historia/exportar.csv?cliente=nadie", 404)
    fetched(person, f"/clientes/historia/exportar.csv?cliente={centre.jose}&estado=otro", 422)


def test_clients_by_search_and_the_archived_ones(centre: SmallCentre, person: PageClient) -> None:
    clients.delete(centre.db, centre.jose, None, NOW)
    rows = csv_rows(fetched(person, "/clientes/exportar.csv?q=fernandez"))
    assert [row["Nombres"] for row in rows] == ["Luciano", "Lucía"]
    [archived] = csv_rows(fetched(person, "/clientes/exportar.csv?archivados=1"))
    assert (archived["Nombres"], archived["Apellidos"]) == ("José Ángel", "Ríos")
    [child] = csv_rows(fetched(person, "/clientes/exportar.csv?q=mateo"))
    assert (child["Fecha de nacimiento"], child["Edad"]) == ("2016-05-01", "10")


def test_nobody_without_a_login_and_nothing_that_is_no_list(app: Flask, person: PageClient) -> None:
    response = app.test_client().get("/citas/exportar.csv")
    assert response.mimetype != "text/csv"
    assert "Fecha,Hora" not in response.text
    fetched(person, "/citas/exportar.pdf", 404)
    fetched(person, "/citas/exportar.csv?estado=nada", 422)
    fetched(person, "/citas/exportar.xlsx?mes=2026-13", 422)


def test_a_list_too_long_for_a_file_is_refused_and_says_so(
    centre: SmallCentre, person: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS", 3)
    for path in ("/citas/exportar.csv", "/clientes/exportar.xlsx"):
        assert "más de 3 filas" in fetched(person, f"{path}?mes={MONTH}", 422).text
    assert len(csv_rows(fetched(person, "/psicoterapeutas/exportar.csv"))) == 3


@pytest.fixture
def odd(centre: SmallCentre) -> SmallCentre:
    """Sessions and people that are hard to write into a cell."""
    db = centre.db

    def client(given: str, family: str, **more: Any) -> str:
        return str(clients.create(db, {"given_names": given, "family_names": family, **more}, NOW)["_id"])

    foreign = client(
        "=SUM(A1)", "@Pérez", document={"type": "CE", "number": "001234567"}, phone="+34612345678"
    )
    traveller = client(
        "Ana María", "del Río", document={"type": "passport", "number": "AB12345"}, email="+ana@example.com"
    )
    zeros = client("Noé", "Ñahui", document={"type": "DNI", "number": "04531088"}, phone="+51990083450")
    note = {"note": "=1+1 y\n-2; \"comillas\", 'tilde'"}
    centre.session("2026-10-31", "23:00", foreign, centre.emard, minutes=59, **note)
    centre.session("2026-10-01", "00:00", traveller, centre.emard, price=Money(123450, "USD"), note="'5")
    centre.session(
        "2026-10-20", "06:05", zeros, centre.fisher, note="＝1", charge=Money(500, "PEN"), status="no_show"
    )
    return centre


def imported(app: Flask, content: bytes, name: str) -> Document:
    """The record of a file that was imported without a preview."""
    db, settings = app.extensions["db"], app.config["SETTINGS"]
    record = imports.create(db, name, content, False, STAFF_ID, NOW, None)
    assert importing.run(db, settings, record["_id"])
    return imports.get(db, record["_id"])


def counts(record: Document) -> dict[str, Any]:
    return {name: record.get(name) for name in ("status", "imported", "duplicates", "ignored", "rejected")}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exported_sessions_imported_where_they_are_add_nothing(
    app: Flask, db: Db, odd: SmallCentre, person: PageClient, ending: str
) -> None:
    content = fetched(person, f"/citas/exportar.{ending}?mes={MONTH}").get_data()
    before = stored(db)
    record = imported(app, content, f"citas.{ending}")
    assert counts(record) == {
        "status": "applied",
        "imported": 0,
        "duplicates": 17,
        "ignored": 0,
        "rejected": 0,
    }
    # An apostrophe that somebody typed before a digit reads as Excel's own.
    different = [
        difference
        for item in imports.items(db, record["_id"], "different")
        for difference in item["differences"]
    ]
    assert [(one["column"], one["value"], one["there"]) for one in different] == [("Nota", "5", "'5")]
    assert stored(db) == before


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exported_to_an_empty_centre_everything_arrives(
    app: Flask, elsewhere: Flask, odd: SmallCentre, person: PageClient, ending: str
) -> None:
    people = fetched(person, f"/psicoterapeutas/exportar.{ending}").get_data()
    content = fetched(person, f"/citas/exportar.{ending}?mes={MONTH}").get_data()
    assert counts(imported(elsewhere, people, f"p.{ending}"))["imported"] == 3
    assert counts(imported(elsewhere, content, f"c.{ending}"))["imported"] == 17
    assert counts(imported(elsewhere, content, f"c.{ending}"))["duplicates"] == 17
    there = elsewhere.extensions["db"]
    assert sessions.count(there, {"month": MONTH}) == 17
    assert {one["commission_bp"] for p in psychotherapists.search(there) for one in p["terms"]} == {
        3750,
        3000,
        4250,
    }
    elsewhere.extensions["db"].staff.insert_one(app.extensions["db"].staff.find_one({"_id": STAFF_ID}))
    again = fetched(logged_in(elsewhere), f"/citas/exportar.csv?mes={MONTH}")
    assert essence(again) == essence(fetched(person, f"/citas/exportar.csv?mes={MONTH}"))


def essence(response: TestResponse) -> list[list[str]]:
    """What an import reads of the rows, notes on one line and without what reads as Excel's apostrophe."""
    rows = [list(row.values()) for row in csv_rows(response)]
    return sorted([*row[:READ], " ".join(row[-1].split()).removeprefix("'")] for row in rows)


def stored(db: Db) -> dict[str, list[Any]]:
    names = ("clients", "sessions", "psychotherapists")
    return {name: sorted(db[name].find(), key=lambda one: one["_id"]) for name in names}


def test_the_new_clients_of_a_month_and_of_a_range(centre: SmallCentre, person: PageClient) -> None:
    report = person.get(f"/reportes/mensual?mes={MONTH}")
    rows = csv_rows(fetched(person, report.link("CSV clientes nuevos")))
    assert [(row["Nombres"], row["Primera cita"]) for row in rows] == [
        ("Mateo", "2026-10-05"),
        ("Ana <b>", "2026-10-07"),
    ]
    person.get("/clientes")
    assert person.last is not None
    sent = person.last.fields("CSV")
    assert dict(sent) == {"desde": MONTH, "hasta": MONTH}
    both = fetched(person, f"/clientes/nuevos/exportar.xlsx?desde=2026-09&hasta={MONTH}")
    assert [row[0] for row in xlsx_rows(both)] == ["Mes", "2026-09", "2026-09", MONTH, MONTH]
    fetched(person, f"/clientes/nuevos/exportar.csv?desde={MONTH}&hasta=2026-09", 422)


def test_a_closed_months_new_clients_are_those_it_kept(centre: SmallCentre, person: PageClient) -> None:
    address = "/clientes/nuevos/exportar.csv?mes=2026-09"
    before = csv_rows(fetched(person, address))
    assert [row["Nombres"] for row in before] == ["Lucía", "José Ángel"]
    month_closing.close(centre.db, "2026-09", STAFF_ID, TODAY, NOW)
    centre.session("2026-08-03", "09:00", centre.lucia, centre.emard)
    assert csv_rows(fetched(person, address)) == before
