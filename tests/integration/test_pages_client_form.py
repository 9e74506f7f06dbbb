"""The form of a client, without scripts: rows, family, mistakes, a document that is taken, a stale save."""

import pytest

from service.database import Db
from service.documents import client_search, clients
from service.documents.store import Document
from tests.conftest import NOW
from tests.page_client import SAME_ORIGIN, PageClient
from tests.people_data import client

FAMILY, THERAPISTS = "relationships.clients", "relationships.psychotherapists"


def test_a_client_is_registered_with_everything_and_both_sides_of_the_family(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    pages.get("/clientes/nuevo?nombre=mateo quispe")
    page = pages.press(
        "Guardar",
        changes={
            "birth_date": "2016-05-02",
            "phone": "987 654 321",
            "email": " MATEO@example.com ",
            "survey_consent": "true",
            "language": "en",
            "note": "Paga su hermana.\r\nFactura a fin de mes.",
            f"{THERAPISTS}.0.psychotherapist_id": emard["_id"],
            f"{FAMILY}.0.client_text": "nahui rosa",
            f"{FAMILY}.0.kind": "parent",
            f"{FAMILY}.0.answers_surveys": "true",
        },
    )
    assert page.heading == "Mateo Quispe"
    assert "Guardado: Mateo Quispe." in page.text
    stored = db.clients.find_one({"given_names": "Mateo"})
    assert stored is not None
    assert (stored["phone"], stored["email"]) == ("+51987654321", "mateo@example.com")
    assert stored["survey_consent"] is True
    assert (stored["language"], stored["note"]) == ("en", "Paga su hermana.\nFactura a fin de mes.")
    assert "Notas Paga su hermana. Factura a fin de mes." in page.text
    assert "document" not in stored
    assert stored["relationships"] == {
        "psychotherapists": [{"psychotherapist_id": emard["_id"], "since": "2026-10-15"}],
        "clients": [{"client_id": rosa["_id"], "kind": "parent", "answers_surveys": True}],
    }
    mother = clients.get(db, rosa["_id"])
    assert [(link["client_id"], link["kind"]) for link in mother["relationships"]["clients"]] == [
        (stored["_id"], "child")
    ]


def test_sending_the_form_twice_makes_one_client_and_changing_it_in_between_is_told(
    pages: PageClient, db: Db
) -> None:
    sent = pages.get("/clientes/nuevo").fields("Guardar")
    sent["given_names"], sent["family_names"] = "Ana", "Ríos"
    for _ in range(2):
        assert pages.post("/clientes/nuevo", sent).heading == "Ana Ríos"
    sent["given_names"] = "Anita"
    told = pages.post("/clientes/nuevo", sent, status=422)
    assert "ya se guardó antes" in told.text
    assert told.fields("Guardar")["given_names"] == "Anita"
    assert pages.get(told.link("Editar lo guardado")).fields("Guardar")["given_names"] == "Ana"
    assert db.clients.count_documents({}) == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("given_names", "  ", "Falta este dato."),
        ("document.number", "123", "El DNI tiene 8 dígitos."),
        ("email", "ana@", "Escriba un correo como nombre@ejemplo.com."),
        ("phone", "12", "Escriba el teléfono"),
        ("birth_date", "2016-02-30", "Escriba una fecha válida."),
        (f"{FAMILY}.0.client_text", "nadie", "No hay ningún cliente con ese nombre"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_keeps_what_was_typed(
    pages: PageClient, db: Db, field: str, typed: str, said: str
) -> None:
    pages.get("/clientes/nuevo")
    page = pages.press(
        "Guardar", 422, {"given_names": "Ana", "family_names": "Ríos", "survey_consent": "true", field: typed}
    )
    assert said in page.error(field)
    kept = page.fields("Guardar")
    assert kept[field] == typed
    assert kept["family_names"] == "Ríos"
    assert kept.getlist("survey_consent")[-1] == "true"
    assert db.clients.count_documents({}) == 0


def test_rows_are_added_and_taken_away_without_scripts_and_keep_what_was_typed(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    pages.get("/clientes/nuevo")
    typed = {
        "given_names": "Ana",
        f"{THERAPISTS}.0.psychotherapist_id": emard["_id"],
        f"{FAMILY}.0.client_text": "rosa",
    }
    page = pages.press("+ Agregar psicoterapeuta", changes=typed)
    sent = page.fields("Guardar")
    assert sent["given_names"] == "Ana"
    assert sent[f"{THERAPISTS}.0.psychotherapist_id"] == emard["_id"]
    assert sent[f"{THERAPISTS}.1.psychotherapist_id"] == ""
    assert sent[f"{FAMILY}.0.client_text"] == "Rosa Quispe Ñahui"
    page = pages.press("+ Agregar familiar")
    assert f"{FAMILY}.2.client_text" in page.fields("Guardar")
    page = pages.press("Quitar este psicoterapeuta")
    assert page.fields("Guardar")[f"{THERAPISTS}.0.psychotherapist_id"] == ""
    assert db.clients.count_documents({}) == 1


def test_a_relative_of_whom_there_are_several_is_asked_for(pages: PageClient, db: Db, rosa: Document) -> None:
    other = client(db, "Rosa", "Quispe Peña", birth_date="1990-01-01")
    pages.get("/clientes/nuevo")
    typed = {
        "given_names": "Ana",
        "family_names": "Ríos",
        f"{FAMILY}.0.client_text": "rosa quispe",
        f"{FAMILY}.0.kind": "sibling",
    }
    page = pages.press("Guardar", 422, typed)
    assert "Varias personas coinciden" in page.error(f"{FAMILY}.0.client_text")
    assert "Rosa Quispe Peña sin documento · 36 años" in page.text
    sent = page.fields("Guardar")
    sent.add(f"{FAMILY}.0.client_id", other["_id"])
    pages.post("/clientes/nuevo", sent)
    stored = db.clients.find_one({"given_names": "Ana"})
    assert stored is not None
    assert [link["client_id"] for link in stored["relationships"]["clients"]] == [other["_id"]]


def test_a_relatives_name_that_is_typed_over_means_somebody_else_and_emptied_means_nobody(
    pages: PageClient, db: Db, rosa: Document
) -> None:
    luis = client(db, "Luis", "Peña")
    link = {"client_id": rosa["_id"], "kind": "parent", "answers_surveys": False}
    mateo = client(db, "Mateo", "Quispe", relationships={"clients": [link]})
    pages.get(f"/clientes/{mateo['_id']}/editar")
    pages.press("Guardar", changes={f"{FAMILY}.0.client_text": "luis"})
    assert [own["client_id"] for own in clients.get(db, mateo["_id"])["relationships"]["clients"]] == [
        luis["_id"]
    ]
    assert clients.get(db, rosa["_id"])["relationships"]["clients"] == []
    pages.get(f"/clientes/{mateo['_id']}/editar")
    pages.press("Guardar", changes={f"{FAMILY}.0.client_text": ""})
    assert clients.get(db, mateo["_id"])["relationships"]["clients"] == []


def test_a_document_that_somebody_has_names_its_holder_with_a_link(pages: PageClient, rosa: Document) -> None:
    pages.get("/clientes/nuevo")
    page = pages.press(
        "Guardar", 409, {"given_names": "Ana", "family_names": "Ríos", "document.number": "04531088"}
    )
    assert "Rosa Quispe Ñahui ya está registrado con este documento." in page.error("document.number")
    assert page.link("Abrir la ficha de Rosa Quispe Ñahui") == f"/clientes/{rosa['_id']}"
    assert page.fields("Guardar")["given_names"] == "Ana"
    # The same digits on another kind of document are another document.
    assert pages.press("Guardar", changes={"document.type": "passport"}).heading == "Ana Ríos"
    page = pages.get(f"/clientes/{rosa['_id']}/editar")
    page = pages.press("Guardar", 409, {"document.type": "passport"})
    assert "Ana Ríos ya está registrado" in page.error("document.number")


def test_emptying_fields_really_empties_them(pages: PageClient, db: Db, rosa: Document) -> None:
    db.clients.update_one(
        {"_id": rosa["_id"]},
        {"$set": {"email": "r@example.com", "birth_date": "1985-01-01", "survey_consent": True}},
    )
    pages.get(f"/clientes/{rosa['_id']}/editar")
    emptied = {"document.number": "", "phone": "", "email": "", "birth_date": "", "survey_consent": "false"}
    pages.press("Guardar", changes=emptied)
    stored = clients.get(db, rosa["_id"])
    assert not stored.keys() & {"document", "phone", "email", "birth_date"}
    assert stored["survey_consent"] is False
    assert client_search.search(db, "04531088") == []


def test_a_stale_save_keeps_what_was_typed_and_says_what_is_stored_now(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    pages.get(f"/clientes/{rosa['_id']}/editar")
    since = [{"psychotherapist_id": emard["_id"], "since": "2026-01-05"}]
    changes = {"phone": "+51911111111", "relationships": {"psychotherapists": since}}
    clients.update(db, rosa["_id"], changes, 1, NOW)
    # Neither a row that is added nor a mistake on the way makes it forget which version was read.
    pages.press("+ Agregar familiar", changes={"given_names": "Rosita"})
    pages.press("Guardar", 422, {"email": "rosa@"})
    page = pages.press("Guardar", 412, {"email": "rosa@example.com"})
    assert "Otra persona guardó cambios" in page.text
    for row in (
        "Teléfono 911 111 111 990 083 450",
        "Nombres Rosa Rosita",
        "Psicoterapeutas Ronald Emard 05/01/2026 –",
    ):
        assert row in page.text
    assert "Apellidos Quispe" not in page.text
    stored = clients.get(db, rosa["_id"])
    assert (stored["given_names"], stored["phone"], stored["version"]) == ("Rosa", "+51911111111", 2)
    assert pages.press("Guardar lo mío").heading == "Rosita Quispe Ñahui"
    assert clients.get(db, rosa["_id"])["phone"] == "+51990083450"


def test_who_may_be_registered_already_is_shown_while_typing_and_refuses_nothing(
    pages: PageClient, db: Db, rosa: Document
) -> None:
    sent = pages.get("/clientes/nuevo").fields("Guardar")
    sent["given_names"], sent["family_names"], sent["phone"] = "rosa", "quispe nahui", "12"

    def piece(address: str) -> str:
        answer = pages.http.post(address, data=sent, headers=SAME_ORIGIN)
        assert answer.status_code == 200
        return " ".join(answer.get_data(as_text=True).split())

    said = piece("/clientes/parecidos")
    assert f'href="/clientes/{rosa["_id"]}"' in said
    assert "DNI 04531088" in said and "el mismo nombre" in said and "puede guardar igual" in said
    assert piece(f"/clientes/parecidos?sin={rosa['_id']}").strip() == ""
    # Also without scripts: when the form comes back, and once it is saved.
    page = pages.post("/clientes/nuevo", sent, 422)
    assert "¿Ya está registrado? Rosa Quispe Ñahui" in page.text
    page = pages.press("Guardar", changes={"phone": ""})
    assert "Puede ser la misma persona que Rosa Quispe Ñahui. Si lo es, use «Unir»." in page.text
    assert db.clients.count_documents({}) == 2


def test_a_minor_whose_survey_nobody_answers_is_warned_of_beside_the_field_and_saved_all_the_same(
    pages: PageClient, db: Db, rosa: Document
) -> None:
    minor = {
        "given_names": "Mateo",
        "family_names": "Ríos",
        "birth_date": "2016-05-02",
        "survey_consent": "true",
    }
    missing = "Acepta, pero es menor: falta indicar qué familiar adulto la responde."
    pages.get("/clientes/nuevo")
    page = pages.press("+ Agregar familiar", changes=minor)
    assert missing in page.text
    page = pages.press("Guardar")
    assert page.heading == "Mateo Ríos" and missing in page.text
    page = pages.get(page.link("Completar"))
    assert f"{missing} Puede guardar igual." in page.text
    family = {f"{FAMILY}.0.client_text": "rosa quispe", f"{FAMILY}.0.kind": "parent"}
    page = pages.press("+ Agregar familiar", changes={**family, f"{FAMILY}.0.answers_surveys": "true"})
    assert "falta el correo de Rosa Quispe Ñahui" in page.text
    db.clients.update_one({"_id": rosa["_id"]}, {"$set": {"email": "rosa@example.com"}})
    assert "La responde Rosa Quispe Ñahui." in pages.press("Guardar").text
    sent = pages.get("/clientes/nuevo").fields("Guardar")
    for born, consent, said in (
        ("1990-01-01", "true", "Acepta, pero falta su correo."),
        ("2016-05-02", "false", ""),
    ):
        sent["birth_date"], sent["survey_consent"] = born, consent
        answer = pages.http.post("/clientes/encuesta", data=sent, headers=SAME_ORIGIN)
        assert answer.status_code == 200
        assert said in answer.get_data(as_text=True) and bool(answer.get_data(as_text=True).strip()) == bool(
            said
        )
