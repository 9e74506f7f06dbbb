"""Clients and psychotherapists by their pages, without scripts: over HTTP, the real store below."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from service.database import Db
from service.documents import clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain.money import Money
from tests.conftest import NOW
from tests.page_client import Page, PageClient, logged_in

LIMA = ZoneInfo("America/Lima")
FAMILY, THERAPISTS = "relationships.clients", "relationships.psychotherapists"


@pytest.fixture
def pages(app: Flask) -> PageClient:
    return logged_in(app)


@pytest.fixture
def emard(db: Db) -> Document:
    terms = {"commission_bp": 3750, "default_price": Money(18000, "PEN")}
    return psychotherapists.create(db, {"given_names": "Ronald", "family_names": "Emard", **terms}, NOW)


@pytest.fixture
def rosa(db: Db) -> Document:
    return client(
        db, "Rosa", "Quispe Ñahui", document={"type": "DNI", "number": "04531088"}, phone="+51990083450"
    )


def client(db: Db, given: str, family: str, **fields: object) -> Document:
    return clients.create(db, {"given_names": given, "family_names": family, **fields}, NOW)


def book(db: Db, client: Document, emard: Document, day: int, status: str = "done") -> Document:
    start, end = (datetime(2026, 10, day, 9, minute, tzinfo=LIMA).astimezone(UTC) for minute in (0, 50))
    data = {
        "client_id": client["_id"],
        "psychotherapist_id": emard["_id"],
        "modality": "virtual",
        "status": status,
    }
    return sessions.create(db, {**data, "starts_at": start, "ends_at": end}, NOW, LIMA)


def names(page: Page) -> list[str]:
    return [
        " ".join("".join(link.itertext()).split())
        for link in page.tree.iter("a")
        if "row-link" in link.get("class", "")
    ]


# Clients: list


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
    app: Flask, pages: PageClient, db: Db, rosa: Document, emard: Document
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
            "note": "Responsable: Rosa Quispe Ñahui · Última cita: 01/10/2026",
        },
        {"id": rosa["_id"], "name": "Rosa Quispe Ñahui", "detail": "DNI 04531088", "note": ""},
    ]
    others = pages.http.get(f"/clientes/buscar?q=quispe&sin={mateo['_id']}").get_json()["items"]
    assert [item["id"] for item in others] == [rosa["_id"]]
    assert pages.http.get("/clientes/buscar?q=q").get_json() == {"items": []}


# Clients: page


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


# Clients: form


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
    assert clients.search(db, "04531088") == []


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
        "Teléfono +51911111111 +51990083450",
        "Nombres Rosa Rosita",
        "Psicoterapeutas Ronald Emard 05/01/2026 –",
    ):
        assert row in page.text
    assert "Apellidos Quispe" not in page.text
    stored = clients.get(db, rosa["_id"])
    assert (stored["given_names"], stored["phone"], stored["version"]) == ("Rosa", "+51911111111", 2)
    assert pages.press("Guardar lo mío").heading == "Rosita Quispe Ñahui"
    assert clients.get(db, rosa["_id"])["phone"] == "+51990083450"


# Clients: going and coming back


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


# Psychotherapists


def test_a_psychotherapist_is_registered_with_terms_that_hold_from_ever(pages: PageClient, db: Db) -> None:
    pages.get("/psicoterapeutas/nuevo")
    typed = {"given_names": "Hellen", "family_names": "Roberts", "license_number": "CPsP 123"}
    page = pages.press("Guardar", 422, typed)
    assert "Falta este dato." in page.error("commission_percent")
    assert "Falta este dato." in page.error("default_price.amount")
    page = pages.press("Guardar", 422, {"commission_percent": "101", "default_price.amount": "ciento"})
    assert "de 0 a 100" in page.error("commission_percent")
    assert "sin letras" in page.error("default_price.amount")
    terms = {"commission_percent": "37.5", "default_price.amount": "60", "default_price.currency": "USD"}
    page = pages.press("Guardar", changes=terms)
    assert "Hellen Roberts" in page.text
    stored = psychotherapists.search(db)[0]
    assert stored["terms"] == [{"since": None, "commission_bp": 3750, "price_cents": 6000, "currency": "USD"}]
    assert stored["active"] is True


def test_a_new_percent_asks_from_which_day_and_the_old_one_keeps_holding_before(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}")
    page = pages.press("Guardar", 422, {"commission_percent": "40"})
    assert "Indique desde qué día rige el cambio." in page.error("effective_on")
    pages.press("Guardar", changes={"effective_on": "2026-11-01"})
    old = {"since": None, "commission_bp": 3750, "price_cents": 18000, "currency": "PEN"}
    assert psychotherapists.get(db, emard["_id"])["terms"] == [
        old,
        {**old, "since": "2026-11-01", "commission_bp": 4000},
    ]
    listed = pages.get("/psicoterapeutas")
    assert "desde el 01/11/2026: 40 %" in listed.text
    page = pages.get(f"/psicoterapeutas/{emard['_id']}")
    assert "01/11/2026 por venir 40 % S/ 180.00" in page.text
    assert "el inicio rige hoy 37.5 % S/ 180.00" in page.text
    assert page.fields("Guardar")["commission_percent"] == "37.5"


def test_saving_without_new_terms_needs_no_day_and_changes_none(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}")
    pages.press("Guardar", changes={"phone": "990083450", "default_price.amount": "180"})
    stored = psychotherapists.get(db, emard["_id"])
    assert stored["phone"] == "+51990083450"
    assert stored["terms"] == emard["terms"]


def test_terms_agreed_for_a_later_day_can_be_called_off(pages: PageClient, db: Db, emard: Document) -> None:
    later = {"default_price": Money(20000, "PEN"), "effective_on": "2027-01-01"}
    psychotherapists.update(db, emard["_id"], later, None, NOW)
    pages.get(f"/psicoterapeutas/{emard['_id']}")
    pages.press("Guardar", changes={"effective_on": "2027-01-01"})
    assert {terms["price_cents"] for terms in psychotherapists.get(db, emard["_id"])["terms"]} == {18000}


def test_a_psychotherapists_stale_save_says_what_is_stored_now(
    pages: PageClient, db: Db, emard: Document
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}")
    changes = {"email": "r@example.com", "default_price": Money(19000, "PEN"), "effective_on": "2026-01-01"}
    psychotherapists.update(db, emard["_id"], changes, 1, NOW)
    page = pages.press("Guardar", 412, {"given_names": "Ron"})
    for row in ("Nombres Ronald Ron", "Correo r@example.com –", "Tarifa S/ 190.00 S/ 180.00"):
        assert row in page.text
    assert page.fields("Guardar lo mío")["given_names"] == "Ron"


def test_a_psychotherapist_with_history_becomes_inactive_and_one_without_goes(
    pages: PageClient, db: Db, rosa: Document, emard: Document
) -> None:
    book(db, rosa, emard, 1)
    asked = pages.get(pages.get(f"/psicoterapeutas/{emard['_id']}").link("Eliminar"))
    assert "queda inactivo" in asked.text
    assert "Inactivo" in pages.press("Dejar inactivo").text
    assert psychotherapists.get(db, emard["_id"])["active"] is False
    assert not pages.get("/clientes/nuevo").tree.findall(f".//option[@value='{emard['_id']}']")

    terms = {"commission_bp": 3000, "default_price": Money(18000, "PEN")}
    person = psychotherapists.create(db, {"given_names": "Ester", "family_names": "Bustos", **terms}, NOW)
    pages.get(f"/psicoterapeutas/{person['_id']}/eliminar")
    pages.press("Eliminar")
    assert [one["_id"] for one in psychotherapists.search(db)] == [emard["_id"]]
