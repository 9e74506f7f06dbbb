"""A marshmallow schema as a page's form: what each field shows, says and got wrong. Pure, without Flask.

    form = Form(schema)                                    an empty form, with the schema's defaults
    form = Form.of(schema, document)                       to edit a stored document
    form = Form.typed(schema, request.form, error.errors)  again after a mistake, with what was typed
    data = Form.decode(request.form, schema)               what schema.load takes

Fields are named with dots: form["given_names"], form["document.number"], form["price"] with its parts
form["price.amount"] and form["price.currency"], form.rows("relationships.psychotherapists").
What a field is called and how it is filled in stands in the schema's metadata: label, hint, input, choices,
autocomplete, placeholder, inputmode.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, missing

from service.schemas import loading
from service.schemas.form_field import MONEY_PARTS, FormField, default_value, described, input_kind
from service.schemas.form_input import Multidict, input_fields, is_rows, loadable, part_schema, typed_values

#: Where loading puts the messages that belong to no field.
WHOLE_FORM = "_schema"


@dataclass(frozen=True)
class Mistake:
    """A line of the summary above a form; `id` is the input to go to, "" where there is none."""

    id: str
    label: str
    message: str


class Form:
    """A schema with values (nested, as dumped or typed) and errors (nested or dotted)."""

    def __init__(self, schema: Schema, values: Mapping[str, Any] | None = None, errors: Any = None) -> None:
        self.schema = schema
        self.values: Mapping[str, Any] = values or {}
        self.errors = self.flatten_errors(errors or {})

    @classmethod
    def of(cls, schema: Schema, document: Mapping[str, Any], errors: Any = None) -> "Form":
        """A form filled with a stored document."""
        return cls(schema, schema.dump(document), errors)

    @classmethod
    def typed(cls, schema: Schema, data: Multidict, errors: Any = None) -> "Form":
        """A form filled with what was typed, mistakes included."""
        return cls(schema, typed_values(data, schema), errors)

    @staticmethod
    def decode(data: Multidict, schema: Schema) -> dict[str, Any]:
        """What was typed as `schema.load` takes it; form_input says how blanks, boxes and rows are read."""
        return loadable(typed_values(data, schema), schema)

    @staticmethod
    def flatten_errors(messages: Any) -> dict[str, list[str]]:
        """{"document.number": [sentence, …]}; messages of no field stand under "_schema"."""
        return {name or WHOLE_FORM: found for name, found in loading.flatten(messages).items()}

    def __getitem__(self, name: str) -> FormField:
        """The field with a dotted name; KeyError for a name that the schema does not have."""
        declared = self._declared(name)
        shown = described(name, declared, self._value(name))
        return shown.changed(
            errors=tuple(self.errors.get(name, ())),
            required=self._is_required(name),
            autofocus=self._focus == name if self.errors else None,
            parts={part: self[f"{name}.{part}"] for part in self._part_names(name, declared)},
        )

    def rows(self, name: str, extra: int = 0) -> list[FormField]:
        """The rows of a list, each a field with parts; `extra` blank ones follow."""
        count = len(self._value(name) or []) + extra
        return [self[f"{name}.{number}"] for number in range(count)]

    @property
    def needs_summary(self) -> bool:
        """Whether messages are listed above the form: a single one beside its field needs no second place."""
        return bool(self.errors) and not self._focus

    @property
    def mistakes(self) -> list[Mistake]:
        """Every message in the order of the schema's fields, after those that belong to no field of it."""
        order = {name: place for place, name in enumerate(input_fields(self.schema))}
        names = sorted(self.errors, key=lambda name: order.get(name.partition(".")[0], -1))
        return [self._mistake(name, message) for name in names for message in self.errors[name] if message]

    @property
    def _focus(self) -> str:
        """The only field with something wrong, where it is a single input; "" otherwise."""
        name = next(iter(self.errors), "")
        alone = len(self.errors) == 1 and self._knows(name) and part_schema(self._declared(name)) is None
        return name if alone else ""

    def _mistake(self, name: str, message: str) -> Mistake:
        if not self._knows(name):
            return Mistake("", "", message)
        return Mistake(self[name].focus_id, self[name].label, message)

    def _knows(self, name: str) -> bool:
        try:
            self._declared(name)
        except KeyError:
            return False
        return True

    def _declared(self, name: str) -> fields.Field[Any]:
        """The schema's field behind a dotted name. A row is declared by its list."""
        first, *steps = name.split(".")
        found = input_fields(self.schema)[first]
        for step in steps:
            if is_rows(found) and step.isdecimal():
                continue
            found = _parts_of(found)[step]
        return found

    def _is_required(self, name: str) -> bool:
        """Whether an empty form lacks it: a part of what may be left out altogether is not asked for."""
        steps = name.split(".")
        paths = (".".join(steps[: end + 1]) for end in range(len(steps)))
        return all(self._declared(path).required for path in paths)

    def _part_names(self, name: str, declared: fields.Field[Any]) -> list[str]:
        is_a_row = name.rpartition(".")[2].isdecimal()
        return [] if is_rows(declared) and not is_a_row else list(_parts_of(declared))

    def _value(self, name: str) -> Any:
        value: Any = self.values
        for step in name.split("."):
            value = _inside(value, step)
        return default_value(self._declared(name)) if value is missing else value


def _parts_of(declared: fields.Field[Any]) -> Mapping[str, fields.Field[Any]]:
    inner = part_schema(declared)
    if inner is not None:
        return input_fields(inner)
    return MONEY_PARTS if input_kind(declared) == "money" else {}


def _inside(value: Any, step: str) -> Any:
    """What stands in a dictionary under a name or in a list at a number, or `missing`."""
    if isinstance(value, Mapping):
        return value.get(step, missing)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return missing
