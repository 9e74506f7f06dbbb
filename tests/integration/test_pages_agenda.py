"""Citas by day and by week: what is drawn, what is free, what the address keeps, what it adds up to."""

from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest

from service.database import Db
from service.documents import sessions
from service.domain.money import Money
from tests import html
from tests.page_client import Page, PageClient
from tests.small_centre import MONTH, TODAY, SmallCentre

DAY, WEEK = f"/citas?vista=dia&fecha={TODAY}", f"/citas?vista=semana&fecha={TODAY}"


def columns(page: Page) -> dict[str, Element]:
    """The columns of a drawn day by their heading."""
    found = [part for part in page.tree.iter("section") if part.get("class") == "agenda-column"]
    return {html.text(column.find("h2/a")): column for column in found}


def blocks(column: Element) -> list[str]:
    return [html.text(link) for link in column.iter("a") if "agenda-block" in link.get("class", "")]


def free(column: Element) -> list[dict[str, list[str]]]:
    """What a press on each free piece fills in."""
    links = [link.get("href", "") for link in column.iter("a") if "agenda-free" in link.get("class", "")]
    return [parse_qs(urlsplit(href).query) for href in links]


def period(page: Page) -> str:
    [name] = [part for part in page.tree.iter("summary") if part.get("class") == "period-name"]
    return html.text(name).partition(":")[0].strip()


def step(pages: PageClient, key: str) -> Page:
    """Presses ‹ (a) or › (s)."""
    assert pages.last
    [href] = [link.get("href", "") for link in pages.last.tree.iter("a") if link.get("data-key") == key]
    return pages.get(f"/citas{href}" if href.startswith("?") else href)


# A day ------------------------------------------------------


def test_a_day_has_a_column_for_everybody_with_their_sessions(pages: PageClient, centre: SmallCentre) -> None:
    page = pages.get(DAY)
    assert period(page) == "Jueves 15 de octubre"
    drawn = columns(page)
    assert list(drawn) == ["Hellen Roberts", "Logan Fisher", "Ronald Emard"]
    assert blocks(drawn["Hellen Roberts"]) == []
    assert blocks(drawn["Ronald Emard"]) == [
        "09:00 Lucía Fernández Ñahui con Ronald Emard, Virtual, Realizada",
        "11:30 Mateo Quispe con Ronald Emard, Presencial, Programada",
        "16:00 José Ángel Ríos con Ronald Emard, Virtual, Programada",
    ]
    [nine] = [link for link in drawn["Ronald Emard"].iter("a") if "09:00 Lucía" in html.text(link)]
    assert nine.get("class", "").split()[2:] == ["h-9", "m-0", "for-h-0", "for-m-50", "lane-0", "of-1"]
    assert "3 citas" in html.text(drawn["Ronald Emard"].find("h2"))


def test_free_time_leads_to_a_session_with_everything_filled_in(
    pages: PageClient, centre: SmallCentre
) -> None:
    pieces = free(columns(pages.get(DAY))["Ronald Emard"])
    starts = [piece["inicio"][0] for piece in pieces]
    assert starts == [
        "08:00",
        "10:00",
        "11:00",
        "12:20",
        "13:00",
        "14:00",
        "15:00",
        *[f"{h}:00" for h in (17, 18, 19, 20)],
    ]
    assert [piece["fin"][0] for piece in pieces[:4]] == ["08:50", "10:50", "11:30", "13:10"]
    assert pieces[0]["psicoterapeuta"] == [centre.emard]
    form = pages.get(
        "/citas/nueva?"
        + "&".join(f"{name}={value[0]}" for name, value in pieces[1].items() if name != "vuelve")
    )
    fields = form.fields("Guardar")
    assert (fields["psychotherapist_id"], fields["day"], fields["starts"], fields["ends"]) == (
        centre.emard,
        TODAY,
        "10:00",
        "10:50",
    )


