"""An import as the API shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from service.schemas.fields import Instant, StrictSchema

#: What of a rejected row is shown; the whole row is in the file of rejects.
_REJECT = ("row", "column", "value", "code", "reason")


class ImportSchema(StrictSchema):
    """How far an import is and what it counts; numbers are rows of the file, but for `new_clients`."""

    id = fields.String(attribute="_id")
    version = fields.Integer()
    filename = fields.String()
    kind = fields.String(dump_default=None)
    status = fields.String()
    progress = fields.Dict()
    imported = fields.Integer()
    duplicates = fields.Integer()
    ignored = fields.Integer()
    rejected = fields.Integer()
    new_clients = fields.Integer()
    created_at = Instant()
    finished_at = Instant(dump_default=None)
    errors = fields.Dict(dump_default=None)


def import_json(record: dict[str, Any], lists: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """A stored record with its lists `rejects`, `different`, `overlaps`, `doubts`."""
    shown: dict[str, Any] = ImportSchema().dump(record)
    rejects = [{name: item[name] for name in _REJECT} for item in lists.get("rejects", ())]
    return {**shown, **{name: list(items) for name, items in lists.items()}, "rejects": rejects}
