"""A year of imported sheets: API, pages, lists, files, graphs and PDFs say what arithmetic worked out."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import workers.statements as job
from service.database import Db
from service.documents import psychotherapists, statements
from service.domain.people import full_name
from tests import html, page_client
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.statement_data import text_of

SHEETS = Path(__file__).parents[1] / "data" / "sheets"
EXPECTED: dict[str, Any] = json.loads((SHEETS / "expected.json").read_text("utf-8"))["months"]
#: The first year of all: who is new in it needs no other file.
YEAR = "2014"
MONTHS = [f"{YEAR}-{number:02d}" for number in range(1, 13)]
SYMBOLS = {"PEN": "S/", "USD": "US$"}
NAMES = {"PEN": "Soles", "USD": "Dólares"}
#: A line of a statement: its hours, and at the end amount, percent and commission.
PDF_LINE = re.compile(r"\d\d:\d\d–\d\d:\d\d .*? (S/|US\$) ([\d,.]+) [\d.]+ % (?:S/|US\$) ([\d,.]+)")
#: A row of its totals: sessions, charges, gross income, the centre's share, commission.
PDF_TOTAL = re.compile(r"(Soles|Dólares) (\d+) (\d+)" + r" (?:S/|US\$) ([\d,.]+)" * 3)
SVG = "{http://www.w3.org/2000/svg}"
COUNTS = (
    *("sessions", "clients", "new_clients", "recurrent_clients", "virtual_clients", "on_site_clients"),
    *("virtual_sessions", "on_site_sessions"),
)


@pytest.fixture
def pages(app: Flask, db: Db) -> PageClient:
    """The pages of a centre that imported one year."""
    files = [str(SHEETS / f"citas-{YEAR}.csv"), "--psychotherapists", str(SHEETS / "psicoterapeutas.csv")]
    assert app.test_cli_runner().invoke(args=["import-sheets", *files]).exit_code == 0
    return page_client.logged_in(app)


def read_csv(pages: PageClient, address: str) -> list[dict[str, str]]:
    content = pages.http.get(address).get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def shown(currency: str, amount: str) -> str:
    return f"{SYMBOLS[currency]} {Decimal(amount):,.2f}"


def test_every_figure_of_a_year_is_the_one_worked_out(app: Flask, api: ApiClient, pages: PageClient) -> None:
    yearly = {own["month"]: own for own in api.get("/reports/yearly", year=YEAR)["months"]}
    file = {row["Mes"]: row for row in read_csv(pages, f"/reportes/anual/exportar.csv?anio={YEAR}")}
    drawn = marks(pages)
    for month in MONTHS:
        expected = EXPECTED[month]
        assert {name: yearly[month][name] for name in (*COUNTS, "gross")} == {
            name: expected[name] for name in (*COUNTS, "gross")
        }
        assert drawn[month] == in_the_graphs(expected)
        assert_file_says(file[month], expected)
        new = api.get("/reports/new-clients.csv", 200, month=month).decode("utf-8-sig").splitlines()
        assert len(new) - 1 == expected["new_clients"]
        assert sums_of_list(pages, month) == sums_of_pdfs(app, month, expected) == by_person(expected)
        assert_page_says(pages, month, expected)


def marks(pages: PageClient) -> dict[str, set[str]]:
    """What the graphs' marks say, by month: {"Recurrentes: 12", …}."""
    found: dict[str, set[str]] = {month: set() for month in MONTHS}
    names = ["Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto", "Setiembre", "Octubre"]
    numbers = dict(zip([*names, "Noviembre", "Diciembre"], MONTHS, strict=True))
    for link in pages.get(f"/reportes/anual?anio={YEAR}").tree.iter(f"{SVG}a"):
        month, figure, _before = html.text(link.find(f"{SVG}title")).split(" · ")
        found[numbers[month.split(" ")[0]]].add(figure)
    return found


def in_the_graphs(expected: dict[str, Any]) -> set[str]:
    counts = {
        "Recurrentes": expected["recurrent_clients"],
        "Nuevos": expected["new_clients"],
        "Virtuales": expected["virtual_clients"],
        "Presenciales": expected["on_site_clients"],
    }
    amounts = {NAMES[code]: shown(code, sum) for code, sum in expected["gross"].items()}
    return {f"{name}: {figure}" for name, figure in {**counts, **amounts}.items() if figure}


