"""Sentences that are Spanish for everybody and remember enough to be translated."""

import copy
import json
import pickle
from datetime import date

import bson
import pytest
from marshmallow import Schema, ValidationError, fields, validate

from service.errors import InvalidInput
from service.schemas.loading import load
from service.texts import Text, _, _n

ARCHIVED = _("%(name)s está archivado.", name="Ana")


def test_a_text_is_its_spanish_sentence() -> None:
    assert ARCHIVED == "Ana está archivado."
    assert "Ana está archivado." in {ARCHIVED}
    assert _("Comisión (%%)") == "Comisión (%)"
    assert [_n("%(num)s cita", "%(num)s citas", number) for number in (0, 1, 2)] == [
        "0 citas",
        "1 cita",
        "2 citas",
    ]


def test_parameters_may_be_texts_and_days() -> None:
    assert _("Antes: %(text)s", text=ARCHIVED) == "Antes: Ana está archivado."
    assert (
        _("Rige desde el %(day)s.", day=date(2026, 11, 24)) == "Rige desde el martes 24 de noviembre de 2026."
    )


def test_what_is_missing_or_mistyped_is_noticed_at_once() -> None:
    with pytest.raises(KeyError):
        _("%(name)s está archivado.")
    with pytest.raises(ValueError, match="format character"):
        _("Comisión (%)")


def pickled(text: Text) -> object:
    return pickle.loads(pickle.dumps(text))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, str, pickled])
def test_copies_stay_translatable(way) -> None:
    kept = way(_n("Falta %(num)s de %(name)s", "Faltan %(num)s de %(name)s", 2, name=ARCHIVED))
    assert isinstance(kept, Text)
    assert (kept.msgid, kept.plural, kept.params["num"]) == (
        "Falta %(num)s de %(name)s",
        "Faltan %(num)s de %(name)s",
        2,
    )


def test_stored_and_sent_it_is_a_plain_string() -> None:
    stored = bson.decode(bson.encode({"reason": ARCHIVED}))["reason"]
    assert (type(stored), stored) == (str, "Ana está archivado.")
    assert json.loads(json.dumps([ARCHIVED])) == ["Ana está archivado."]


def test_marshmallow_hands_on_the_text_itself() -> None:
    """It calls `.format` on each message, which on a str of another kind would leave plain Spanish."""

    class Sheet(Schema):
        size = fields.String(validate=validate.Length(max=2, error=_("Use como máximo %(most)s.", most=2)))
        kind = fields.String(validate=validate.OneOf(["a"], error=_("Elija {una}.")))
        needed = fields.String(required=True, error_messages={"required": _("Falta este dato.")})

    with pytest.raises(ValidationError) as direct:
        Sheet().load({"size": "abc", "kind": "b"})
    with pytest.raises(InvalidInput) as ours:
        load(Sheet(), {"size": "abc", "kind": "b"})
    assert ours.value.errors == direct.value.messages
    assert ours.value.errors["kind"] == ["Elija {una}."]
    assert all(isinstance(message, Text) for said in ours.value.errors.values() for message in said)
