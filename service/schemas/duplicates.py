"""What can be said of a client's form while it is still being typed."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from service.schemas.clients import ClientSchema

_READ = (
    *("given_names", "family_names", "document", "email", "phone", "birth_date", "relationships"),
    "survey_consent",
)


def typed_so_far(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `data` that are right as they stand; half a number or e-mail is left out, not refused."""
    named = {name: data[name] for name in _READ if name in data}
    try:
        return dict(ClientSchema().load(named, partial=True))
    except ValidationError as error:
        right = error.valid_data if isinstance(error.valid_data, dict) else {}
        return {name: value for name, value in right.items() if name not in error.messages_dict}
