"""Clients by their pages, without scripts: list, search, page, archiving and coming back."""

from service.database import Db
from service.documents import clients
from service.documents.store import Document
from tests.conftest import NOW
from tests.page_client import Page, PageClient
from tests.people_data import book, client


def names(page: Page) -> list[str]:
    return [
        " ".join("".join(link.itertext()).split())
        for link in page.tree.iter("a")
        if "row-link" in link.get("class", "")
    ]


def test_clients_are_found_by_name_document_and_phone_in_any_spelling(
    pages: PageClient, db: Db, rosa: Document
) -> None:
    client(db, "José Ángel", "Ríos")
    for query in ("quispe rosa", "NAHUI", "ñahui ro", "04531088", "990 083 450", "+51 990083450"):
        assert names(pages.get(f"/clientes?q={query}".replace("+", "%2B"))) == ["Rosa Quispe Ñahui"], query
    assert names(pages.get("/clientes?q=angel rios")) == ["José Ángel Ríos"]
    assert names(pages.get("/clientes")) == ["Rosa Quispe Ñahui", "José Ángel Ríos"]
    nobody = pages.get("/clientes?q=nadie <b>")
    assert "Nadie coincide con «nadie <b>»" in nobody.text
    assert nobody.link("Crear cliente").startswith("/clientes/nuevo?nombre=nadie")


def test_a_long_list_has_pages_and_one_beyond_the_last_shows_the_last(pages: PageClient, db: Db) -> None:
    for number in range(51):
        client(db, f"Ana {number:02d}", "Ríos")
    first = pages.get("/clientes?q=rios")
    assert len(names(first)) == 50
    assert "Mostrando 1–50 de 51" in first.text
    second = pages.get(first.link("Siguientes"))
    assert names(second) == names(pages.get("/clientes?q=rios&pagina=99")) == ["Ana 50 Ríos"]


