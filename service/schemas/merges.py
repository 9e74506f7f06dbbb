"""A merge of two clients, as the API takes and shows it."""

from typing import Any

from marshmallow import fields

from service.schemas.fields import StrictSchema, Text
from service.texts import _


class MergeSchema(StrictSchema):
    """Into whom a client is merged; what became of it is only shown."""

    id = fields.String(attribute="_id", dump_only=True)
    version = fields.Integer(dump_only=True)
    into = Text(required=True, shortest=1, metadata={"label": _("Unir con")})
    status = fields.String(attribute="state", dump_only=True)
    created_at = fields.AwareDateTime(dump_only=True)
    finished_at = fields.AwareDateTime(dump_only=True)
    undone_at = fields.AwareDateTime(dump_only=True)


def merge_json(merge: dict[str, Any]) -> dict[str, Any]:
    """A stored merge as the API shows it: {id, version, from, into, status, created_at, …}."""
    return {**MergeSchema().dump(merge), "from": merge["from"]}
