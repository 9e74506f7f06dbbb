"""The form of a session without scripts: entering, changing, deleting; and what every page must be."""

import re
from typing import Any

import pytest
from flask import Flask

from service.database import Db
from service.documents import sessions
from tests import html
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.people_data import psychotherapist
from tests.small_centre import LIMA, MONTH, TODAY, SmallCentre

SAVE, ANOTHER, DELETE = "Guardar", "Guardar y crear otra", "Sí, eliminar esta cita"
LIST = f"/citas?mes={MONTH}"


def new_session(centre: SmallCentre, **changes: str) -> dict[str, str]:
    """A form that can be saved: Bruno with Ronald Emard on a free morning."""
    filled = {
        "client_query": "castillo bruno",
        "psychotherapist_id": centre.emard,
        "day": "2026-10-20",
        "starts": "10:30",
        "ends": "11:20",
        "modality": "virtual",
    }
    return filled | changes


def stored(db: Db, **condition: Any) -> list[dict[str, Any]]:
    return sessions.find(db, {"month": {"$exists": True}, **condition})


def rows(page: Page) -> list[str]:
    return [
        html.text(row).partition(" Cambiar el estado")[0] for row in page.tree.findall(".//table/tbody/tr")
    ]


# Every page ------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        LIST,
        "/citas",
        f"{LIST}&q=zzz",
        "/citas?mes=2019-01",
        "/citas/nueva",
        "/citas/nueva?fecha=2026-10-01",
        f"/reportes/mensual?mes={MONTH}",
        "/reportes/mensual?mes=2019-01",
        "/reportes/mensual",
    ],
)
def test_every_page_is_valid_and_asks_for_a_login(
    app: Flask, centre: SmallCentre, pages: PageClient, path: str
) -> None:
    page = pages.get(path)
    assert page.heading
    assert page.response.headers["Cache-Control"] == "no-store"
    stranger = app.test_client().get(path)
    assert stranger.status_code == 401
    assert "Emard" not in stranger.text


def test_the_first_step_of_a_centre_is_who_attends(pages: PageClient) -> None:
    for path in ("/", LIST, f"{LIST}&vista=semana", f"{LIST}&vista=dia", "/citas/nueva"):
        page = pages.get(path)
        assert page.link("Registrar psicoterapeuta") == "/psicoterapeutas/nuevo", path
        assert "con estos filtros" not in page.text
    assert pages.get("/").link("Importar hojas") == "/importar"


def test_empty_pages_say_what_will_be_here(db: Db, pages: PageClient) -> None:
    psychotherapist(db, "Ronald", "Emard")
    assert "Hoy no hay citas" in pages.get("/").text
    assert "Todavía no hay citas en octubre 2026" in pages.get(LIST).text
    assert "Ninguna sesión en octubre 2026" in pages.get(f"/reportes/mensual?mes={MONTH}").text
    assert pages.get(LIST).link("Registrar la primera").startswith("/citas/nueva")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/citas?mes=2026-13", "un mes de 01 a 12"),
        ("/reportes/mensual?mes=2026-13", "un mes de 01 a 12"),
        ("/citas?mes=octubre", "un mes de 01 a 12"),
        (f"{LIST}&estado=quizas", "Elija una de las opciones"),
        (f"{LIST}&clientes=todos", "Elija una de las opciones"),
        (f"{LIST}&moneda=EUR", "Elija una de las opciones"),
    ],
)
def test_an_address_that_makes_no_sense_says_so(pages: PageClient, path: str, said: str) -> None:
    assert said in pages.get(path, status=422).text


