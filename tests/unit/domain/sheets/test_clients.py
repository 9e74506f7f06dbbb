"""Which rows are the same client, and which clients are there already."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.sheets.identity import KnownClient, match_clients
from service.domain.sheets.persons import Document, Person
from tests.unit.domain.sheets.builders import Store, nobody, row

HOURS = [f"{hour:02d}:00" for hour in range(7, 20)]


def at_hours(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows one after the other on one day, so that no two are the same session."""
    return [
        {**cells, "Hora inicio": HOURS[n], "Hora fin": HOURS[n][:2] + ":50"} for n, cells in enumerate(rows)
    ]


def clients_of(store: Store, *rows: dict[str, Any]) -> list[str]:
    """The client (id or key) that each row is planned for."""
    plan = store.plan(*at_hours(*rows))
    assert not plan.rejections
    return [planned.client for planned in plan.sessions]


def test_a_document_decides_whatever_else_is_said() -> None:
    one, other, third = clients_of(
        Store(), row(), row(Paciente="Rosita Q.", Correo="", Celular="999111222"), row(DNI="11223344")
    )
    assert one == other != third


def test_a_known_document_is_the_known_client() -> None:
    store = Store()
    store.add(row())
    assert clients_of(store, row(Paciente="Otra Persona")) == ["client-0"]
    assert not store.plan(row(Hora_inicio="08:00")).new_clients


@pytest.mark.parametrize(
    "trait", [{"Fecha_de_nacimiento": "2015-04-01"}, {"Correo": "mama@example.com"}, {"Celular": "999111222"}]
)
def test_without_a_document_one_trait_beside_the_name_is_enough(trait: dict[str, str]) -> None:
    child, again = nobody(Paciente="Niño Pérez", **trait), nobody(Paciente="  NIÑO  perez", **trait)
    assert len(set(clients_of(Store(), child, again))) == 1
    assert len(set(clients_of(Store(), child, nobody(**trait)))) == 2
    store = Store()
    store.add(child)
    assert (
        clients_of(store, again, {**again, **row(DNI="", **trait), "Paciente": "Niño Pérez"})
        == ["client-0"] * 2
    )


def test_the_same_name_with_nothing_in_common_is_another_client() -> None:
    born = [nobody(Fecha_de_nacimiento=day) for day in ("2015-04-01", "2016-04-01")]
    assert len(set(clients_of(Store(), *born))) == 2
    assert len(set(clients_of(Store(), nobody(Correo="a@x.pe"), nobody(Celular="999111222")))) == 2


@pytest.mark.parametrize("known_first", [True, False])
def test_a_row_without_document_belongs_to_the_client_of_another_row(known_first: bool) -> None:
    full, bare = row(), nobody(Fecha_de_nacimiento="1990-02-01")
    rows = [full, bare] if known_first else [bare, full]
    store = Store()
    plan = store.add(*at_hours(*rows))
    [client] = plan.new_clients
    assert client.row == 2
    assert client.person.document == Document("DNI", "40506070")
    assert {planned.client for planned in plan.sessions} == {client.key}


def test_rows_linked_through_another_row_are_one_client_with_all_that_they_say() -> None:
    rows = at_hours(
        nobody(Celular="999111222"),
        nobody(Correo="rosa@example.com"),
        nobody(Celular="999111222", Correo="rosa@example.com", Fecha_de_nacimiento="1990-02-01"),
    )
    [client] = Store().plan(*rows).new_clients
    assert client.person == Person("Rosa", "Quispe", None, "rosa@example.com", "+51999111222", "1990-02-01")


def test_rows_of_nothing_but_a_name_are_one_client_also_the_next_time() -> None:
    store = Store()
    rows = at_hours(nobody(), nobody(), row())
    assert len(store.add(*rows).new_clients) == 2
    again = store.plan(*rows)
    assert (again.new_clients, again.sessions) == ([], [])


def test_of_two_clients_the_one_with_the_better_trait_is_meant() -> None:
    father = row(DNI="11111112", Paciente="Juan Paz", Celular="999111222", Fecha_de_nacimiento="1975-01-01")
    son = row(DNI="22222223", Paciente="Juan Paz", Celular="999111222", Fecha_de_nacimiento="2010-01-01")
    bare = nobody(Paciente="Juan Paz", Celular="999111222", Fecha_de_nacimiento="2010-01-01")
    first, second, third = clients_of(Store(), father, son, bare)
    assert first != second == third


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"Fecha_de_nacimiento": "2010-01-01"}, {"Correo": "a@x.pe"}),
        ({"Fecha_de_nacimiento": "2010-01-01"}, {"Celular": "999111222"}),
        ({"Correo": "a@x.pe"}, {"Celular": "999111222"}),
    ],
)
def test_a_birth_date_is_better_than_an_address_and_that_than_a_phone(
    better: dict[str, str], worse: dict[str, str]
) -> None:
    one, other = nobody(DNI="11111112", **better), nobody(DNI="22222223", **worse)
    first, _, third = clients_of(Store(), one, other, nobody(**better, **worse))
    assert first == third


def test_where_two_clients_fit_equally_the_row_is_rejected() -> None:
    father = row(DNI="11111112", Paciente="Juan Paz", Correo="", Celular="999111222")
    son = row(DNI="22222223", Paciente="Juan Paz", Correo="", Celular="999111222")
    bare = nobody(Paciente="Juan Paz", Celular="999111222")
    plan = Store().plan(*at_hours(father, bare, son, row(Fecha="x")))
    assert [(found.row, found.code) for found in plan.rejections] == [(3, "client_unclear"), (5, "date")]
    assert plan.rejections[0].column == "Paciente"
    assert plan.rejections[0].value == "Juan Paz"
    assert len(plan.sessions) == 2


