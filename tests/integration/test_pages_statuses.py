"""The desk without scripts: a status in place, several chosen, taken back; versions that were read."""

import csv
import io
from typing import Any

import pytest

from service.database import Db
from service.documents import sessions
from service.documents.store import Document
from tests import html, page_client
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.small_centre import LIMA, MONTH, TODAY, SmallCentre

LIST = f"/citas?mes={MONTH}&estado=cuentan"
UNDO = "Deshacer U"


@pytest.fixture
def session(db: Db, centre: SmallCentre) -> Document:
    """José's with Ronald Emard today at four."""
    return sessions.find(db, {"local_date": TODAY, "client_id": centre.jose})[0]


def stored(db: Db, session: Document) -> Document:
    return sessions.get(db, session["_id"])


def touched(db: Db, session: Document) -> Document:
    """The session after somebody else wrote something in it."""
    return sessions.update(db, session["_id"], {"note": "Llamó"}, None, NOW, LIMA)


def set_status(pages: PageClient, session: Document, status: str, amount: str = "", code: int = 200) -> Page:
    """Presses a button of the row's own form."""
    assert pages.last
    forms = [form for form in pages.last.tree.iter("form") if session["_id"] in form.get("action", "")]
    [form] = forms
    fields = {box.get("name", ""): box.get("value", "") for box in form.iter("input")}
    sent = {**fields, "charge.amount": amount, "status": status}
    return pages.post(form.get("action", ""), sent, code)


def chosen(pages: PageClient, *some: Document, **more: str) -> dict[str, Any]:
    """What the form of several sends with these ticked."""
    assert pages.last
    [form] = [form for form in pages.last.tree.iter("form") if form.get("id") == "seleccion"]
    fields: dict[str, Any] = {box.get("name", ""): box.get("value", "") for box in form.iter("input")}
    boxes = [box.get("value", "") for box in pages.last.tree.iter("input") if box.get("form") == "seleccion"]
    assert len(boxes) == len(set(boxes)) > 0
    return {
        **fields,
        "cita": [value for value in boxes if value[:32] in [one["_id"] for one in some]],
        **more,
    }


# One status ------------------------------------------------------


@pytest.mark.parametrize("path", ["/", LIST])
def test_a_status_is_changed_from_its_row_and_taken_back(
    db: Db, pages: PageClient, session: Document, path: str
) -> None:
    pages.get(path)
    page = set_status(pages, session, "no_show", "90")
    assert page.path == path
    assert "No asistió: José Ángel Ríos, jueves 15 de octubre, 16:00." in page.text
    assert (stored(db, session)["status"], stored(db, session)["charge_cents"]) == ("no_show", 9000)
    page = pages.press(UNDO)
    assert page.path == path
    assert "Deshecho: José Ángel Ríos, jueves 15 de octubre, 16:00." in page.text
    assert (stored(db, session)["status"], stored(db, session)["income_cents"]) == ("scheduled", 18000)
    assert UNDO not in page.text


def test_the_enter_key_in_the_amount_chooses_no_status(pages: PageClient, session: Document) -> None:
    page = pages.get(LIST)
    forms = [form for form in page.tree.iter("form") if "/estado" in form.get("action", "")]
    assert len(forms) == 11
    for form in forms:
        assert "disabled" in next(form.iter("button")).attrib


def test_a_stale_status_says_what_is_stored_and_keeps_what_was_asked(
    db: Db, pages: PageClient, session: Document
) -> None:
    pages.get(LIST)
    newer = touched(db, session)
    page = set_status(pages, session, "cancelled", "45.50", code=412)
    assert stored(db, session) == newer
    assert "Otra persona cambió esta cita" in page.text
    assert "Guardado ahora Programada S/ 180.00" in page.text.replace("\xa0", " ")
    fields = page.fields("Cambiar el estado")
    assert (fields["status"], fields["charge.amount"]) == ("cancelled", "45.50")
    page = pages.press("Cambiar el estado")
    assert page.path == LIST
    assert stored(db, session)["charge_cents"] == 4550


