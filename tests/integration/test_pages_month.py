"""The month's list, today and the monthly report: every number opens the sessions that make it up."""

import re
from decimal import Decimal

from service.documents import month_closing, sessions
from service.domain.money import Money
from tests import html
from tests.api_client import ApiClient
from tests.conftest import NOW, STAFF_ID
from tests.page_client import Page, PageClient
from tests.small_centre import LIMA, MONTH, TODAY, SmallCentre

LIST = f"/citas?mes={MONTH}"


def rows(page: Page) -> list[str]:
    return [
        html.text(row).partition(" Cambiar el estado")[0] for row in page.tree.findall(".//table/tbody/tr")
    ]


def foot(page: Page) -> dict[str, list[str]]:
    """The list's foot: {"Para el centro": ["S/ 3,714.25", …], …}; the first line under "sessions"."""
    found = {}
    for row in page.tree.findall(".//tfoot/tr"):
        name, *figures = row
        sums = [
            html.text(money)
            for figure in figures
            for money in figure.iter("span")
            if money.get("class") == "money"
        ]
        found[html.text(name)] = sums
    return {("sessions" if "sesi" in name else name): sums for name, sums in found.items()}


def counts(page: Page) -> tuple[int, int]:
    """How many sessions and clients the foot of a list says."""
    said = re.search(r"(\d+) sesi\S+(?: de (\d+) cliente)?", html.text(page.tree.find(".//tfoot/tr/th")))
    assert said, page.text
    return int(said[1]), int(said[2] or 0)


# The month's list ------------------------------------------------------


def test_the_list_shows_each_session_with_its_people_money_and_state(
    centre: SmallCentre, pages: PageClient
) -> None:
    shown = rows(pages.get(LIST))
    assert len(shown) == 14
    assert shown[0].startswith("jue 01 09:00–09:50 Lucía Fernández Ñahui")
    assert shown[0].endswith("Ronald Emard Virtual S/ 180.00 S/ 67.50 Realizada")
    missed = next(row for row in shown if "No asistió" in row)
    assert "Ana <b> Ñahui & Hijos" in missed
    assert "S/ 200.00 S/ 100.00 S/ 40.00" in missed
    cancelled = next(row for row in shown if "jue 08" in row)
    assert "resp. Rosa Quispe Mamani" in cancelled
    assert "S/ 180.00 – – Cancelada" in cancelled
    assert "US$ 60.00 US$ 18.00" in shown[3]


def test_a_filter_narrows_the_list_and_stays_in_the_address(centre: SmallCentre, pages: PageClient) -> None:
    for filters, expected in (
        (f"psicoterapeuta={centre.roberts}", 3),
        ("estado=cancelled", 2),
        ("estado=cuentan", 11),
        ("tipo=on_site", 5),
        ("moneda=USD", 3),
        ("moneda=USD&estado=cuentan", 2),
        ("q=nahui+lucia", 3),
        ("q=45310882", 3),
        (f"cliente={centre.mateo}", 3),
        ("clientes=nuevos", 8),
        ("clientes=recurrentes&estado=cuentan", 5),
    ):
        page = pages.get(f"{LIST}&{filters}")
        assert len(rows(page)) == expected, filters
        following = page.link("Mes siguiente")
        assert filters.split("&")[0] in following
        assert "mes=2026-11" in following
    assert "Solo las de clientes nuevos" in pages.get(f"{LIST}&clientes=nuevos").text
    assert "Ninguna cita con estos filtros" in pages.get(f"{LIST}&q=nadie").text


def test_a_long_list_comes_in_pages_that_add_up_to_the_whole_month(
    centre: SmallCentre, pages: PageClient
) -> None:
    for number in range(52):
        centre.session(
            f"2026-08-{number % 26 + 1:02d}", f"{9 + number // 26:02d}:00", centre.rosa, centre.emard
        )
    first = pages.get("/citas?mes=2026-08")
    assert (len(rows(first)), counts(first)) == (50, (52, 1))
    second = pages.get(first.link("Siguientes"))
    assert "Mostrando 51–52 de 52" in second.text
    assert foot(second) == foot(first)
    assert foot(first)["sessions"][0] == "S/ 9,360.00"
    assert rows(pages.get("/citas?mes=2026-08&pagina=99")) == rows(second)


# Every number of the report ------------------------------------------------------


def spoken(currency: str, amount: str) -> str:
    symbol = {"PEN": "S/", "USD": "US$"}[currency]
    return f"{symbol} {Decimal(amount):,.2f}"


def test_the_lists_behind_a_psychotherapist_add_up_to_the_api(
    api: ApiClient, centre: SmallCentre, pages: PageClient
) -> None:
    report = api.get("/reports/monthly", month=MONTH)
    assert len(report["psychotherapists"]) == 3
    for person in report["psychotherapists"]:
        own = f"{LIST}&psicoterapeuta={person['psychotherapist_id']}"
        assert counts(pages.get(f"{own}&estado=cuentan")) == (person["sessions"], person["clients"])
        for currency, figures in person["by_currency"].items():
            sums = foot(pages.get(f"{own}&moneda={currency}"))
            gross, commission = sums["sessions"]
            assert gross == spoken(currency, figures["gross"])
            assert [commission] == sums["Comisión"] == [spoken(currency, figures["commission"])]
            assert sums["Para el centro"] == [spoken(currency, figures["center_share"])]
    whole = foot(pages.get(LIST))
    assert whole["sessions"][:2] == [spoken(*item) for item in sorted(report["gross"].items())]