def test_what_overlaps_says_so_unless_there_is_a_reason(
    db: Db, pages: PageClient, centre: SmallCentre
) -> None:
    reason = {"overbooking_reason": "Urgencia"}
    other = centre.session(TODAY, "16:20", centre.rosa, centre.emard, **reason)
    shown = blocks(columns(pages.get(DAY))["Ronald Emard"])
    assert [block.rpartition(", ")[2] for block in shown[2:]] == ["sobrecupo", "sobrecupo"]
    db.sessions.update_one({"_id": other["_id"]}, {"$set": {"overbooking_reason": ""}})
    page = pages.get(DAY)
    shown = blocks(columns(page)["Ronald Emard"])
    assert [block.rpartition(", ")[2] for block in shown[2:]] == ["coincide con otra cita"] * 2
    assert page.text.count("coincide") > 2


def test_cancelled_sessions_are_drawn_and_leave_their_hour_free(
    pages: PageClient, centre: SmallCentre
) -> None:
    drawn = columns(pages.get("/citas?vista=dia&fecha=2026-10-08"))["Ronald Emard"]
    assert blocks(drawn) == [
        "08:30 Mateo Quispe con Ronald Emard, Presencial, Cancelada".replace("Presencial", "Virtual")
    ]
    assert [piece["inicio"][0] for piece in free(drawn)][:2] == ["08:00", "09:00"]


def test_the_present_minute_is_marked_only_today(pages: PageClient, centre: SmallCentre) -> None:
    page = pages.get(DAY)
    assert "12:00" in [html.text(part) for part in page.tree.iter("strong")]
    assert html.text(columns(page)["Ronald Emard"]).count("Ahora") == 1
    assert "Ahora" not in html.text(columns(step(pages, "s"))["Ronald Emard"])


# A week ------------------------------------------------------


def test_a_week_is_a_table_of_everybody_and_their_days(pages: PageClient, centre: SmallCentre) -> None:
    page = pages.get(WEEK)
    assert period(page) == "lun 12 – dom 18 oct"
    [table] = [part for part in page.tree.iter("table") if part.get("class") == "week"]
    lines = [[html.text(cell) for cell in row] for row in table.findall("tbody/tr")]
    assert [line[0] for line in lines] == ["Hellen Roberts –", "Logan Fisher 2 citas", "Ronald Emard 3 citas"]
    assert lines[1][3] == "17:00 Ana <b> Ñahui & Hijos, Realizada"
    assert [html.text(cell) for cell in table.findall("thead/tr/th")][4] == "jue 15 hoy 4"
    assert [html.text(title) for title in page.tree.iter("h2") if title.get("class") == "group-title"] == [
        "Miércoles 14 de octubre 1 cita",
        "Jueves 15 de octubre 4 citas",
    ]


def test_the_week_of_one_psychotherapist_is_drawn_by_hours(pages: PageClient, centre: SmallCentre) -> None:
    page = pages.get(pages.get(WEEK).link("Ronald Emard"))
    assert list(columns(page)) == [
        "lun 12",
        "mar 13",
        "mié 14",
        "jue 15",
        "vie 16",
        "sáb 17",
        "dom 18",
    ]
    assert len(blocks(columns(page)["jue 15"])) == 3
    assert free(columns(page)["lun 12"])[0]["fecha"] == ["2026-10-12"]


# The address ------------------------------------------------------


def test_steps_and_views_keep_the_filters(pages: PageClient, centre: SmallCentre) -> None:
    pages.get(f"{DAY}&q=jose&estado=cuentan")
    page = step(pages, "a")
    assert period(page) == "Miércoles 14 de octubre"
    query = parse_qs(urlsplit(page.path).query)
    assert (query["q"], query["estado"], query["fecha"]) == (["jose"], ["cuentan"], ["2026-10-14"])
    page = pages.get("/citas" + page.link("Semana").removeprefix("/citas"))
    assert period(page) == "lun 12 – dom 18 oct"
    page = pages.get(page.link("Lista"))
    assert parse_qs(urlsplit(page.path).query) == {"q": ["jose"], "estado": ["cuentan"], "mes": [MONTH]}
    assert len(page.tree.findall(".//table/tbody/tr")) == 2


