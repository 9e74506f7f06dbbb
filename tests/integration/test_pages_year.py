"""The yearly report: its graphs, tables and files say what the API says, and every figure opens its list."""

import csv
import io
from xml.etree.ElementTree import Element

from python_calamine import CalamineWorkbook

from service.database import Db
from service.domain.money import Money
from tests import html
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.small_centre import SmallCentre

SVG = "{http://www.w3.org/2000/svg}"
YEAR = "/reportes/anual?anio=2026"


def marks(page: Page) -> dict[str, str]:
    """What each mark of the graphs says, and the list it opens."""
    found = [link for link in page.tree.iter(f"{SVG}a") if link.get("class", "").startswith("chart-mark")]
    return {html.text(link.find(f"{SVG}title")): link.get("href", "") for link in found}


def table(page: Page, caption: str) -> dict[str, list[str]]:
    """{"oct": the cells of the month's row}."""
    [found] = [one for one in page.tree.iter("table") if html.text(one.find("caption")) == caption]
    return {html.text(row[0]): [html.text(cell) for cell in row[1:]] for row in found.findall(".//tbody/tr")}


def rated(db: Db, month: str, ratings: list[int]) -> None:
    for number, rating in enumerate(ratings):
        sent = {"_id": f"{month}:{number}", "link_hash": f"{month}{number}", "version": 1, "state": "sent"}
        answer = {"answered_at": NOW, "answer": {"nps": rating, "stars": [], "comment": ""}}
        db.invitations.insert_one({**sent, "month": month, **answer, "pending": [month]})


def test_a_year_has_a_mark_for_every_figure_with_the_year_before_beside_it(
    centre: SmallCentre, pages: PageClient
) -> None:
    centre.session("2025-10-02", "09:00", centre.lucia, centre.emard)
    centre.session("2026-12-02", "09:00", centre.lucia, centre.emard)
    page = pages.get(YEAR)
    assert page.heading == "Reporte anual"
    said = marks(page)
    assert "Octubre 2026 (en curso) · Recurrentes: 2 · octubre 2025: 0" in said
    assert "Octubre 2026 (en curso) · Virtuales: 3 · octubre 2025: 1" in said
    assert "Octubre 2026 (en curso) · Soles: S/ 1,675.00 · octubre 2025: S/ 180.00" in said
    assert "Octubre 2026 (en curso) · Dólares: US$ 150.00 · octubre 2025: –" in said
    assert not any(words.startswith("Agosto") for words in said), "nothing to open where nothing was"
    assert (
        "Octubre va en curso. Por venir, con lo ya programado: diciembre. Sin sesiones: enero, febrero"
        in page.text
    )
    assert [html.text(text) for text in page.tree.iter(f"{SVG}text") if text.get("class") == "chart-label"][
        :12
    ] == [
        *("ene", "feb", "mar", "abr", "may", "jun"),
        *("jul", "ago", "set", "oct", "nov", "dic"),
    ]
    assert len([one for one in page.tree.iter(f"{SVG}rect") if one.get("class") == "chart-running"]) == 5 + 3
    assert "Diciembre 2026 (por venir) · Recurrentes: 1 · diciembre 2025: 0" in said


def test_every_mark_and_every_figure_of_a_table_opens_a_list_that_says_it(
    centre: SmallCentre, pages: PageClient
) -> None:
    centre.session("2026-10-20", "08:00", centre.bruno, centre.emard)
    page = pages.get(YEAR)
    said = [(words.split(": ")[1].split(" · ")[0], address) for words, address in marks(page).items()]
    figures = [(html.text(a), a.get("href", "")) for a in page.tree.iter("a") if a.get("class") == "number"]
    assert len(figures) >= 13
    for figure, address in [*said, *figures]:
        foot = html.text(pages.get(address).tree.find(".//tfoot"))
        assert figure in foot if "/" in figure or "$" in figure else f"de {figure} cliente" in foot, address


def test_the_nps_of_a_month_with_its_interval_and_a_gap(
    db: Db, centre: SmallCentre, pages: PageClient
) -> None:
    rated(db, "2026-07", [10] * 18 + [7] * 8 + [3] * 4)
    rated(db, "2026-09", [10, 9, 9, 0])
    rated(db, "2025-07", [9, 10])
    page = pages.get(YEAR)
    said = marks(page)
    july = "Julio 2026 · NPS 47, de 18 a 67 · 30 respuestas · julio 2025: 100"
    september = (
        "Setiembre 2026 · NPS 50, de −34 a 91 · 4 respuestas · muestra insuficiente · setiembre 2025: –"
    )
    assert said[july] == "/encuestas?mes=2026-07"
    assert september in said
    assert not [words for words in said if "NPS" in words and words.startswith("Agosto")]
    assert "nps-line" not in {line.get("class") for line in page.tree.iter(f"{SVG}line")}, "a gap between"
    assert table(page, "NPS por mes")["jul"] == ["47", "18 a 67", "30", "100 %", "100"]
    assert table(page, "NPS por mes")["ago"][0] == "–"
    assert "Sin respuestas a la encuesta: enero" in page.text