def test_every_number_of_the_report_opens_a_list_that_says_it(centre: SmallCentre, pages: PageClient) -> None:
    report = pages.get(f"/reportes/mensual?mes={MONTH}")
    links = [
        (html.text(link), link.get("href", ""))
        for link in report.tree.find(".//main").iter("a")  # type: ignore[union-attr]
        if link.get("class") == "number"
    ]
    assert len(links) > 40
    for figure, address in links:
        page = pages.get(address)
        if figure == "0":
            assert rows(page) == []
        elif "estado=cancelled" in address or "estado=no_show" in address:
            assert (len(rows(page)), counts(page)[0]) == (int(figure), 0), address
        elif figure.isdecimal():
            assert int(figure) in counts(page), (figure, address)
            assert counts(page)[0] == len(rows(page)), "only what counts is listed"
        else:
            sums = [money for amounts in foot(page).values() for money in amounts]
            assert figure in sums, (figure, address)
            assert {money.split()[0] for money in sums} == {figure.split()[0]}, "one currency alone"


def test_the_report_says_what_the_api_says(api: ApiClient, centre: SmallCentre, pages: PageClient) -> None:
    figures = api.get("/reports/monthly", month=MONTH)
    page = pages.get(f"/reportes/mensual?mes={MONTH}")
    cards = {
        html.text(card[0]): html.text(card) for card in page.tree.iter("div") if card.get("class") == "figure"
    }
    assert f"Sesiones {figures['sessions']}" in cards["Sesiones"]
    assert all(spoken(*item) in cards["Ingresos brutos"] for item in figures["gross"].items())
    kinds = (
        f"{figures['clients']} {figures['new_clients']} nuevos · {figures['recurrent_clients']} recurrentes"
    )
    assert kinds in cards["Clientes activos"]
    held = f"{figures['virtual_clients']} virtuales · {figures['on_site_clients']} presenciales"
    assert f"{held} · {figures['both_clients']} en ambas" in cards["Clientes activos"]
    fisher = next(row for row in rows(page) if "Logan Fisher" in row)
    assert "40 % a 42.5 %" in fisher
    assert "37.5 %" in next(row for row in rows(page) if "Ronald Emard" in row)


def test_a_month_that_is_over_is_compared_with_the_one_before(centre: SmallCentre, pages: PageClient) -> None:
    for day in ("03", "04", "05"):
        centre.session(f"2026-08-{day}", "09:00", centre.jose, centre.emard)
    assert "▼ 33 % menos que en agosto" in pages.get("/reportes/mensual?mes=2026-09").text
    assert " que en " not in pages.get("/reportes/mensual?mes=2026-08").text
    running = pages.get(f"/reportes/mensual?mes={MONTH}").text
    assert " que en " not in running
    assert "2 en setiembre" in running
    assert "S/ 180.00 en setiembre" in running


def test_adjustments_are_a_figure_of_their_own(centre: SmallCentre, pages: PageClient) -> None:
    before = rows(pages.get(f"/reportes/mensual?mes={MONTH}"))
    assert "Ajustes" not in html.text(pages.get(f"/reportes/mensual?mes={MONTH}").tree.find(".//main"))
    month_closing.close(centre.db, "2026-09", STAFF_ID, TODAY, NOW)
    [first] = sessions.find(centre.db, {"month": "2026-09", "currency": "PEN"})
    sessions.update(centre.db, first["_id"], {"price": Money(15000, "PEN")}, None, NOW, LIMA)
    page = pages.get(f"/reportes/mensual?mes={MONTH}")
    said = "Ingresos brutos −S/ 30.00 Comisión −S/ 11.25 Para el centro −S/ 18.75"
    assert said in page.text
    assert rows(page) == before
    assert "Cierre del mes" in pages.get(page.link("Ver cada cambio")).text


def test_a_statement_is_asked_for_from_the_report(centre: SmallCentre, pages: PageClient) -> None:
    pages.get(f"/reportes/mensual?mes={MONTH}")
    assert "Liquidación de Ronald Emard" in pages.press("Preparar la liquidación de Ronald Emard").text


# Today ------------------------------------------------------


def test_today_shows_the_day_with_what_runs_and_what_comes_next(
    centre: SmallCentre, pages: PageClient
) -> None:
    page = pages.get("/")
    shown = rows(page)
    assert "jueves 15 de octubre de 2026 · 4 citas" in page.text
    assert [("ahora" in row, "siguiente" in row) for row in shown] == [
        (False, False),
        (True, False),
        (False, True),
        (False, True),
    ]
    assert "Sigue a las 16:00" in page.text
