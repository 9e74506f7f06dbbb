"""What is added, what is there already, what differs, and what overlaps."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.sheets import overlaps as overlaps_module
from service.domain.sheets.known import wanted
from service.domain.sheets.overlaps import Overlap, Span, overlaps
from service.domain.sheets.plan import Plan
from tests.unit.domain.sheets.builders import Store, nobody, parsed, row, utc

START = utc("2024-03-05T10:00")


def test_a_plan_accounts_for_every_row() -> None:
    plan = Store().plan(row(), row(), {}, row(Fecha="x"), row(Hora_inicio="09:00"))
    assert (len(plan.sessions), len(plan.duplicates), plan.ignored, len(plan.rejections)) == (2, 1, 1, 1)
    assert [planned.session.row for planned in plan.sessions] == [2, 6]
    assert [(client.row, client.key) for client in plan.new_clients] == [(2, plan.sessions[0].client)]


def test_an_empty_plan_changes_nothing() -> None:
    plan = Store().plan(row(Fecha="TOTAL", Paciente=""))
    assert plan == Plan(ignored=1)
    assert wanted([]).first_day is None


def test_a_row_pasted_twice_is_there_already() -> None:
    [there] = Store().plan(row(), row(Paciente="  ROSA   QUISPE ", Monto="S/ 85,45")).duplicates
    assert (there.row, there.other_row, there.session_id, there.differences) == (3, 2, None, ())


@pytest.mark.parametrize(
    "other",
    [
        {"DNI": "11223344"},
        {"Psicoterapeuta": "Mitch Lowe"},
        {"Hora_inicio": "10:01"},
        {"Fecha": "06/03/2024"},
    ],
)
def test_another_client_psychotherapist_or_start_is_another_session(other: dict[str, str]) -> None:
    assert len(Store().plan(row(), row(**other)).sessions) == 2


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"Hora_fin": "11:00"}, ("Hora fin", "05/03/2024 11:00", "05/03/2024 10:50")),
        ({"Tipo": "Presencial"}, ("Tipo", "Presencial", "Virtual")),
        ({"Monto": "90"}, ("Monto", "90.00 PEN", "85.45 PEN")),
        ({"Moneda": "$"}, ("Monto", "85.45 USD", "85.45 PEN")),
    ],
)
def test_a_row_that_differs_changes_nothing_and_is_listed(change: Any, difference: tuple[str, ...]) -> None:
    store = Store()
    store.add(row())
    for plan, where in [
        (store.plan(row(**change)), (None, "session-0")),
        (Store().plan(row(), row(**change)), (2, None)),
    ]:
        [there] = plan.different
        assert plan.duplicates == [there]
        assert (there.other_row, there.session_id) == where
        assert [(found.column, found.value, found.there) for found in there.differences] == [difference]


def test_status_and_note_differ_only_where_the_row_says_something() -> None:
    store = Store()
    store.add(row(Estado="No asistió", Nota="avisó"))
    assert not store.plan(row()).different
    assert not store.plan(row(Estado="no asistio", Nota=" avisó ")).different
    [there] = store.plan(row(Estado="Realizada", Nota="vino")).different
    assert [(found.value, found.there) for found in there.differences] == [
        ("Realizada", "No asistió"),
        ("vino", "avisó"),
    ]


def test_the_same_sheet_again_adds_nothing_and_a_deleted_session_comes_back() -> None:
    store = Store()
    rows = [row(), row(Hora_inicio="09:00"), nobody(Hora_inicio="08:00")]
    store.add(*rows)
    again = store.plan(*rows)
    assert (again.sessions, again.new_clients, len(again.duplicates)) == ([], [], 3)
    del store.sessions[1]
    assert [planned.session.row for planned in store.plan(*rows).sessions] == [3]


def test_what_must_be_looked_up() -> None:
    rows = parsed(row(), row(Fecha="31/12/2023"), nobody(Paciente="NIÑO Pérez", Fecha="1/6/2024")).rows
    asked = wanted(rows)
    assert asked.documents == {("DNI", "40506070")}
    assert asked.names == {"rosa quispe", "nino perez"}
    assert (asked.first_day, asked.last_day) == ("2023-12-30", "2024-06-01")


def test_overlaps_are_accepted_and_listed() -> None:
    store = Store()
    store.add(row(Hora_inicio="08:00", Hora_fin="09:00"))
    plan = store.plan(
        row(DNI="11223344", Paciente="Ana Sol", Hora_inicio="08:30", Hora_fin="09:30"),
        row(DNI="22334455", Paciente="Luz Mar", Hora_inicio="09:30", Hora_fin="10:00"),
        row(DNI="33445566", Paciente="Sol Río", Hora_inicio="09:00", Hora_fin="12:00"),
        row(Psicoterapeuta="Mitch Lowe", Hora_inicio="08:59", Hora_fin="09:20"),
    )
    assert len(plan.sessions) == 4
    assert plan.overlaps == [
        Overlap(2, "psychotherapist", session_id="session-0"),
        Overlap(4, "psychotherapist", other_row=2),
        Overlap(4, "psychotherapist", other_row=3),
        Overlap(5, "client", session_id="session-0"),
    ]


def test_cancelled_sessions_and_rows_there_already_take_no_time() -> None:
    store = Store()
    store.add(row(Estado="Cancelada"))
    plan = store.plan(row(Estado="Cancelada"), row(DNI="11223344"), row(DNI="22334455", Estado="No asistió"))
    assert plan.overlaps == []
    assert len(plan.sessions) == 2


SPANS = st.lists(
    st.tuples(
        st.sampled_from("pq"), st.sampled_from("ab"), st.integers(0, 20), st.integers(1, 5), st.booleans()
    ),
    max_size=overlaps_module.MOST_NAMED + 1,
)


def span(number: int, psychotherapist: str, client: str, start: int, length: int, stored: bool) -> Span:
    at = START + timedelta(minutes=start)
    ends_at = at + timedelta(minutes=length)
    if stored:
        return Span(psychotherapist, client, at, ends_at, session_id=f"s{number}")
    return Span(psychotherapist, client, at, ends_at, row=number)


@settings(deadline=None, max_examples=300)
@given(SPANS)
def test_overlaps_are_those_of_comparing_every_pair(drawn: list[tuple[str, str, int, int, bool]]) -> None:
    spans = [span(number, *values) for number, values in enumerate(drawn, 2)]
    pairs = [(one, other) for one in spans for other in spans if one.row is not None and before(other, one)]
    expected = {
        (one.row, other.row, other.session_id)
        for one, other in pairs
        if (one.psychotherapist == other.psychotherapist or one.client == other.client)
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
    }
    found = overlaps(spans)
    assert {(overlap.row, overlap.other_row, overlap.session_id) for overlap in found} == expected
    assert len(found) == len(expected)


def before(other: Span, one: Span) -> bool:
    return other.row is None or (one.row is not None and other.row < one.row)


def test_a_sheet_where_everything_overlaps_stays_readable() -> None:
    ends_at: datetime = START + timedelta(hours=1)
    spans = [Span("p", f"c{n}", START, ends_at, row=n) for n in range(2, 2002)]
    assert 2000 < len(overlaps(spans)) < 2000 * overlaps_module.MOST_NAMED
