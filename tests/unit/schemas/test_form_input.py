"""What a browser sends becomes what a schema loads: blanks, boxes, groups, rows."""

from typing import Any

import pytest
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from service.schemas.fields import Choice, Flag, MoneyField, StrictSchema, Text, Whole
from service.schemas.form import Form


class Paper(StrictSchema):
    kind = Choice([("DNI", "DNI"), ("CE", "CE")], required=True)
    number = Text(required=True)


class Link(StrictSchema):
    person_id = Text(required=True)
    kind = Choice([("parent", "Madre o padre"), ("other", "Otro")], required=True)
    answers = Flag()


class Links(StrictSchema):
    people = fields.List(Whole(Link))


class Sheet(StrictSchema):
    id = fields.String(dump_only=True)
    name = Text(required=True, shortest=1)
    email = Text(allow_none=True)
    nickname = Text()
    note = Text(allow_none=True)
    consent = Flag()
    paper = Whole(Paper, allow_none=True)
    price = MoneyField("price_cents", allow_none=True)
    tags = fields.List(fields.String())
    links = fields.Nested(Links)


def decoded(*pairs: tuple[str, str], schema: Schema | None = None) -> dict[str, Any]:
    return Form.decode(MultiDict(pairs), schema or Sheet())


def test_a_blank_is_none_where_none_is_taken_or_a_value_is_asked_for_and_absent_elsewhere() -> None:
    assert decoded(("name", " "), ("email", ""), ("nickname", "")) == {"name": None, "email": None}


def test_strings_stay_as_typed_but_for_the_line_ends_of_a_browser() -> None:
    assert decoded(("name", " Ana "), ("note", "una\r\ndos")) == {"name": " Ana ", "note": "una\ndos"}


def test_what_the_schema_does_not_load_is_left_out() -> None:
    sent = (("csrf_token", "x"), ("id", "1"), ("save", ""), ("paper.color", "red"), ("name", "Ana"))
    assert decoded(*sent) == {"name": "Ana", "paper": None}


def test_an_unticked_box_is_false_a_ticked_one_true_and_one_not_in_the_form_absent() -> None:
    assert decoded(("consent", "false")) == {"consent": "false"}
    assert decoded(("consent", "false"), ("consent", "true")) == {"consent": "true"}
    assert Sheet(partial=True).load(decoded(("consent", "false"))) == {"consent": False}
    assert decoded() == {}


def test_a_group_in_which_nothing_was_typed_is_blank_whatever_was_chosen() -> None:
    assert decoded(("paper.kind", "CE"), ("paper.number", " ")) == {"paper": None}
    assert decoded(("paper.kind", "CE"), ("paper.number", "1")) == {"paper": {"kind": "CE", "number": "1"}}


def test_money_without_an_amount_is_blank_whatever_its_currency() -> None:
    assert decoded(("price.currency", "USD"), ("price.amount", "")) == {"price": None}
    sent = (("price.currency", "USD"), ("price.amount", "60"))
    assert decoded(*sent) == {"price": {"currency": "USD", "amount": "60"}}


def test_rows_come_in_the_order_of_their_numbers_without_the_blank_ones() -> None:
    sent = (
        ("links.people", ""),
        ("links.people.10.person_id", "b"),
        ("links.people.10.kind", "other"),
        ("links.people.2.person_id", "a"),
        ("links.people.2.answers", "false"),
        ("links.people.2.answers", "true"),
        ("links.people.3.person_id", ""),
        ("links.people.3.kind", "parent"),
        ("links.people.3.answers", "false"),
    )
    assert decoded(*sent) == {
        "links": {"people": [{"person_id": "a", "answers": "true"}, {"person_id": "b", "kind": "other"}]}
    }


def test_the_bare_name_of_a_list_empties_it_and_no_name_leaves_it_alone() -> None:
    assert decoded(("links.people", "")) == {"links": {"people": []}}
    assert decoded(("name", "Ana")) == {"name": "Ana"}
    after_its_rows = (("links.people.0.person_id", "a"), ("links.people", ""))
    assert decoded(*after_its_rows) == {"links": {"people": [{"person_id": "a"}]}}


def test_a_plain_list_takes_all_values_of_its_name() -> None:
    assert decoded(("tags", ""), ("tags", "a"), ("tags", "b")) == {"tags": ["a", "b"]}


@pytest.mark.parametrize(
    "name",
    [
        "links.people.9999999999999999999999.person_id",
        "links.people.x.person_id",
        "links.people.²",
        "name.a.b",
        "..",
        ".".join("a" * 5000),
        "price.amount.more",
        "paper.kind.more",
        "links",
    ],
)
def test_names_that_no_form_of_ours_sends_do_no_harm(name: str) -> None:
    answer = decoded((name, "x"), ("email", "a@b.pe"))
    assert answer.pop("email") == "a@b.pe"
    assert "x" not in str(answer) or name in ("name.a.b", "links")