def test_a_cancelled_hour_that_was_given_away_is_not_taken_again(
    db: Db, centre: SmallCentre, pages: PageClient, session: Document
) -> None:
    pages.get(f"/citas?mes={MONTH}")
    set_status(pages, session, "cancelled")
    centre.session(TODAY, "16:30", centre.bruno, centre.emard)
    page = set_status(pages, session, "scheduled", code=409)
    assert "Ronald Emard ya atiende a Bruno Castillo Díaz de 16:30 a 17:20." in page.text
    assert page.link("registrarla como sobrecupo").startswith(f"/citas/{session['_id']}")
    assert stored(db, session)["status"] == "cancelled"


def test_an_amount_that_is_none_is_said_beside_it(db: Db, pages: PageClient, session: Document) -> None:
    pages.get(LIST)
    page = set_status(pages, session, "no_show", "noventa", code=422)
    assert "Escriba un monto como 150.00" in page.error("charge.amount")
    assert stored(db, session) == session
    pages.press("Cambiar el estado", changes={"charge.amount": "90"})
    assert stored(db, session)["charge_cents"] == 9000
    assert set_status_alone(pages, session, {"status": "perhaps"}).status_code == 422


def set_status_alone(pages: PageClient, session: Document, changes: dict[str, str]) -> Any:
    fields = {**dict(pages.get(LIST).fields("Elija un estado")), **changes}
    return pages.http.post(f"/citas/{session['_id']}/estado", data=fields, headers=page_client.SAME_ORIGIN)


# Several ------------------------------------------------------


def test_several_are_changed_and_taken_back_together(db: Db, pages: PageClient, centre: SmallCentre) -> None:
    pages.get(LIST)
    some = sessions.find(db, {"local_date": TODAY})
    page = pages.post("/citas/varias", chosen(pages, *some, status="done"))
    assert page.path == LIST
    assert "3 citas cambiaron de estado." in page.text
    assert {each["status"] for each in sessions.find(db, {"local_date": TODAY})} == {"done"}
    page = pages.press(UNDO)
    assert "Deshecho: 3 citas están como antes." in page.text
    assert [each["status"] for each in sessions.find(db, {"local_date": TODAY})] == [
        each["status"] for each in some
    ]


