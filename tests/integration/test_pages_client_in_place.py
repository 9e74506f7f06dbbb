"""A client created within a new session's form, without scripts: nothing is lost, nobody is there twice."""

import pytest

from service.database import Db
from service.documents import sessions
from service.documents.store import Document
from tests import html
from tests.conftest import NOW
from tests.page_client import SAME_ORIGIN, PageClient
from tests.small_centre import SmallCentre

SAVE, OPEN, CREATE, CLOSE = "Guardar", "+ Crear cliente", "Crear y seguir", "No crear"


def typed(centre: SmallCentre, **changes: str) -> dict[str, str]:
    form = {"client_query": "zoila baca", "psychotherapist_id": centre.emard, "day": "2026-10-20"}
    form |= {
        "starts": "10:30",
        "ends": "11:20",
        "modality": "on_site",
        "room": "Sala 2",
        "note": "Primera vez",
    }
    return form | changes


def people(db: Db, family: str) -> list[Document]:
    return list(db.clients.find({"family_names": family}))


def kept(pages: PageClient, wanted: dict[str, str]) -> bool:
    """Whether the form on the page still says what was typed, but for who the client is."""
    assert pages.last
    fields = pages.last.fields(SAVE)
    return all(fields[name] == value for name, value in wanted.items() if name != "client_query")


def test_a_client_is_created_and_the_session_goes_on(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    pages.get("/citas/nueva")
    wanted = typed(centre)
    fields = pages.press(OPEN, changes=wanted).fields(SAVE)
    assert (fields["new_client.given_names"], fields["new_client.family_names"]) == ("Zoila", "Baca")
    assert kept(pages, wanted)
    person = {"new_client.document.number": "4531088", "new_client.birth_date": "2016-05-01"}
    page = pages.press(CREATE, status=422, changes=person)
    assert "El DNI tiene 8 dígitos." in page.error("new_client.document.number")
    assert kept(pages, wanted)
    assert "Es menor de edad: al guardar la cita podrá indicar a su responsable." in page.text
    page = pages.press(CREATE, changes={"new_client.document.number": "04531088"})
    assert "Cliente creado: Zoila Baca." in page.text
    assert "responsable" not in page.text  # nothing leads away from a form that is half filled in
    assert kept(pages, wanted)
    [client] = people(db, "Baca")
    assert (client["document"]["number"], client["birth_date"]) == ("04531088", "2016-05-01")
    assert db.sessions.count_documents({"client_id": client["_id"]}) == 0
    page = pages.press(SAVE)
    [session] = sessions.find(db, {"client_id": client["_id"]})
    assert (session["note"], session["room"]) == ("Primera vez", "Sala 2")
    assert "Zoila Baca es menor de edad: falta indicar a su responsable." in page.text
    path, _hash, place = page.link("Indicar al responsable").partition("#")
    assert place in {element.get("id") for element in pages.get(path).tree.iter()}


def test_whoever_is_called_alike_is_not_taken_for_who_is_being_entered(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    """One Bruno Castillo is known; the one who is being entered is another."""
    pages.get("/citas/nueva")
    page = pages.press(OPEN, changes={"client_query": "bruno castillo"})
    fields = page.fields(SAVE)
    assert (fields["client_id"], fields["client_query"]) == ("", "bruno castillo")
    assert fields["psychotherapist_id"] == ""
    page = pages.press(CLOSE)
    assert (page.fields(SAVE)["client_id"], page.fields(SAVE)["client_query"]) == ("", "bruno castillo")


def test_saving_creates_both_and_sent_twice_each_once(centre: SmallCentre, db: Db, pages: PageClient) -> None:
    pages.get("/citas/nueva")
    fields = pages.press(OPEN, changes=typed(centre)).fields("Guardar y crear otra")
    for _ in range(2):
        answer = pages.http.post("/citas/nueva", data=fields, headers=SAME_ORIGIN)
        assert answer.status_code == 303
    [client] = people(db, "Baca")
    assert len(sessions.find(db, {"client_id": client["_id"]})) == 1


def test_a_client_stays_when_the_session_is_not_right_yet(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    pages.press(OPEN, changes=typed(centre, starts="25:00"))
    page = pages.press(SAVE, status=422)
    assert page.error("starts")
    assert page.fields(SAVE)["client_query"] == "Zoila Baca"
    pages.press(SAVE, changes={"starts": "10:30"})
    [client] = people(db, "Baca")
    assert len(sessions.find(db, {"client_id": client["_id"]})) == 1


def test_who_may_be_the_same_person_is_shown_first_and_can_be_used(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    wanted = typed(centre, client_query="")
    pages.press(OPEN, changes=wanted)
    same = {"new_client.given_names": "Lucia", "new_client.family_names": "Fernandez Nahui"}
    page = pages.press(CREATE, status=422, changes=same)
    assert "Puede que ya esté registrado" in page.text
    assert "Coincide: el mismo nombre" in page.text
    assert "DNI 45310882" in page.text
    assert people(db, "Fernandez Nahui") == []
    page = pages.press("Usar a Lucía Fernández Ñahui")
    assert page.fields(SAVE)["client_id"] == centre.lucia
    assert kept(pages, wanted)
    pages.press(SAVE)
    assert len(sessions.find(db, {"client_id": centre.lucia, "local_date": "2026-10-20"})) == 1
    assert people(db, "Fernandez Nahui") == []


def test_a_likely_duplicate_that_was_seen_refuses_nothing(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    same = {"new_client.given_names": "Lucia", "new_client.family_names": "Fernandez Nahui"}
    pages.press(OPEN, changes=typed(centre, client_query=""))
    pages.press(CREATE, status=422, changes=same)
    page = pages.press(CREATE, status=422, changes={"new_client.document.number": "45310882"})
    assert "ya está registrado con este documento" in page.error("new_client.document.number")
    pages.press(SAVE, changes={"new_client.document.number": ""})
    [client] = people(db, "Fernandez Nahui")
    assert len(sessions.find(db, {"client_id": client["_id"]})) == 1


def test_likely_duplicates_come_while_typing_and_archived_ones_are_not_offered(
    centre: SmallCentre, db: Db, pages: PageClient
) -> None:
    pages.get("/citas/nueva")
    fields = pages.press(OPEN, changes=typed(centre, client_query="bruno castillo diaz")).fields(CREATE)
    piece = pages.http.post("/citas/nueva/parecidos", data=fields, headers=SAME_ORIGIN)
    assert "Usar a Bruno Castillo Díaz" in piece.text
    db.clients.update_one({"_id": centre.bruno}, {"$set": {"archived_at": NOW}})
    piece = pages.http.post("/citas/nueva/parecidos", data=fields, headers=SAME_ORIGIN)
    assert "archivado" in piece.text
    assert "Usar a" not in piece.text


@pytest.mark.parametrize(
    ("query", "field"),
    [("45 310 883", "document.number"), ("990 083 450", "phone"), ("Zoila", "given_names")],
)
def test_what_was_searched_is_taken_over_where_it_belongs(
    centre: SmallCentre, pages: PageClient, query: str, field: str
) -> None:
    pages.get("/citas/nueva")
    fields = pages.press(OPEN, changes={"client_query": query}).fields(SAVE)
    filled = {name for name in fields if name.startswith("new_client.") and fields[name]}
    assert filled == {f"new_client.{field}", "new_client.document.type"}
    page = pages.press(CLOSE)
    assert page.fields(SAVE)["client_query"] == query
    assert "Nuevo cliente" not in html.text(page.tree.find("body"))
