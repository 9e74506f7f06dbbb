"""Unir con otro cliente by its page, without scripts."""

from service.database import Db
from service.documents import clients
from service.documents.store import Document
from tests.merge_data import edit_client
from tests.page_client import PageClient
from tests.people_data import client


def test_a_likely_duplicate_is_merged_and_the_merge_undone(pages: PageClient, db: Db, rosa: Document) -> None:
    twice = client(db, "ROSA", "Quispe Nahui")
    page = pages.get(f"/clientes/{twice['_id']}/unir")
    assert "el mismo nombre" in page.text
    after = pages.press("Unir con Rosa Quispe Ñahui")
    assert after.path == f"/clientes/{rosa['_id']}/unir"
    assert "ROSA Quispe Nahui se unió con Rosa Quispe Ñahui." in after.text
    assert clients.get(db, twice["_id"])["merged_into"] == rosa["_id"]
    gone = pages.get(f"/clientes/{twice['_id']}/unir")
    assert gone.link("Ver el otro") == after.path

    pages.get(after.path)
    back = pages.press("Deshacer la unión con ROSA Quispe Nahui")
    assert back.path == f"/clientes/{twice['_id']}"
    assert "merged_into" not in clients.get(db, twice["_id"])


def test_anybody_can_be_searched_for(pages: PageClient, db: Db, rosa: Document) -> None:
    other = client(db, "Luisa", "Ríos")
    page = pages.get(f"/clientes/{other['_id']}/unir")
    assert "No encontramos a nadie" in page.text
    found = pages.get(f"/clientes/{other['_id']}/unir?q=quispe")
    assert "Rosa Quispe Ñahui" in found.text
    pages.press("Unir con Rosa Quispe Ñahui")
    assert clients.get(db, other["_id"])["merged_into"] == rosa["_id"]


def test_what_refuses_it_is_said_and_named(pages: PageClient, db: Db, rosa: Document) -> None:
    other = client(db, "Rosa", "Quispe Ñahui")
    pages.get(f"/clientes/{other['_id']}/unir")
    edit_client(db, other["_id"], document={"type": "DNI", "number": "45310882"})
    stale = pages.press("Unir con Rosa Quispe Ñahui", status=412)
    assert "Otra persona guardó cambios" in stale.text
    pages.get(f"/clientes/{other['_id']}/unir?q=rosa")
    assert "son dos personas" in pages.press("Unir con Rosa Quispe Ñahui", status=409).text

    third = client(db, "Rosa", "Quispe")
    pages.get(f"/clientes/{third['_id']}/unir?q=rosa")
    pages.press("Unir con Rosa Quispe Ñahui", changes={})
    merged_into = clients.get(db, third["_id"])["merged_into"]
    edit_client(db, merged_into, email="rosa@example.com")
    pages.get(f"/clientes/{merged_into}/unir")
    refused = pages.press("Deshacer la unión con Rosa Quispe")
    assert "Cambió: Rosa Quispe Ñahui." in refused.text


def test_a_clients_page_leads_there_and_a_merged_ones_to_the_other(
    pages: PageClient, db: Db, rosa: Document
) -> None:
    twice = client(db, "Rosa", "Quispe Nahui")
    path = f"/clientes/{twice['_id']}"
    pages.get(pages.get(path).link("Unir"))
    pages.press("Unir con Rosa Quispe Ñahui")
    gone = pages.get(path)
    assert gone.link("Ver el otro registro") == f"/clientes/{rosa['_id']}"
    assert "Recuperar" not in gone.text and "Editar" not in gone.text