def test_each_that_could_not_be_changed_is_named(db: Db, pages: PageClient, session: Document) -> None:
    pages.get(LIST)
    others = [each for each in sessions.find(db, {"local_date": TODAY}) if each["_id"] != session["_id"]]
    fields = chosen(pages, session, *others, status="cancelled")
    touched(db, session)
    sessions.delete(db, others[0]["_id"], None, NOW)
    page = pages.post("/citas/varias", fields, 409)
    assert page.heading == "2 citas quedaron como estaban"
    assert "2 citas cambiaron de estado." in page.text
    assert (
        "José Ángel Ríos, jueves 15 de octubre, 16:00 Otra persona la cambió. Está: Programada." in page.text
    )
    assert "Lucía Fernández Ñahui, jueves 15 de octubre, 09:00 Ya no está: se eliminó." in page.text
    assert page.link("Volver a la lista") == LIST
    assert stored(db, session)["status"] == "scheduled"
    page = pages.press(UNDO)
    assert page.path == LIST
    assert {stored(db, each)["status"] for each in others[1:]} == {"scheduled"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_those_that_were_chosen_are_exported(
    db: Db, pages: PageClient, centre: SmallCentre, session: Document, ending: str
) -> None:
    pages.get(LIST)
    other = sessions.find(db, {"client_id": centre.lucia})[-1]
    fields = chosen(pages, session, other)
    sent = pages.http.post(f"/citas/varias/exportar.{ending}", data=fields, headers=page_client.SAME_ORIGIN)
    assert sent.status_code == 200
    assert sent.headers["Content-Disposition"] == f'attachment; filename="citas.{ending}"'
    if ending == "csv":
        rows = list(csv.DictReader(io.StringIO(sent.get_data().decode("utf-8-sig"), newline="")))
        assert [row["Paciente"] for row in rows] == ["Lucía Fernández Ñahui", "José Ángel Ríos"]


def test_nothing_chosen_or_two_currencies_change_nothing(
    db: Db, pages: PageClient, centre: SmallCentre, session: Document
) -> None:
    pages.get(LIST)
    assert "Elija al menos una cita." in pages.post("/citas/varias", chosen(pages, status="done")).text
    dollars = sessions.find(db, {"client_id": centre.jose, "currency": "USD", "counts": True})[-1]
    fields = chosen(pages, session, dollars, status="cancelled")
    page = pages.post("/citas/varias", {**fields, "charge.amount": "50"})
    assert "Hay citas en soles y en dólares" in page.text
    assert (stored(db, session)["version"], stored(db, dollars)["version"]) == (1, 1)
    for nonsense in (["x"], ["a.b"], [f"{'a' * 32}.{n}" for n in range(101)]):
        pages.post("/citas/varias/exportar.csv", fields | {"cita": nonsense}, 422)


# Taken back ------------------------------------------------------


def test_a_deletion_is_taken_back(db: Db, pages: PageClient, session: Document) -> None:
    pages.get(f"/citas/{session['_id']}?vuelve=hoy")
    page = pages.press("Sí, eliminar esta cita")
    assert "Cita eliminada: José Ángel Ríos" in page.text
    assert [html.text(row) for row in page.tree.iter("tr") if "José" in html.text(row)] == []
    page = pages.press(UNDO)
    assert page.path == "/"
    assert (stored(db, session)["note"], stored(db, session)["status"]) == ("", "scheduled")


def test_taking_back_is_refused_where_the_hour_is_taken_or_it_was_changed(
    db: Db, centre: SmallCentre, pages: PageClient, session: Document
) -> None:
    pages.get(f"/citas/{session['_id']}?vuelve=hoy")
    pages.press("Sí, eliminar esta cita")
    centre.session(TODAY, "16:10", centre.bruno, centre.emard)
    page = pages.press(UNDO, 409)
    assert "No se deshizo nada." in page.text
    assert "Ronald Emard ya atiende a Bruno Castillo Díaz de 16:10 a 17:00." in page.text
    assert page.link("Volver a la lista") == "/"
    [ana] = sessions.find(db, {"local_date": TODAY, "client_id": centre.ana})
    pages.get("/")
    page = set_status(pages, ana, "done")
    touched(db, ana)
    page = pages.press(UNDO, 409)
    assert (
        "Ana <b> Ñahui & Hijos, jueves 15 de octubre, 16:00 Otra persona la cambió. Está: Realizada."
        in page.text
    )


def test_what_another_site_sends_is_refused(db: Db, pages: PageClient, session: Document) -> None:
    pages.get(LIST)
    fields = chosen(pages, session, status="done")
    for path in (
        "/citas/varias",
        f"/citas/{session['_id']}/estado",
        "/citas/deshacer",
        "/citas/varias/exportar.csv",
    ):
        foreign = pages.http.post(path, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
        without = pages.http.post(path, data={**fields, "csrf_token": "wrong"})
        assert without.status_code in (401, 403)
    assert stored(db, session) == session


def test_what_is_so_already_is_said_and_not_written_again(
    db: Db, pages: PageClient, session: Document
) -> None:
    before = [session, *(each for each in sessions.find(db, {"local_date": TODAY}) if each != session)]
    pages.get(LIST)
    page = set_status(pages, session, "scheduled")
    assert "Ya estaba así: José Ángel Ríos, jueves 15 de octubre, 16:00." in page.text
    pages.get(LIST)
    page = pages.post("/citas/varias", chosen(pages, session, status="scheduled"))
    assert "Las citas elegidas ya estaban así." in page.text
    assert UNDO not in page.text
    assert [sessions.get(db, each["_id"]) for each in before] == before


def test_a_status_has_to_be_chosen(db: Db, pages: PageClient, session: Document) -> None:
    answer = set_status_alone(pages, session, {"status": ""})
    assert (answer.status_code, "Elija una de las opciones." in answer.text) == (422, True)
    assert stored(db, session) == session
