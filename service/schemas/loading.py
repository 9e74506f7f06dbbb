"""Loading with a schema: what is wrong becomes one InvalidInput with dotted field names."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from service.errors import InvalidInput
from service.texts import _


def load(schema: Schema, data: Any, *, partial: bool = False) -> dict[str, Any]:
    """`data` as documents/ takes it; InvalidInput naming each wrong field. `partial` asks for no field."""
    if not isinstance(data, Mapping):
        raise InvalidInput({"_schema": [_("Escriba un objeto JSON con sus campos.")]})
    try:
        loaded: dict[str, Any] = schema.load(data, partial=partial)
    except ValidationError as error:
        raise InvalidInput(flatten(error.messages)) from error
    return loaded


def flatten(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Marshmallow's nested messages as {"document.number": [sentence, …]}."""
    if not isinstance(messages, Mapping):
        return {prefix or "_schema": [str(message) for message in messages]}
    flat: dict[str, list[str]] = {}
    for name, inner in messages.items():
        path = prefix if name == "_schema" and prefix else ".".join(filter(None, (prefix, str(name))))
        flat.update(flatten(inner, path))
    return flat