def test_archived_clients_have_a_list_of_their_own(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    book(db, rosa, emard, 1)
    clients.delete(db, rosa["_id"], None, NOW)
    assert "Rosa" not in pages.get("/clientes").text
    missed = pages.get("/clientes?q=rosa")
    assert names(pages.get(missed.link("entre los archivados"))) == ["Rosa Quispe Ñahui"]


def test_the_type_ahead_gives_what_tells_people_apart(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    link = {"client_id": rosa["_id"], "kind": "parent", "answers_surveys": True}
    family = {"clients": [link], "psychotherapists": []}
    mateo = client(db, "Mateo", "Quispe", birth_date="2016-05-02", relationships=family)
    book(db, mateo, emard, 1)
    found = pages.http.get("/clientes/buscar?q=quispe").get_json()["items"]
    assert found == [
        {
            "id": mateo["_id"],
            "name": "Mateo Quispe",
            "detail": "sin documento · 10 años",
            "note": "Responsable: Rosa Quispe Ñahui · Última cita: 01/10/2026 con Ronald Emard",
        },
        {"id": rosa["_id"], "name": "Rosa Quispe Ñahui", "detail": "DNI 04531088", "note": ""},
    ]
    others = pages.http.get(f"/clientes/buscar?q=quispe&sin={mateo['_id']}").get_json()["items"]
    assert [item["id"] for item in others] == [rosa["_id"]]
    assert pages.http.get("/clientes/buscar?q=q").get_json() == {"items": []}


def test_a_clients_page_shows_who_they_are_and_their_history_newest_first(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    lists = {
        "clients": [{"client_id": rosa["_id"], "kind": "parent", "answers_surveys": True}],
        "psychotherapists": [{"psychotherapist_id": emard["_id"], "since": "2024-03-01"}],
    }
    mateo = client(db, "Mateo", "Quispe", birth_date="2016-05-02", survey_consent=True, relationships=lists)
    first, second = book(db, mateo, emard, 1), book(db, mateo, emard, 8)
    page = pages.get(f"/clientes/{mateo['_id']}")
    for said in ("Menor de edad", "02/05/2016 · 10 años", "Ronald Emard desde el 01/03/2024", "2 citas"):
        assert said in page.text
    assert "Rosa Quispe Ñahui Madre o padre · responde sus encuestas" in page.text
    assert "Acepta, pero falta el correo de Rosa Quispe Ñahui." in page.text
    assert page.link("08/10/2026") == f"/citas/{second['_id']}"
    assert page.text.index("08/10/2026") < page.text.index("01/10/2026")
    assert page.link("01/10/2026") == f"/citas/{first['_id']}"
    assert page.link("Nueva cita").endswith(f"cliente={mateo['_id']}")
    mother = pages.get(page.link("Rosa Quispe Ñahui"))
    assert "Mateo Quispe Hijo o hija" in mother.text


def test_the_history_has_pages(pages: PageClient, db: Db, rosa: Document, emard: Document) -> None:
    document = book(db, rosa, emard, 1)
    more = [{**document, "_id": f"{number:032x}"} for number in range(50)]
    db.sessions.insert_many(more)
    page = pages.get(f"/clientes/{rosa['_id']}")
    assert "51 citas" in page.text
    assert len(names(page)) == 50
    assert len(names(pages.get(page.link("Siguientes")))) == 1


def test_a_client_without_history_is_removed_after_asking(pages: PageClient, db: Db, rosa: Document) -> None:
    link = {"client_id": rosa["_id"], "kind": "parent", "answers_surveys": False}
    mateo = client(db, "Mateo", "Quispe", relationships={"clients": [link]})
    pages.get(pages.get(f"/clientes/{mateo['_id']}").link("Eliminar"))
    asked = pages.last
    assert asked is not None
    assert "se quita de la familia de: Rosa Quispe Ñahui." in asked.text
    assert db.clients.count_documents({}) == 2
    assert "Mateo Quispe fue eliminado." in pages.press("Eliminar").text
    assert db.clients.find_one({"_id": mateo["_id"]}) is None
    assert clients.get(db, rosa["_id"])["relationships"]["clients"] == []


def test_a_client_with_sessions_is_archived_and_comes_back(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    book(db, rosa, emard, 1)
    asked = pages.get(pages.get(f"/clientes/{rosa['_id']}").link("Archivar"))
    assert "Tiene 1 cita, así que no se elimina" in asked.text
    archived = pages.press("Archivar")
    assert "Archivado" in archived.text
    assert "1 cita" in archived.text
    assert pages.press("Recuperar").link("Nueva cita")
    assert "archived_at" not in clients.get(db, rosa["_id"])


def test_what_was_changed_since_it_was_asked_is_asked_again(
    pages: PageClient, db: Db, rosa: Document
) -> None:
    pages.get(f"/clientes/{rosa['_id']}/eliminar")
    clients.update(db, rosa["_id"], {"given_names": "Rosalía"}, 1, NOW)
    again = pages.press("Eliminar", 412)
    assert again.heading == "¿Eliminar a Rosalía Quispe Ñahui?"
    assert db.clients.count_documents({}) == 1
    pages.press("Eliminar")
    assert db.clients.count_documents({}) == 0


def test_a_clients_history_adds_up_and_each_number_lists_its_sessions(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    for day, status in ((1, "done"), (2, "done"), (3, "cancelled"), (20, "scheduled")):
        book(db, rosa, emard, day, status)
    page = pages.get(f"/clientes/{rosa['_id']}")
    assert "Historia de citas Todas 4 Realizadas 2 Programadas 1 Canceladas 1" in page.text
    assert "4 citas S/ 540.00" in page.text
    page = pages.get(page.link("Realizadas 2"))
    assert [link.get("href") for link in page.tree.iter("a") if link.get("aria-current") == "true"] == [
        f"/clientes/{rosa['_id']}?estado=done#history"
    ]
    assert "2 citas S/ 360.00" in page.text
    assert "20/10/2026" not in page.text and "Todas 4" in page.text
    assert "Archivar" in page.text
    assert "–" in pages.get(f"/clientes/{rosa['_id']}?estado=cancelled").text
    pages.get(f"/clientes/{rosa['_id']}?estado=otro", 422)


def test_who_was_edited_since_is_not_brought_back_unseen(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    book(db, rosa, emard, 1)
    clients.delete(db, rosa["_id"], None, NOW)
    pages.get(f"/clientes/{rosa['_id']}")
    clients.update(db, rosa["_id"], {"phone": "+51911111111"}, None, NOW)
    page = pages.press("Recuperar")
    assert "Otra persona guardó cambios en este cliente." in page.text
    assert "archived_at" in clients.get(db, rosa["_id"])
    assert "Cliente recuperado." in pages.press("Recuperar").text
