"""Names, documents, e-mails and phones of a row."""

import pytest

from service.domain.sheets.cells import Cell
from service.domain.sheets.faults import Fault
from service.domain.sheets.persons import document, email, full_name, name_part, phone
from service.domain.sheets.words import modality, note, status


def code_of(rule: object, *cells: Cell) -> str:
    with pytest.raises(Fault) as caught:
        rule(*cells)  # type: ignore[operator]
    assert caught.value.reason
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("  Alex Weber ", ("Alex", "Weber")),
        ("NORMAND KOCH", ("Normand", "Koch")),
        ("Treva O'Kon", ("Treva", "O'Kon")),
    ],
)
def test_a_full_name_is_split_and_tidied(cell: Cell, name: tuple[str, str]) -> None:
    assert full_name(cell) == name


@pytest.mark.parametrize(
    ("cell", "code"),
    [(None, "name_missing"), ("  ", "name_missing"), ("Wolf", "name"), (12345.0, "name"), ("12 34", "name")]
    + [("A " + "b" * 121, "name")],
)
def test_what_is_no_full_name_is_refused(cell: Cell, code: str) -> None:
    assert code_of(full_name, cell) == code


def test_a_name_in_two_columns_is_taken_as_it_is() -> None:
    assert name_part("DE LA CRUZ  ROJAS") == "De la Cruz Rojas"
    assert code_of(name_part, "") == "name_missing"


@pytest.mark.parametrize(
    ("cell", "kind", "heading", "found"),
    [
        ("76903448", None, "DNI", ("DNI", "76903448")),
        ("01234567", None, "DNI", ("DNI", "01234567")),
        ("'01234567", None, "DNI", ("DNI", "01234567")),
        ("76.903.448", None, "DNI", ("DNI", "76903448")),
        ("DNI 76903448", None, "Documento", ("DNI", "76903448")),
        ("DNI76903448", None, "Documento", ("DNI", "76903448")),
        ("DNI n° 76903448", None, "Documento", ("DNI", "76903448")),
        (76903448.0, None, "DNI", ("DNI", "76903448")),
        (1234567.0, None, "DNI", ("DNI", "01234567")),
        (123456, None, "Documento", ("DNI", "00123456")),
        ("CE 001234567", None, "DNI", ("CE", "001234567")),
        ("c.e.: 001234567", None, "Documento", ("CE", "001234567")),
        ("Carné de extranjería 001234567", None, "Documento", ("CE", "001234567")),
        ("Pasaporte ab123456", None, "DNI", ("passport", "AB123456")),
        ("001234567", "CE", "Documento", ("CE", "001234567")),
        ("AB123456", "Pasaporte", "Documento", ("passport", "AB123456")),
        ("AB123456", None, "Pasaporte", ("passport", "AB123456")),
        ("001234567", None, "Carné de extranjería", ("CE", "001234567")),
    ],
)
def test_documents_are_read(cell: Cell, kind: Cell, heading: str, found: tuple[str, str]) -> None:
    assert document(cell, kind, heading) == found


@pytest.mark.parametrize("cell", [None, "", " ", "-", "no tiene", "S/D", "ninguno"])
def test_a_document_may_be_missing(cell: Cell) -> None:
    assert document(cell, None, "DNI") is None


@pytest.mark.parametrize(
    ("cell", "kind", "heading"),
    [
        ("1234567", None, "DNI"),
        ("123456789", None, "DNI"),
        (123.0, None, "DNI"),
        (123456789.0, None, "DNI"),
        (1234567.5, None, "DNI"),
        (-76903448.0, None, "DNI"),
        ("00000000", None, "DNI"),
        ("7690344A", None, "DNI"),
        ("AB123456", None, "Documento"),
        ("001234567", None, "DNI / CE"),
        ("CE 123", None, "DNI"),
        ("76903448", "RUC", "Documento"),
        (True, None, "DNI"),
    ],
)
def test_what_is_no_document_is_refused(cell: Cell, kind: Cell, heading: str) -> None:
    assert code_of(document, cell, kind, heading) == "document"


def test_a_dni_of_a_text_file_is_never_padded_but_the_reason_says_how_to() -> None:
    with pytest.raises(Fault) as caught:
        document("1234567", None, "DNI")
    assert "DNI 01234567" in caught.value.reason
    assert document("DNI 01234567", None, "DNI") == ("DNI", "01234567")


@pytest.mark.parametrize(
    ("cell", "address"),
    [("Rosa@Example.com", "rosa@example.com"), (" a.b+c@x-y.pe ", "a.b+c@x-y.pe"), ("-", None), (None, None)]
    + [("mailto:rosa@example.com", "rosa@example.com")],
)
def test_addresses_are_read(cell: Cell, address: str | None) -> None:
    assert email(cell) == address


@pytest.mark.parametrize(
    "cell", ["rosa", "rosa@", "@x.pe", "rosa@x", "a@x.pe; b@x.pe", "josé@x.pe", "a b@x.pe", "a@x..pe", 5.0]
)
def test_what_is_no_address_is_refused(cell: Cell) -> None:
    assert code_of(email, cell) == "email"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("990083450", "+51990083450"),
        ("990 083 450", "+51990083450"),
        ("+51 990083450", "+51990083450"),
        ("'+51 990083450", "+51990083450"),
        ("0051990083450", "+51990083450"),
        ("(01) 445-6789", "+5114456789"),
        ("+1 202-555-0142", "+12025550142"),
        (990083450.0, "+51990083450"),
        (51990083450.0, "+51990083450"),
        ("no tiene", None),
        (None, None),
    ],
)
def test_phones_are_read(cell: Cell, number: str | None) -> None:
    assert phone(cell) == number


@pytest.mark.parametrize(
    "cell", ["12345", "990083450 / 980083450", "990-PEPE-450", "llamar", "+999 123", 99.5]
)
def test_what_is_no_phone_is_refused(cell: Cell) -> None:
    assert code_of(phone, cell) == "phone"


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        ("Presencial", "on_site"),
        ("PRESENCIAL ", "on_site"),
        ("virtual", "virtual"),
        ("VIRTUAL", "virtual"),
        ("Vírtual", "virtual"),
        ("En línea", "virtual"),
        ("Online", "virtual"),
    ],
)
def test_modalities_are_read(cell: Cell, known: str) -> None:
    assert modality(cell) == known


@pytest.mark.parametrize("cell", ["Híbrido", "", None, 1.0])
def test_another_modality_is_refused(cell: Cell) -> None:
    assert code_of(modality, cell) == "type"


@pytest.mark.parametrize(
    ("cell", "known"),
    [
        ("Realizada", "done"),
        ("NO ASISTIO", "no_show"),
        ("Cancelada", "cancelled"),
        ("programada", "scheduled"),
        ("", None),
    ],
)
def test_states_are_read(cell: Cell, known: str | None) -> None:
    assert status(cell) == known


def test_an_unknown_state_or_an_endless_note_is_refused() -> None:
    assert code_of(status, "quizás") == "status"
    assert code_of(note, "x" * 1001) == "note"
    assert note(" vino\ncon su mamá ") == "vino con su mamá"