def assert_file_says(row: dict[str, str], expected: dict[str, Any]) -> None:
    headings = [
        *("Sesiones", "Clientes activos", "Clientes nuevos", "Clientes recurrentes", "Clientes virtuales"),
        *("Clientes presenciales", "Sesiones virtuales", "Sesiones presenciales"),
    ]
    assert [row[heading] for heading in headings] == [str(expected[name]) for name in COUNTS]
    gross = {code: row[f"Ingresos brutos {code}"] for code in SYMBOLS}
    assert {code: sum for code, sum in gross.items() if sum} == expected["gross"]


def by_person(expected: dict[str, Any]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """{(psychotherapist, currency): (gross, commission)}."""
    return {
        (name, code): (Decimal(own["gross"]), Decimal(own["commission"]))
        for name, person in expected["psychotherapists"].items()
        for code, own in person["by_currency"].items()
    }


def sums_of_list(pages: PageClient, month: str) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """The same, out of every line of the month's list."""
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for row in read_csv(pages, f"/citas/exportar.csv?mes={month}"):
        key = row["Psicoterapeuta"], row["Moneda"]
        sums[key] = sums[key][0] + Decimal(row["Ingreso"]), sums[key][1] + Decimal(row["Comisión"])
    return dict(sums)


def sums_of_pdfs(app: Flask, month: str, expected: dict[str, Any]) -> dict[Any, tuple[Decimal, Decimal]]:
    """The same, out of the lines that each psychotherapist's PDF prints; the PDF's own totals say it too."""
    sums: dict[Any, tuple[Decimal, Decimal]] = {}
    for name, text in pdfs(app, month, expected["psychotherapists"]):
        for symbol, amount, share in PDF_LINE.findall(text):
            key = name, next(code for code, sign in SYMBOLS.items() if sign == symbol)
            gross, commission = sums.get(key, (Decimal(0), Decimal(0)))
            sums[key] = gross + plain(amount), commission + plain(share)
        totals = {row[0]: [plain(cell) for cell in row[1:]] for row in PDF_TOTAL.findall(text)}
        assert totals == totals_of(expected["psychotherapists"][name])
    return sums


def totals_of(person: dict[str, Any]) -> dict[str, list[Decimal]]:
    """{"Soles": the row of the PDF's totals}; the sheets have no charges."""
    return {
        NAMES[code]: [
            *(Decimal(own["sessions"]), Decimal(0), Decimal(own["gross"])),
            *(Decimal(own["gross"]) - Decimal(own["commission"]), Decimal(own["commission"])),
        ]
        for code, own in person["by_currency"].items()
    }


def pdfs(app: Flask, month: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """(name, words of the PDF) of the statements of a month, made as the worker makes them."""
    db: Db = app.extensions["db"]
    for person_id, person in psychotherapists.names(db).items():
        if full_name(person) in names:
            asked = statements.create(db, person_id, month, NOW)["_id"]
            with app.app_context():
                job.render(app, asked)
            yield full_name(person), text_of(statements.pdf(db, asked))


def plain(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))


def assert_page_says(pages: PageClient, month: str, expected: dict[str, Any]) -> None:
    """The monthly page's table: a row per psychotherapist, and the totals at its foot."""
    table = pages.get(f"/reportes/mensual?mes={month}").tree.find(".//main//table")
    assert table is not None
    lines = {html.text(row[0]): html.text(row) for row in table.iter("tr")}
    for name, person in expected["psychotherapists"].items():
        assert f"{name} {person['sessions']} " in lines[name]
        for code, own in person["by_currency"].items():
            assert shown(code, own["gross"]) in lines[name]
            assert shown(code, own["commission"]) in lines[name]
    total = lines["Total"]
    assert f"Total {expected['sessions']} " in total
    assert f"{expected['virtual_sessions']} / {expected['on_site_sessions']}" in total
    assert all(shown(code, sum) in total for code, sum in expected["gross"].items())