def test_of_two_clients_that_fit_the_one_without_document_is_meant() -> None:
    store = Store()
    bare = nobody(Fecha_de_nacimiento="1990-02-01")
    store.add(bare)
    store.add(row(Hora_inicio="08:00"))
    assert [client.person.document is None for client in store.clients] == [True, False]
    [planned] = store.plan({**bare, "Hora inicio": "07:00"}).sessions
    assert planned.client == "client-0"


def test_a_document_under_another_name_lends_that_client_no_traits() -> None:
    first, second = row(Correo="", Celular="", Fecha_de_nacimiento=""), row(Paciente="Luz Mar")
    [client] = Store().plan(*at_hours(first, second)).new_clients
    assert client.person == Person("Rosa", "Quispe", Document("DNI", "40506070"))


def test_what_a_person_should_look_at_is_listed() -> None:
    store = Store()
    store.add(
        *at_hours(row(), nobody(Paciente="Luz Mar", Celular="999111222", Fecha_de_nacimiento="2010-01-01"))
    )
    later = [{**cells, "Fecha": "06/03/2024"} for cells in at_hours(
        row(Paciente="Pedro Castro"),
        row(Paciente="Pedro Castro"),
        row(Paciente="ROSA MARÍA QUISPE"),
        nobody(Paciente="Luz Mar", Celular="999111222", Fecha_de_nacimiento="2011-01-01"),
        row(DNI="11223344"),
    )]  # fmt: skip
    doubts = store.plan(*later).doubts
    assert [(doubt.row, doubt.code) for doubt in doubts] == [
        (2, "name_differs"),
        (5, "birth_date_differs"),
        (6, "same_name"),
    ]
    assert doubts[0].client == "client-0"


PERSONS = st.builds(
    Person,
    st.sampled_from(["Ana", "Juan"]),
    st.just("Paz"),
    st.sampled_from([None, None, Document("DNI", "11111112"), Document("DNI", "22222223")]),
    st.sampled_from([None, "a@x.pe", "b@x.pe"]),
    st.sampled_from([None, "+51999111222", "+51999111333"]),
    st.sampled_from([None, "1990-01-01", "2010-01-01"]),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PERSONS, max_size=9), st.randoms())
def test_matching_does_not_depend_on_the_order_of_rows(persons: list[Person], chance: random.Random) -> None:
    order = list(range(len(persons)))
    chance.shuffle(order)
    there = match_clients(dict(enumerate(persons)), [], {})
    mixed = match_clients({n: persons[old] for n, old in enumerate(order)}, [], {})
    assert groups(there.clients) == groups({order[n]: client for n, client in mixed.clients.items()})
    assert set(there.unclear) == {order[n] for n in mixed.unclear}


@settings(deadline=None, max_examples=300)
@given(st.lists(PERSONS, max_size=9))
def test_matching_again_finds_the_same_clients_and_makes_none(persons: list[Person]) -> None:
    rows = dict(enumerate(persons))
    first = match_clients(rows, [], {})
    known = [KnownClient(new.key, new.person) for new in first.new]
    second = match_clients(rows, known, {})
    assert second.new == []
    assert {row: second.clients[row] for row in first.clients} == first.clients
    assert second.unclear == first.unclear


ROWS = st.builds(
    nobody,
    Paciente=st.sampled_from(["Ana Paz", "Juan Paz"]),
    DNI=st.sampled_from(["", "", "11111112", "22222223"]),
    Correo=st.sampled_from(["", "a@x.pe", "b@x.pe"]),
    Celular=st.sampled_from(["", "999111222", "999111333"]),
    Fecha_de_nacimiento=st.sampled_from(["", "1990-01-01", "2010-01-01"]),
)
SHEETS = st.lists(st.lists(ROWS, min_size=1, max_size=4), min_size=1, max_size=3)


@settings(deadline=None, max_examples=150)
@given(SHEETS)
def test_whatever_was_imported_since_a_sheet_again_adds_nothing(sheets: list[list[dict[str, Any]]]) -> None:
    store = Store()
    dated = [
        [{**cells, "Fecha": f"{n + 1:02d}/03/2024"} for cells in at_hours(*rows)]
        for n, rows in enumerate(sheets)
    ]
    added = [{planned.session.row for planned in store.add(*rows).sessions} for rows in dated]
    for rows, first in zip(dated, added, strict=True):
        again = store.plan(*rows)
        assert first <= {there.row for there in again.duplicates}
        assert again.different == []


def test_a_stored_session_says_whose_a_bare_row_is() -> None:
    store = Store()
    store.add(nobody())
    known = store.clients[0]
    store.clients[0] = KnownClient(known.id, replace(known.person, phone="+51999111222"))
    assert len(store.plan(nobody()).duplicates) == 1
    assert len(store.plan(nobody(Hora_inicio="08:00")).new_clients) == 1
    assert len(store.plan(nobody(Paciente="Luz Mar")).new_clients) == 1


def groups(clients: dict[int, str]) -> set[frozenset[int]]:
    return {frozenset(row for row in clients if clients[row] == client) for client in clients.values()}
