"""A series by page, without scripts: every conflict first, then all of what was confirmed; later edits."""

import re

import pytest

from service.database import Db
from service.documents import series, sessions
from service.documents.store import Document
from tests import html
from tests.page_client import SAME_ORIGIN, Page, PageClient
from tests.small_centre import LIMA, SmallCentre

SAVE = "Guardar"
DAYS = ["2026-11-03", "2026-11-10", "2026-11-17", "2026-11-24"]


def typed(centre: SmallCentre, **changes: str) -> dict[str, str]:
    """Bruno with Ronald Emard, four Tuesdays at 10:30."""
    form = {"client_query": "castillo bruno", "psychotherapist_id": centre.emard, "day": DAYS[0]}
    form |= {"starts": "10:30", "ends": "11:20", "modality": "virtual"}
    return form | {"repeat.every_weeks": "1", "repeat.count": "4"} | changes


def stored(db: Db, client_id: str) -> list[Document]:
    return sessions.find(db, {"client_id": client_id})


def starts(db: Db, client_id: str) -> list[str]:
    return [each["starts_at"].astimezone(LIMA).strftime("%Y-%m-%d %H:%M") for each in stored(db, client_id)]


def rows(page: Page) -> list[str]:
    """What the page asks about, a conflict each."""
    sets = [each for each in page.tree.iter("fieldset") if each.get("class") == "series-row"]
    return [html.text(each) for each in sets]


@pytest.fixture
def taken(centre: SmallCentre) -> None:
    """Two of the four Tuesdays are taken."""
    centre.session(DAYS[1], "11:00", centre.lucia, centre.emard)
    centre.session(DAYS[3], "10:00", centre.jose, centre.emard)


@pytest.fixture
def booked(centre: SmallCentre, db: Db, pages: PageClient) -> list[Document]:
    pages.get("/citas/nueva")
    pages.press(SAVE, changes=typed(centre))
    return stored(db, centre.bruno)


