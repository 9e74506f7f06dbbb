"""A schema as a form: fields by dotted name, what was typed kept, each mistake in its place."""

from typing import Any

import pytest
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from service.errors import InvalidInput
from service.schemas.fields import Choice, Flag, MoneyField, StrictSchema, Text, Whole
from service.schemas.form import Form
from service.schemas.loading import load


class Paper(StrictSchema):
    kind = Choice([("DNI", "DNI"), ("CE", "Carné")], required=True, metadata={"label": "Documento"})
    number = Text(required=True, shortest=1, metadata={"label": "Número"})


class Row(StrictSchema):
    since = Text(required=True, shortest=1, metadata={"label": "Desde", "input": "date"})


class Sheet(StrictSchema):
    id = fields.String(dump_only=True)
    name = Text(required=True, shortest=1, longest=80, metadata={"label": "Nombres", "autocomplete": "off"})
    email = Text(
        allow_none=True,
        metadata={"label": "Correo", "input": "email", "hint": "Si lo tiene."},
    )
    consent = Flag(load_default=True)
    modality = Choice([("virtual", "Virtual"), ("on_site", "Presencial")], load_default="virtual")
    paper = Whole(Paper, allow_none=True, metadata={"label": "Documento"})
    price = MoneyField("price_cents", required=True, metadata={"label": "Tarifa", "input": "money"})
    rows = fields.List(Whole(Row), metadata={"label": "Filas"})


def test_a_field_says_what_the_schemas_metadata_says() -> None:
    form = Form(Sheet())
    email, name = form["email"], form["name"]
    assert (email.label, email.input, email.hint, email.required) == (
        "Correo",
        "email",
        "Si lo tiene.",
        False,
    )
    assert (name.label, name.input, name.autocomplete, name.required) == ("Nombres", "text", "off", True)
    assert form["paper.kind"].choices == (("DNI", "DNI"), ("CE", "Carné"))
    assert form["consent"].input == "checkbox"


def test_an_empty_form_shows_the_defaults() -> None:
    form = Form(Sheet())
    assert (form["name"].text, form["modality"].text, form["consent"].checked) == ("", "virtual", True)
    assert (form["price"]["amount"].text, form["price.currency"].text) == ("", "PEN")


def test_a_stored_document_fills_the_form() -> None:
    stored = {
        "name": "Ana",
        "consent": False,
        "price_cents": 12050,
        "currency": "USD",
        "rows": [{"since": "x"}],
    }
    form = Form.of(Sheet(), stored)
    assert (form["name"].text, form["consent"].checked) == ("Ana", False)
    assert (form["price.amount"].text, form["price.currency"].text) == ("120.50", "USD")
    assert form["rows.0.since"].text == "x"


def test_no_such_field_is_an_error_of_the_page_that_asks() -> None:
    for name in ("nickname", "id", "name.first", "paper.color", "rows.since.more"):
        with pytest.raises(KeyError):
            Form(Sheet())[name]


def test_a_part_of_what_may_be_left_out_is_not_asked_for() -> None:
    form = Form(Sheet())
    assert not form["paper.number"].required
    assert not form["rows.0.since"].required
    assert form["price"].required
    assert form["price.amount"].required


def typed_again(*pairs: tuple[str, str]) -> Form:
    """The form as a page shows it after the schema refused what was typed."""
    data = MultiDict(pairs)
    with pytest.raises(InvalidInput) as refused:
        load(Sheet(), Form.decode(data, Sheet()))
    return Form.typed(Sheet(), data, refused.value.errors)


GOOD = (("name", "Ana"), ("modality", "virtual"), ("price.amount", "5"), ("price.currency", "USD"))


def test_what_was_typed_is_kept_and_each_message_stands_at_its_field() -> None:
    form = typed_again(
        ("name", "  "),
        ("modality", "on_site"),
        ("price.amount", "cien"),
        ("price.currency", "USD"),
        ("rows.4.since", ""),
        ("rows.7.since", "ayer"),
        ("paper.kind", "CE"),
        ("paper.number", "12\x01"),
    )
    assert form["name"].errors == ("Falta este dato.",)
    assert (form["modality"].text, form["price.amount"].text, form["price.currency"].text) == (
        "on_site",
        "cien",
        "USD",
    )
    assert form["price"].all_errors == ["Escriba un monto como 150.00, sin letras."]
    assert form["rows.0.since"].text == "ayer"
    assert (form["paper.kind"].text, form["paper.number"].text) == ("CE", "12\x01")
    assert form["paper.number"].errors == ("Quite los caracteres no imprimibles.",)


def test_one_mistake_stands_at_its_field_alone_and_the_cursor_goes_there() -> None:
    form = typed_again(*GOOD, ("name", ""))
    assert not form.needs_summary
    assert [form[name].autofocus for name in ("name", "email")] == [True, False]
    assert form["name"].described_by == "f-name-error"
    assert Form(Sheet())["name"].autofocus is None
    assert Form(Sheet())["email"].described_by == "f-email-hint"


def test_several_mistakes_are_listed_in_the_order_of_the_form() -> None:
    form = Form(
        Sheet(), {}, {"price": {"amount": ["Mal."]}, "name": ["Falta."], "_schema": ["Nada."], "otro": ["X."]}
    )
    assert form.needs_summary
    assert [(mistake.id, mistake.label, mistake.message) for mistake in form.mistakes] == [
        ("", "", "Nada."),
        ("", "", "X."),
        ("f-name", "Nombres", "Falta."),
        ("f-price-amount", "Monto", "Mal."),
    ]
    assert form["name"].autofocus is False


@pytest.mark.parametrize(
    "errors", [{"_schema": ["No."]}, {"": ["No."]}, {"starts_at": ["No."]}, {"paper": ["No."]}]
)
def test_a_message_that_has_no_single_input_is_listed(errors: dict[str, Any]) -> None:
    form = Form(Sheet(), {}, errors)
    assert form.needs_summary
    assert [mistake.message for mistake in form.mistakes] == ["No."]


def test_rows_carry_numbered_names_and_blank_ones_follow() -> None:
    form = Form(Sheet(), {"rows": [{"since": "a"}]}, {"rows": {0: {"since": ["Mal."]}}})
    first, second = form.rows("rows", extra=1)
    assert (first["since"].name, first["since"].text, first["since"].errors) == (
        "rows.0.since",
        "a",
        ("Mal.",),
    )
    assert (second["since"].id, second["since"].text) == ("f-rows-1-since", "")
    assert form["rows"].parts == {}


def test_errors_are_flattened_to_dotted_names() -> None:
    nested = {"paper": {"number": ["a"], "_schema": ["b"]}, "rows": {3: {"since": ["c"]}}, "_schema": ["d"]}
    flat = {"paper.number": ["a"], "paper": ["b"], "rows.3.since": ["c"], "_schema": ["d"]}
    assert Form.flatten_errors(nested) == flat
    assert Form.flatten_errors(flat) == flat


def test_a_field_can_be_changed_by_the_page() -> None:
    field = Form(Sheet())["name"].changed(choices=[("1", "Uno")], hint="Elija.")
    assert (field.choices, field.described_by) == ([("1", "Uno")], "f-name-hint")
