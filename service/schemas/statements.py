"""A request for a statement, and its record as the API shows it."""

from typing import Any

from marshmallow import ValidationError, fields

from service.domain.months import parse_month
from service.errors import InvalidInput
from service.schemas.fields import Instant, StrictSchema, Text
from service.texts import _


class Month(fields.String):
    """A month "2026-07"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return parse_month(super()._deserialize(value, attr, data, **kwargs).strip())
        except InvalidInput as error:
            raise ValidationError(error.errors["month"]) from error


class _MailSchema(StrictSchema):
    state = fields.String()
    sent_at = Instant(dump_default=None)
    error = fields.String(dump_default=None)


class StatementSchema(StrictSchema):
    """Whose statement, of which month; and how far it is."""

    id = fields.String(attribute="_id", dump_only=True)
    version = fields.Integer(dump_only=True)
    psychotherapist_id = Text(
        required=True, shortest=1, metadata={"label": _("Psicoterapeuta"), "input": "select"}
    )
    month = Month(required=True, metadata={"label": _("Mes"), "input": "month"})
    status = fields.String(dump_only=True)
    created_at = Instant(dump_only=True)
    finished_at = Instant(dump_only=True, dump_default=None)
    reason = fields.String(dump_only=True, dump_default=None)
    folio = fields.String(dump_only=True, dump_default=None)
    number = fields.Integer(dump_only=True, dump_default=None)
    sha256 = fields.String(dump_only=True, dump_default=None)
    mail = fields.Nested(_MailSchema, dump_only=True, dump_default=None)


class BatchSchema(StrictSchema):
    """Of which month all statements are wanted."""

    month = Month(required=True, metadata={"label": "Mes", "input": "month"})


def statement_json(record: dict[str, Any]) -> dict[str, Any]:
    """A stored record as the API shows it."""
    shown: dict[str, Any] = StatementSchema().dump(record)
    return shown
