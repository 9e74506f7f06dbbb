"""Headings in any order, case and spelling; what is missing, double or unknown is said."""

from collections.abc import Sequence

import pytest

from service.domain.sheets.cells import Cell
from service.domain.sheets.columns import HEADINGS as KNOWN
from service.domain.sheets.columns import REQUIRED
from service.domain.sheets.headings import Headings, recognised, unknown
from service.errors import InvalidInput
from tests.unit.domain.sheets.builders import HEADINGS


def found(titles: Sequence[str]) -> Headings:
    headings = recognised([[*titles]])
    assert headings is not None
    return headings


def test_order_case_accents_spaces_and_punctuation_do_not_matter() -> None:
    usual = found(HEADINGS).columns
    assert set(usual) >= set(REQUIRED["sessions"])
    messy = [f"  {title.upper()}:* " for title in reversed(HEADINGS)]
    assert found(messy).columns == {field: len(HEADINGS) - 1 - at for field, at in usual.items()}


def test_psychotherapists_are_known_by_their_headings() -> None:
    headings = found(["Psicoterapeuta", "DNI", "Correo", "Teléfono", "Comisión (%)", "Tarifa", "Moneda"])
    assert headings.kind == "psychotherapists"
    assert set(headings.columns) == {
        "full_name",
        "document",
        "email",
        "phone",
        "commission",
        "price",
        "currency",
    }


def test_other_common_headings_are_known() -> None:
    titles = [
        "Modalidad",
        "Importe",
        "Terapeuta",
        "Cliente",
        "Hora de término",
        "Hora de inicio",
        "Fecha de la cita",
    ]
    assert found(titles).kind == "sessions"


def test_no_heading_means_two_things() -> None:
    for fields in KNOWN.values():
        names = [name.casefold() for field, all_names in fields.items() for name in all_names]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("given", ["Nombres", "Nombre", "Paciente"])
def test_names_may_stand_in_two_columns(given: str) -> None:
    titles = [given if title == "Paciente" else title for title in HEADINGS]
    columns = found([*titles, "Apellidos"]).columns
    assert (columns["given_names"], columns["family_names"]) == (3, 12)
    assert found(titles).columns["full_name"] == 3


def test_columns_that_are_not_read_are_listed() -> None:
    assert found([*HEADINGS, "Color", "", "Sala"]).unread == ["Color", "Sala"]


@pytest.mark.parametrize(
    ("one", "other"), [("Monto", "Monto"), ("Celular", "Teléfono"), ("Paciente", "Cliente")]
)
def test_two_columns_that_say_the_same_are_refused(one: str, other: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        recognised([[*dict.fromkeys([*HEADINGS, one]), other]])
    [message] = caught.value.errors["file"]
    assert f"«{one}» y «{other}»" in message


def test_what_is_missing_and_what_was_found_is_said() -> None:
    titles: list[Cell] = [title for title in HEADINGS if title not in ("Hora fin", "Monto")]
    assert recognised([titles]) is None
    [message] = unknown([["Citas de mayo"], titles]).errors["file"]
    assert "Faltan columnas para una hoja de citas: «Hora fin», «Monto»." in message
    assert "Encontramos: «Fecha», «Hora inicio», «Paciente»" in message


def test_where_nothing_is_known_both_kinds_are_explained() -> None:
    [message] = unknown([["uno", "dos"]]).errors["file"]
    assert "«Paciente»" in message
    assert "«Comisión (%)»" in message
    assert "«uno», «dos»" in message
    assert "ninguna" in unknown([[1.0]]).errors["file"][0]


def test_a_field_without_a_column_goes_by_its_usual_heading() -> None:
    assert found(["MONTO" if title == "Monto" else title for title in HEADINGS]).title("price") == "MONTO"
    assert found([title for title in HEADINGS if title != "Moneda"]).title("currency") == "Moneda"