def test_what_does_not_come_from_our_own_form_is_refused(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    before, [session, *_] = len(stored(db)), stored(db)
    assert pages.last
    fields = {**dict(pages.last.fields(SAVE)), **new_session(centre)}
    for path in ("/citas/nueva", f"/citas/{session['_id']}", f"/citas/{session['_id']}/eliminar"):
        foreign = pages.http.post(path, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
        without = pages.http.post(path, data={**fields, "csrf_token": "wrong", "version": "1"})
        assert without.status_code in (401, 403)
    assert len(stored(db)) == before
    assert sessions.get(db, session["_id"]) == session


# Entering a session ------------------------------------------------------


def test_a_session_is_entered_with_the_default_price_and_seen_in_its_month(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    page = pages.press(SAVE, changes=new_session(centre, note="Trae\r\ninforme"))
    assert "Cita guardada: Bruno Castillo Díaz, martes 20 de octubre, 10:30." in page.text
    saved = pages.get(page.link("Abrir esta cita")).fields("Guardar")
    assert (saved["client_query"], saved["starts"]) == ("Bruno Castillo Díaz", "10:30")
    assert (page.heading, page.path) == ("Citas", LIST)
    [session] = stored(db, client_id=centre.bruno)
    assert (session["price_cents"], session["currency"], session["commission_cents"]) == (18000, "PEN", 6750)
    assert (session["status"], session["modality"], session["note"]) == (
        "scheduled",
        "virtual",
        "Trae\ninforme",
    )
    local = [session[name].astimezone(LIMA).strftime("%d %H:%M") for name in ("starts_at", "ends_at")]
    assert local == ["20 10:30", "20 11:20"]
    assert any("Bruno Castillo Díaz" in row for row in rows(page))


def test_a_session_has_a_link_or_a_room(
    centre: SmallCentre, db: Db, api: ApiClient, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    link = "https://video.example/centro?sala=7"
    wrong = pages.press(SAVE, status=422, changes=new_session(centre, link="javascript:alert(1)"))
    assert "https://" in wrong.error("link")
    page = pages.press(SAVE, changes={"link": link, "room": "Sala 2"})
    assert page.link("Abrir el enlace") == link
    [session] = stored(db, client_id=centre.bruno)
    assert (session["link"], session["room"]) == (link, "Sala 2")
    pages.get(f"/citas/{session['_id']}")
    assert "Sala 2" in pages.press(SAVE, changes={"modality": "on_site", "link": ""}).text
    shown = api.get(f"/sessions/{session['_id']}")
    assert (shown["link"], shown["room"]) == ("", "Sala 2")
    for bad in ("http://video.example", "https://", "https://[", "video"):
        api.patch(f"/sessions/{session['_id']}", {"link": bad}, status=422)


def test_another_one_keeps_day_psychotherapist_and_type(centre: SmallCentre, pages: PageClient) -> None:
    pages.get("/citas/nueva")
    fields = pages.press(ANOTHER, changes=new_session(centre)).fields(SAVE)
    kept = (
        fields["psychotherapist_id"],
        fields["day"],
        fields["modality"],
        fields["client_query"],
        fields["starts"],
    )
    assert kept == (centre.emard, "2026-10-20", "virtual", "", "")


def test_a_known_client_brings_whom_and_how_they_last_came(centre: SmallCentre, pages: PageClient) -> None:
    fields = pages.get(f"/citas/nueva?cliente={centre.jose}").fields(SAVE)
    assert (fields["client_query"], fields["client_id"]) == ("José Ángel Ríos", centre.jose)
    assert (fields["psychotherapist_id"], fields["modality"]) == (centre.emard, "virtual")
    usual = pages.http.get(f"/citas/costumbre?client_id={centre.jose}").get_json()
    assert usual == {
        "psychotherapist_id": centre.emard,
        "modality": "virtual",
        "minutes": 50,
        "why": "Atendió a José Ángel la última vez.",
    }
    assert pages.http.get("/citas/costumbre?client_id=nadie").get_json() == {}


def test_several_clients_of_a_name_are_offered_and_nothing_typed_is_lost(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    typed = new_session(centre, client_query="fernandez", note="Primera vez", **{"price.amount": "120.5"})
    page = pages.press(SAVE, status=422, changes=typed | {"price.currency": "PEN"})
    assert "elija quién es" in page.error("client_query")
    offered = [label for label in page.tree.iter("label") if label.get("class") == "candidate"]
    assert [html.text(label.find(".//strong")) for label in offered] == [
        "Luciano Fernández",
        "Lucía Fernández Ñahui",
    ]
    assert "DNI 45310882" in html.text(offered[1])
    fields = page.fields(SAVE)
    assert (fields["client_query"], fields["note"], fields["price.amount"]) == (
        "fernandez",
        "Primera vez",
        "120.5",
    )
    assert (fields["starts"], fields["modality"]) == ("10:30", "virtual")

    chosen = page.fields(SAVE)
    chosen.setlist("client_id", ["", centre.luciano])
    pages.post("/citas/nueva", chosen)
    [session] = stored(db, client_id=centre.luciano)
    assert session["price_cents"] == 12050


def test_a_name_that_nobody_has_leads_to_registering_them(centre: SmallCentre, pages: PageClient) -> None:
    pages.get("/citas/nueva")
    page = pages.press(SAVE, status=422, changes=new_session(centre, client_query="Zoila Baca"))
    assert "No hay ningún cliente" in page.error("client_query")
    panel = pages.press("+ Crear cliente").fields(SAVE)
    assert (panel["new_client.given_names"], panel["new_client.family_names"]) == ("Zoila", "Baca")
    pages.press("No crear")
    short = pages.press(SAVE, status=422, changes={"client_query": "z"})
    assert "al menos dos letras" in short.error("client_query")
    assert "Falta este dato" in pages.press(SAVE, status=422, changes={"client_query": ""}).error(
        "client_query"
    )


def test_typing_over_a_chosen_client_without_scripts_means_the_typed_one(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get(f"/citas/nueva?cliente={centre.jose}")
    pages.press(SAVE, changes=new_session(centre, client_query="castillo bruno"))
    assert len(stored(db, client_id=centre.bruno)) == 1


def test_each_mistake_stands_beside_its_field_and_nothing_is_saved(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    before = len(stored(db))
    pages.get("/citas/nueva")
    wrong = new_session(centre, ends="10:00", **{"price.amount": "ciento veinte"})
    page = pages.press(
        SAVE, status=422, changes=wrong | {"price.currency": "PEN", "psychotherapist_id": "f" * 32}
    )
    assert "posterior al inicio" in page.error("ends")
    assert "sin letras" in page.error("price.amount")
    assert page.fields(SAVE)["price.amount"] == "ciento veinte"
    assert page.fields(SAVE)["ends"] == "10:00"
    fixed = {"ends": "11:20", "price.amount": "120"}
    unknown = pages.press(SAVE, status=422, changes=fixed | {"psychotherapist_id": "f" * 32})
    assert "Elija un psicoterapeuta registrado" in unknown.error("psychotherapist_id")
    assert unknown.fields(SAVE)["psychotherapist_id"] == ""
    for name, value in (
        ("day", "2026-02-30"),
        ("day", "9999-12-31"),
        ("starts", "25:00"),
        ("modality", None),
    ):
        assert pages.press(SAVE, status=422, changes={**new_session(centre), name: value}).status == 422
    assert len(stored(db)) == before


def test_an_end_on_the_next_day_is_offered_where_it_was_meant(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    late = new_session(centre, starts="23:30", ends="00:20")
    pages.press(SAVE, status=422, changes=late)
    pages.press(SAVE, changes={"ends_next_day": "true"})
    [session] = stored(db, client_id=centre.bruno)
    assert (session["ends_at"] - session["starts_at"]).seconds == 50 * 60
    assert session["local_date"] == "2026-10-20"


def test_an_amount_left_out_never_changes_its_currency(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    page = pages.press(SAVE, status=422, changes=new_session(centre) | {"price.currency": "USD"})
    assert "otra moneda" in page.error("price.amount")
    pages.press(SAVE, changes={"price.amount": "45"})
    [session] = stored(db, client_id=centre.bruno)
    assert (session["price_cents"], session["currency"]) == (4500, "USD")


def test_a_session_of_the_past_can_be_entered_as_missed_with_its_charge(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva?fecha=2026-10-02")
    missed = {"status": "no_show", "charge.amount": "30", "psychotherapist_id": centre.roberts}
    pages.press(SAVE, changes=new_session(centre, day="2026-10-02") | missed)
    [session] = stored(db, client_id=centre.bruno)
    assert (session["income_cents"], session["currency"], session["counts"]) == (3000, "USD", False)


def test_a_taken_slot_names_the_other_session_keeps_everything_and_takes_a_reason(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    taken = new_session(centre, day=TODAY, starts="16:30", ends="17:20", note="Urgente")
    page = pages.press(SAVE, status=409, changes=taken)
    assert "Ronald Emard ya atiende a José Ángel Ríos de 16:00 a 16:50." in page.error("starts")
    assert "Libre: 15:00" in page.error("starts")
    assert {name: page.fields(SAVE)[name] for name in ("starts", "ends", "note")} == {
        "starts": "16:30",
        "ends": "17:20",
        "note": "Urgente",
    }
    assert "sobrecupo" in page.text
    assert stored(db, client_id=centre.bruno) == []
    pages.press(SAVE, changes={"overbooking_reason": "Pedido de dirección"})
    [session] = stored(db, client_id=centre.bruno)
    assert session["overbooking_reason"] == "Pedido de dirección"


def test_an_archived_client_is_refused_beside_the_field(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get(f"/citas/nueva?cliente={centre.bruno}")
    db.clients.update_one({"_id": centre.bruno}, {"$set": {"archived_at": NOW}})
    page = pages.press(SAVE, status=409, changes=new_session(centre, client_query="Bruno Castillo Díaz"))
    assert "archivado" in page.error("client_query")


def test_sending_a_form_twice_creates_one_and_a_corrected_copy_is_told(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    fields = {**dict(pages.get("/citas/nueva").fields(SAVE)), **new_session(centre)}
    pages.post("/citas/nueva", fields)
    pages.post("/citas/nueva", fields)
    [session] = stored(db, client_id=centre.bruno)
    fields["starts"] = "10:00"
    again = pages.post("/citas/nueva", fields, status=422)
    assert "ya se había guardado" in again.text
    assert again.link("Abrir la cita guardada") == f"/citas/{session['_id']}"
    assert stored(db, client_id=centre.bruno) == [session]


# Changing and deleting one ------------------------------------------------------


def test_saving_a_form_unchanged_changes_nothing(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    centre.session(
        "2026-10-21", "23:30", centre.bruno, centre.roberts, note="Una\nnota", overbooking_reason="Sí"
    )
    for before in stored(db):
        pages.get(f"/citas/{before['_id']}")
        pages.press(SAVE)
        after = sessions.get(db, before["_id"])
        assert after.pop("write_id")
        assert after == before | {"version": 2, "updated_at": NOW}


def test_an_edit_goes_back_to_the_list_it_was_opened_from(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    page = pages.get(f"{LIST}&psicoterapeuta={centre.fisher}&estado=done")
    pages.get(page.link("Ana"))
    back = pages.press(SAVE, changes={"price.amount": "150.00"})
    assert "Cambios guardados: Ana <b> Ñahui & Hijos" in back.text
    assert back.path == f"{LIST}&psicoterapeuta={centre.fisher}&estado=done"
    pages.get(back.link("Ana"))
    assert pages.press(SAVE, changes={"day": "2026-11-04"}).path == "/citas?mes=2026-11"
    pages.get(pages.get("/").link("José Ángel"))
    assert pages.press(SAVE).path == "/"


def test_a_price_is_not_left_out_of_a_stored_session(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    [session, *_] = stored(db)
    pages.get(f"/citas/{session['_id']}")
    assert "Escriba el precio" in pages.press(SAVE, status=422, changes={"price.amount": ""}).error(
        "price.amount"
    )


def test_a_stale_save_says_what_is_stored_now_and_keeps_what_was_typed(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    session = stored(db, local_date="2026-10-01")[0]
    address = f"/citas/{session['_id']}"
    pages.get(address)
    sessions.update(db, session["_id"], {"note": "De otra persona", "modality": "on_site"}, 1, NOW, LIMA)
    # A mistake in between does not hide that somebody else saved.
    pages.press(SAVE, status=422, changes={"note": "La mía", "price.amount": "x"})
    page = pages.press(SAVE, status=412, changes={"price.amount": "190.00"})
    compared = [html.text(row) for row in page.tree.findall(".//table/tbody/tr")]
    assert compared == [
        "Tipo Presencial Virtual",
        "Precio S/ 180.00 S/ 190.00",
        "Nota administrativa De otra persona La mía",
    ]
    assert sessions.get(db, session["_id"])["note"] == "De otra persona"
    pages.press(SAVE)
    saved = sessions.get(db, session["_id"])
    assert (saved["note"], saved["price_cents"], saved["version"]) == ("La mía", 19000, 3)


def test_a_session_is_deleted_after_asking_and_not_when_it_changed_meanwhile(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    [session] = stored(db, local_date="2026-10-30")
    pages.get(f"/citas/{session['_id']}")
    sessions.update(db, session["_id"], {"note": "Nueva"}, 1, NOW, LIMA)
    page = pages.press(DELETE, status=412)
    assert "otra persona la cambió" in page.text
    assert page.fields(SAVE)["note"] == "Nueva"
    pages.press(SAVE, changes={"note": "Otra"})
    assert sessions.get(db, session["_id"])["note"] == "Otra"
    pages.get(f"/citas/{session['_id']}")
    page = pages.press(DELETE)
    assert "Cita eliminada: Ana" in page.text
    assert stored(db, local_date="2026-10-30") == []
    pages.get(f"/citas/{session['_id']}", status=404)


# The day beside the form ------------------------------------------------------


def test_the_day_shows_what_is_taken_in_the_way_and_free(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    def day(**args: str) -> str:
        response = pages.http.get(
            "/citas/dia", query_string={"psychotherapist_id": centre.emard, "day": TODAY, **args}
        )
        assert response.status_code == 200
        return html.text(html.parse(f"<!doctype html><title>x</title>{response.text}"))

    assert "Ronald Emard, jueves 15 de octubre. Ocupado: 09:00–09:50, 11:30–12:20, 16:00–16:50." in day()
    assert "ya atiende" not in day(starts="09:50", ends="10:40")
    taken = day(starts="11:00", ends="11:50")
    assert "Ronald Emard ya atiende a Mateo Quispe de 11:30 a 12:20." in taken
    assert re.findall(r"\d\d:\d\d", taken.partition("Libre:")[2])[::2] == ["09:50", "10:00", "12:20", "13:00"]
    assert "ya tiene una cita" in day(
        psychotherapist_id=centre.roberts, starts="16:00", ends="16:50", client_id=centre.ana
    )
    [own] = stored(db, local_date=TODAY, client_id=centre.mateo)
    edited = day(starts="11:30", ends="12:20", cita=own["_id"])
    assert "Ocupado: 09:00–09:50, 16:00–16:50." in edited
    assert "ya atiende" not in edited
    assert "ya atiende" not in day(starts="11:30", ends="12:20", status="cancelled")
    assert day(day="mañana", starts="x") == day(psychotherapist_id="nadie") == "x"