def test_a_series_without_conflicts_is_written_at_once_and_found_again(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    wanted = typed(centre, link="https://video.example/7", note="Convenio")
    fields = {**dict(pages.last.fields(SAVE)), **wanted} if pages.last else {}
    page = pages.post("/citas/nueva", fields)
    pages.post("/citas/nueva", fields)
    assert (
        "Serie guardada, 4 citas; la primera: Bruno Castillo Díaz, martes 3 de noviembre, 10:30" in page.text
    )
    assert starts(db, centre.bruno) == [f"{day} 10:30" for day in DAYS]
    all_of_it = stored(db, centre.bruno)
    assert {(each["link"], each["note"], each["price_cents"]) for each in all_of_it} == {
        ("https://video.example/7", "Convenio", 18000)
    }
    shown = pages.get(page.link("Ver las citas de la serie"))
    assert shown.heading == "Serie de Bruno Castillo Díaz"
    assert len(shown.tree.findall(".//tbody/tr")) == 4
    assert shown.link("martes 17 de noviembre") == f"/citas/{all_of_it[2]['_id']}"


def test_until_a_day_and_every_two_weeks(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    pages.get("/citas/nueva")
    until = {"repeat.every_weeks": "2", "repeat.count": "", "repeat.until": "2026-12-01"}
    pages.press(SAVE, changes=typed(centre, **until))
    assert starts(db, centre.bruno) == [f"{day} 10:30" for day in (DAYS[0], DAYS[2], "2026-12-01")]


@pytest.mark.usefixtures("taken")
def test_every_conflict_is_listed_before_anything_is_written_and_each_is_decided(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    centre.session(DAYS[2], "10:00", centre.bruno, centre.roberts)
    before = list(db.sessions.find())
    pages.get("/citas/nueva")
    page = pages.press(SAVE, status=409, changes=typed(centre, note="Trae informe"))
    assert "3 citas de la serie chocan con otras" in page.text
    first, second, third = rows(page)
    assert first.startswith("martes 10 de noviembre de 2026, 10:30–11:20")
    assert "Ronald Emard ya atiende a Lucía Fernández Ñahui de 11:00 a 11:50." in first
    assert "Libre: 10:00, 11:50, 12:00, 13:00" in first or "Libre: 09:00" in first
    assert "Bruno Castillo Díaz ya tiene una cita con Hellen Roberts" in second
    assert "Ronald Emard ya atiende a José Ángel Ríos" in third
    assert list(db.sessions.find()) == before

    page = pages.press(SAVE, status=409, changes={"decisions.0.action": "skip"})
    assert len(rows(page)) == 3
    assert "Elija qué hacer con esta cita." in rows(page)[1]
    assert "Elija qué hacer con esta cita." not in rows(page)[0]
    page = pages.press(
        SAVE, status=422, changes={"decisions.1.action": "overbook", "decisions.2.action": "move"}
    )
    assert "Escriba el motivo del sobrecupo." in page.error("decisions.1.reason")
    page = pages.press(
        SAVE, status=409, changes={"decisions.1.reason": "Es familiar", "decisions.2.starts": "09:50"}
    )
    assert "A esa hora también hay algo." in page.error("decisions.2.starts")
    assert page.fields(SAVE)["note"] == "Trae informe"
    assert list(db.sessions.find()) == before

    page = pages.press(SAVE, changes={"decisions.2.starts": "15:00"})
    assert "Serie guardada, 3 citas" in page.text
    all_of_it = [each for each in stored(db, centre.bruno) if each["series_id"]]
    assert [each["starts_at"].astimezone(LIMA).strftime("%Y-%m-%d %H:%M") for each in all_of_it] == [
        f"{DAYS[0]} 10:30",
        f"{DAYS[2]} 10:30",
        f"{DAYS[3]} 15:00",
    ]
    assert [each["overbooking_reason"] for each in all_of_it] == ["", "Es familiar", ""]
    assert {each["note"] for each in all_of_it} == {"Trae informe"}


@pytest.mark.usefixtures("taken")
def test_what_was_booked_since_the_choice_is_listed_too_and_nothing_is_written(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    pages.press(SAVE, status=409, changes=typed(centre))
    centre.session(DAYS[2], "10:30", centre.ana, centre.emard)
    page = pages.press(SAVE, status=409, changes={f"decisions.{n}.action": "skip" for n in (0, 1)})
    assert ["Ana" in row for row in rows(page)] == [False, True, False]
    assert stored(db, centre.bruno) == []
    pages.press(SAVE, changes={"decisions.1.action": "skip"})
    assert starts(db, centre.bruno) == [f"{DAYS[0]} 10:30"]


@pytest.mark.usefixtures("taken")
def test_a_mistake_elsewhere_keeps_what_was_decided(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    pages.get("/citas/nueva")
    pages.press(SAVE, status=409, changes=typed(centre))
    decided = {
        "decisions.0.action": "overbook",
        "decisions.0.reason": "Urgente",
        "decisions.1.action": "skip",
    }
    page = pages.press(SAVE, status=422, changes=decided | {"price.amount": "x"})
    assert page.fields(SAVE)["decisions.0.reason"] == "Urgente"
    assert len(rows(page)) == 2
    # Another day makes another series: what was decided about the first one's days is of no use.
    page = pages.press(SAVE, changes={"price.amount": "", "day": "2026-11-04"})
    assert len(starts(db, centre.bruno)) == 4


def test_a_reason_beside_the_first_day_counts_for_it(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    centre.session(DAYS[0], "10:30", centre.lucia, centre.emard)
    pages.get("/citas/nueva")
    pages.press(SAVE, changes=typed(centre, overbooking_reason="Lo pidió dirección"))
    assert [each["overbooking_reason"] for each in stored(db, centre.bruno)] == [
        "Lo pidió dirección",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"repeat.count": ""}, "repeat.count", "Indique el número de citas o el último día."),
        ({"repeat.until": "2026-12-01"}, "repeat.count", "Deje solo uno"),
        ({"repeat.count": "105"}, "repeat.count", "Escriba un número de 1 a 104."),
        ({"repeat.count": "cuatro"}, "repeat.count", "Escriba un número"),
        ({"repeat.count": "", "repeat.until": "2026-11-01"}, "repeat.until", "posterior"),
        ({"repeat.count": "", "repeat.until": "2036-11-01"}, "repeat.until", "como máximo"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    centre: SmallCentre, db: Db, pages: PageClient, changes: dict[str, str], field: str, said: str
) -> None:
    pages.get("/citas/nueva")
    page = pages.press(SAVE, status=422, changes=typed(centre, **changes))
    assert said in page.error(field)
    assert stored(db, centre.bruno) == []


def test_skipping_all_of_them_is_no_series(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    for day in DAYS[:2]:
        centre.session(day, "10:30", centre.lucia, centre.emard)
    pages.get("/citas/nueva")
    pages.press(SAVE, status=409, changes=typed(centre, **{"repeat.count": "2"}))
    page = pages.press(SAVE, status=422, changes={f"decisions.{n}.action": "skip" for n in (0, 1)})
    assert "Así no queda ninguna cita en la serie." in page.text


# This one, or this and the following ---------------------------------------------------


def test_a_change_is_for_this_one_or_for_the_following_too(
    centre: SmallCentre, db: Db, pages: PageClient, booked: list[Document]
) -> None:
    pages.get(f"/citas/{booked[1]['_id']}")
    page = pages.press(SAVE, changes={"note": "Solo esta"})
    pages.get(f"/citas/{booked[1]['_id']}")
    page = pages.press(
        SAVE, changes={"scope": "following", "starts": "12:00", "ends": "12:50", "modality": "on_site"}
    )
    assert (
        "Cambios guardados en 3 citas, desde Bruno Castillo Díaz, martes 10 de noviembre, 12:00" in page.text
    )
    assert starts(db, centre.bruno) == [
        f"{day} {hour}" for day, hour in zip(DAYS, ("10:30", "12:00", "12:00", "12:00"), strict=True)
    ]
    now = stored(db, centre.bruno)
    assert [each["note"] for each in now] == ["", "Solo esta", "", ""]
    assert [each["modality"] for each in now] == ["virtual", "on_site", "on_site", "on_site"]


def test_a_change_of_all_over_a_conflict_writes_nothing_and_names_it(
    centre: SmallCentre, db: Db, pages: PageClient, booked: list[Document]
) -> None:
    centre.session(DAYS[2], "15:00", centre.lucia, centre.emard)
    pages.get(f"/citas/{booked[0]['_id']}")
    move = {"scope": "following", "starts": "15:00", "ends": "15:50"}
    page = pages.press(SAVE, status=409, changes=move)
    assert "martes 17 de noviembre de 2026: Ronald Emard ya atiende a Lucía Fernández Ñahui" in page.text
    assert page.fields(SAVE)["scope"] == "following"
    assert stored(db, centre.bruno) == booked
    pages.press(SAVE, changes={"overbooking_reason": "Cambio de horario"})
    assert [each["overbooking_reason"] for each in stored(db, centre.bruno)] == [
        "",
        "",
        "Cambio de horario",
        "",
    ]


def test_a_stale_change_of_all_shows_what_is_stored(
    centre: SmallCentre, db: Db, pages: PageClient, booked: list[Document]
) -> None:
    address = f"/citas/{booked[0]['_id']}"
    pages.get(address)
    pages.http.post(address, data={**pages.last.fields(SAVE), "note": "Otra"} if pages.last else {})
    page = pages.press(SAVE, status=412, changes={"scope": "following", "note": "La mía"})
    assert "La mía" in page.text
    assert [each["note"] for each in stored(db, centre.bruno)] == ["Otra", "", "", ""]


def test_this_and_the_following_are_deleted_and_brought_back(
    centre: SmallCentre, db: Db, pages: PageClient, booked: list[Document]
) -> None:
    pages.get(f"/citas/{booked[1]['_id']}")
    page = pages.press("Esta y las 2 siguientes de la serie")
    assert "3 citas eliminadas" in page.text
    assert starts(db, centre.bruno) == [f"{DAYS[0]} 10:30"]
    pages.press("Deshacer U")
    assert len(series.get(db, booked[0]["_id"])) == 4
    assert "Esta y la" not in pages.get(f"/citas/{booked[3]['_id']}").text
    pages.press("Sí, eliminar esta cita")
    assert len(stored(db, centre.bruno)) == 3


@pytest.mark.usefixtures("taken")
def test_conflicts_are_listed_while_the_series_is_filled_in(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    assert pages.last

    def piece(**changes: str) -> str:
        fields = {**dict(pages.last.fields(SAVE)), **typed(centre), **changes} if pages.last else {}
        answer = pages.http.post("/citas/nueva/serie", data=fields, headers=SAME_ORIGIN)
        assert answer.status_code == 200
        return answer.text

    before = list(db.sessions.find())
    found = piece(**{"decisions.0.local_date": DAYS[3], "decisions.0.action": "skip"})
    assert "2 citas de la serie chocan con otras" in found
    assert "ya atiende a Lucía Fernández Ñahui" in found
    assert re.search(r'name="decisions\.1\.action" value="skip" checked', found), found
    assert "autofocus" not in found
    free = piece(starts="17:00", ends="17:50")
    assert "4 citas, sin cruces; la última: martes 24 de noviembre de 2026." in free
    for unclear in ({"client_query": ""}, {"repeat.count": "x"}, {"repeat.every_weeks": ""}, {"starts": ""}):
        assert piece(**unclear).strip() == ""
    assert list(db.sessions.find()) == before