def test_the_points_between_two_scores_are_those_between_the_scores_that_are_shown(
    db: Db, centre: SmallCentre, pages: PageClient
) -> None:
    rated(db, "2026-08", [10] + [7] * 9)
    rated(db, "2026-09", [10] + [7] * 7)  # 12.5, shown as 13
    text = html.text(pages.get("/reportes/mensual?mes=2026-09").tree.find(".//main"))
    assert "NPS 13" in text
    assert "▲ 3 puntos más que en agosto" in text
    assert file_rows(pages, "anio=2026")[20]["NPS"] == "12.50"


def test_the_tables_and_the_files_say_what_the_api_says(
    api: ApiClient, db: Db, centre: SmallCentre, pages: PageClient
) -> None:
    rated(db, "2026-09", [10, 9, 9, 0])
    months = api.get("/reports/yearly", year="2026")["months"]
    clients = table(pages.get(f"{YEAR}&vista=tablas"), "Clientes recurrentes y nuevos")
    assert [cells[0::2] for cells in clients.values()] == [
        [str(own[name]) for name in ("recurrent_clients", "new_clients", "clients")] for own in months
    ]
    rows = file_rows(pages, "anio=2026")
    assert [row["Mes"] for row in rows][11:13] == ["2025-12", "2026-01"]
    for row, own in zip(rows[12:], months, strict=True):
        assert row["Sesiones"] == str(own["sessions"])
        assert row["Clientes en ambas"] == str(own["both_clients"])
        assert row["Ingresos brutos PEN"] == own["gross"].get("PEN", "")
        assert row["Ingresos brutos USD"] == own["gross"].get("USD", "")
        assert row["Respuestas"] == str(own["nps"]["answers"])
    assert rows[20]["NPS"] == "50.00"
    for graph in ("nps", "clientes", "tipo", "ingresos"):
        part = file_rows(pages, f"anio=2026&grafico={graph}")
        assert all({**whole, **row} == whole for whole, row in zip(rows, part, strict=True))
        book = pages.http.get(f"/reportes/anual/exportar.xlsx?anio=2026&grafico={graph}").get_data()
        headings, *cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
        assert (headings, len(cells)) == (list(part[0]), 24)


def file_rows(pages: PageClient, query: str) -> list[dict[str, str]]:
    response = pages.http.get(f"/reportes/anual/exportar.csv?{query}")
    assert response.headers["Content-Disposition"].startswith('attachment; filename="reporte-2026')
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")))


def test_a_year_of_one_currency_of_one_month_and_of_nothing(centre: SmallCentre, pages: PageClient) -> None:
    centre.session("2024-02-01", "09:00", centre.jose, centre.emard, price=Money(1_000_000, "PEN"))
    one = pages.get("/reportes/anual?anio=2024")
    assert "Dólares" not in html.text(one.tree.find(".//main"))
    assert "Soles miles de S/" in one.text
    assert len(marks(one)) == 3
    assert "Nada en 2023 ni en 2022" in pages.get("/reportes/anual?anio=2023").text


def test_the_line_of_the_year_before_is_there_where_everybody_was_new(
    centre: SmallCentre, pages: PageClient
) -> None:
    page = pages.get("/reportes/anual?anio=2027")
    [stack] = [
        svg for svg in page.tree.iter(f"{SVG}svg") if "recurrentes y nuevos" in svg.get("aria-label", "")
    ]
    lines = [line for line in stack.iter(f"{SVG}line") if line.get("class") == "chart-before"]
    assert len(lines) == 2, "September 2026, with new clients only, and October"


def test_what_is_no_year_and_no_graph(centre: SmallCentre, pages: PageClient) -> None:
    pages.get("/reportes/anual?anio=20x6", status=422)
    pages.get("/reportes/anual/exportar.csv?anio=2026&grafico=nada", status=422)
    assert pages.get("/reportes/anual").text.count("2026")


def test_the_reports_lead_to_each_other(centre: SmallCentre, pages: PageClient) -> None:
    year = pages.get(pages.get("/reportes/mensual?mes=2026-10").link("Año"))
    assert year.path == "/reportes/anual?anio=2026"
    assert year.link("Mes") == "/reportes/mensual?mes=2026-10"
    assert _current(year.tree) == "Año"


def _current(tree: Element) -> str:
    return next(
        html.text(link)
        for link in tree.iter("a")
        if link.get("aria-current") == "page" and "segment" in link.get("class", "")
    )
