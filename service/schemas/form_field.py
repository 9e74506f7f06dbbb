"""One field of a form as a macro draws it, read from a marshmallow field and its metadata."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

from marshmallow import fields, missing

from service.texts import _

Choices = Sequence[tuple[str, str]]

#: A field of money is one value to the schema and two inputs to a person.
MONEY_PARTS: dict[str, fields.Field[Any]] = {
    "amount": fields.String(required=True, metadata={"label": _("Monto"), "inputmode": "decimal"}),
    "currency": fields.String(
        load_default="PEN",
        metadata={
            "label": _("Moneda"),
            "input": "radio",
            "choices": [("PEN", "S/"), ("USD", "US$")],
        },
    ),
}


@dataclass(frozen=True)
class FormField:
    """A field by its dotted name. `value` is text, true or false, or a dictionary where it has `parts`."""

    name: str
    label: str
    input: str
    value: Any = None
    errors: Sequence[str] = ()
    required: bool = False
    hint: str = ""
    choices: Choices = ()
    autocomplete: str = ""
    placeholder: str = ""
    inputmode: str = ""
    #: Whether the cursor starts here; None leaves that to the page, as nothing is wrong in the form.
    autofocus: bool | None = None
    parts: Mapping[str, "FormField"] = dataclass_field(default_factory=dict)

    def __getitem__(self, part: str) -> "FormField":
        """A part by its own short name."""
        return self.parts[part]

    @property
    def id(self) -> str:
        """The id of the input, or of the group around its parts."""
        return "f-" + self.name.replace(".", "-")

    @property
    def focus_id(self) -> str:
        """The id of the input to go to when something is wrong."""
        if self.input == "radio" and self.choices:
            return f"{self.id}-0"
        return next(iter(self.parts.values())).focus_id if self.parts else self.id

    @property
    def text(self) -> str:
        """The value as an input shows it."""
        return "" if self.value is None else str(self.value)

    @property
    def checked(self) -> bool:
        """Whether a checkbox is ticked."""
        return self.text.lower() in ("true", "on", "1")

    @property
    def all_errors(self) -> list[str]:
        """Its own messages and those of its parts."""
        return [*self.errors, *(error for part in self.parts.values() for error in part.all_errors)]

    @property
    def described_by(self) -> str:
        """The ids of the hint and of the messages that are there, for aria-describedby."""
        there = {"hint": bool(self.hint), "error": bool(self.all_errors)}
        return " ".join(f"{self.id}-{what}" for what, is_there in there.items() if is_there)

    def changed(self, **changes: Any) -> "FormField":
        """The same field with another label, hint, list of choices …"""
        return replace(self, **changes)


def described(name: str, declared: fields.Field[Any], value: Any) -> FormField:
    """The field called `name` by its metadata; what depends on the form (errors, parts …) is not in it."""
    metadata = declared.metadata
    return FormField(
        name=name,
        label=str(metadata.get("label", name.rpartition(".")[2])),
        input=input_kind(declared),
        value=value,
        hint=str(metadata.get("hint", "")),
        choices=_choices(declared),
        autocomplete=metadata.get("autocomplete", ""),
        placeholder=metadata.get("placeholder", ""),
        inputmode=metadata.get("inputmode", ""),
    )


def input_kind(declared: fields.Field[Any]) -> str:
    """How a field is filled in: its metadata's `input`, or what its type suggests."""
    if "input" in declared.metadata:
        return str(declared.metadata["input"])
    if declared.metadata.get("choices"):
        return "select"
    return "checkbox" if isinstance(declared, fields.Boolean) else "text"


def default_value(declared: fields.Field[Any]) -> Any:
    """What an empty form shows in the field."""
    default = declared.load_default
    return None if default is missing or callable(default) else default


def _choices(declared: fields.Field[Any]) -> Choices:
    return tuple((str(value), str(label)) for value, label in declared.metadata.get("choices", ()))