def test_a_filter_leaves_only_what_it_finds_and_calls_nothing_free(
    pages: PageClient, centre: SmallCentre
) -> None:
    page = pages.get(f"{DAY}&q=jose")
    assert list(columns(page)) == ["Ronald Emard"]
    assert (len(blocks(columns(page)["Ronald Emard"])), free(columns(page)["Ronald Emard"])) == (1, [])
    assert "Ninguna cita con estos filtros" in pages.get(f"{DAY}&q=zzz").text
    assert "Ninguna cita con estos filtros" in pages.get(f"{WEEK}&q=zzz").text


@pytest.mark.parametrize("path", [DAY, WEEK, f"{DAY}&tipo=virtual", f"{WEEK}&q=ana"])
def test_the_foot_and_the_file_are_of_what_is_shown(
    db: Db, pages: PageClient, centre: SmallCentre, path: str
) -> None:
    page = pages.get(path)
    shown = {
        link.get("href", "").split("?")[0][-32:]
        for link in page.tree.iter("a")
        if link.get("class") == "row-link"
    }
    counted = [each for each in sessions.find(db, {"_id": {"$in": sorted(shown)}}) if each["counts"]]
    total = sum(each["income_cents"] for each in counted)
    assert Money(total, "PEN").cents == total
    foot = next(part for part in page.tree.iter("div") if part.get("class") == "totals-line")
    said = html.text(foot).replace("\xa0", " ")
    assert f"S/ {total // 100:,}.{total % 100:02d}" in said
    assert said.startswith(f"{len(counted)} sesi")
    assert f"S/ {sum(each['commission_cents'] for each in counted) / 100:,.2f}" in said
    file = pages.http.get(page.link("CSV"))
    assert len(file.get_data().decode("utf-8-sig").splitlines()) == len(shown) + 1


def test_the_calendar_reaches_any_day(pages: PageClient, centre: SmallCentre) -> None:
    page = pages.get(DAY)
    days = [link for link in page.tree.iter("a") if link.get("aria-label") == "sábado 31 de octubre"]
    assert (
        period(pages.get(f"/citas{days[0].get('href', '').removeprefix('/citas')}")) == "Sábado 31 de octubre"
    )
    pages.get(f"{WEEK}&tipo=virtual")
    assert pages.last
    fields = {**dict(pages.last.fields("Ir")), "fecha": "2019-01-01"}
    assert fields == {"vista": "semana", "tipo": "virtual", "fecha": "2019-01-01"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/citas?vista=hora", "Elija una de las opciones"),
        ("/citas?vista=dia&fecha=ayer", "Escriba la fecha como 2026-07-31"),
        ("/citas?vista=semana&fecha=2026-02-30", "Escriba la fecha como 2026-07-31"),
        ("/citas?vista=dia&mes=2026-13", "un mes de 01 a 12"),
    ],
)
def test_an_address_that_makes_no_sense_says_so(pages: PageClient, path: str, said: str) -> None:
    assert said in pages.get(path, status=422).text


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_the_ends_of_time_are_pages_too(pages: PageClient, centre: SmallCentre, day: str) -> None:
    for view in ("dia", "semana"):
        pages.get(f"/citas?vista={view}&fecha={day}")
        step(pages, "a")
        step(pages, "s")


def test_a_session_entered_from_a_day_returns_to_it(pages: PageClient, centre: SmallCentre) -> None:
    column = columns(pages.get(DAY))["Ronald Emard"]
    pages.get(
        next(link.get("href", "") for link in column.iter("a") if "agenda-free" in link.get("class", ""))
    )
    page = pages.press("Guardar", changes={"client_query": "castillo bruno", "modality": "virtual"})
    assert period(page) == "Jueves 15 de octubre"
    assert len(blocks(columns(page)["Ronald Emard"])) == 4
