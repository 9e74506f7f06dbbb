"""A month's survey as the API takes and shows it, and the settings of surveys."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.schemas.fields import Flag, Instant, StrictSchema
from service.schemas.statements import Month
from service.texts import _


class DispatchSchema(StrictSchema):
    """Which month's survey to send."""

    month = Month(required=True, metadata={"label": _("Mes"), "input": "month"})


class MailSchema(StrictSchema):
    """How far a mail is; `error` are the mail server's words, or why it was not sent."""

    state = fields.String()
    attempts = fields.Integer()
    sent_at = Instant(dump_default=None)
    next_at = Instant(dump_default=None)
    error = fields.String(dump_default=None)


class InvitationSchema(MailSchema):
    """One person's invitation, without its answer and its link."""

    id = fields.String(attribute="_id")
    version = fields.Integer()
    month = fields.String()
    person_id = fields.String()
    language = fields.String()
    pairs = fields.List(fields.Dict())
    closes_at = Instant()
    answered_at = Instant(dump_default=None)
    reminder = fields.Nested(MailSchema, dump_default=None)


class RunSchema(StrictSchema):
    """A month's survey as a whole."""

    state = fields.String()
    started_at = Instant()
    started_by = fields.String()
    closes_at = Instant()
    reminds_at = Instant()
    reminded_at = Instant(dump_default=None)
    left_out = fields.List(fields.Dict())


def _whole(lowest: int, highest: int, label: str, hint: str = "") -> fields.Integer:
    message = _("Escriba un número de %(lowest)s a %(highest)s.", lowest=lowest, highest=highest)
    return fields.Integer(
        required=True,
        validate=validate.Range(lowest, highest, error=message),
        error_messages={"invalid": message},
        metadata={"label": label, "hint": hint, "inputmode": "numeric"},
    )


class SurveySettingsSchema(StrictSchema):
    """When surveys are sent by themselves: days of the following month, by the centre's clock."""

    on = Flag(
        load_default=False,
        metadata={"label": _("Enviar la encuesta de cada mes por sí sola"), "input": "checkbox"},
    )
    send_day = _whole(1, 28, _("Día del envío"))
    send_hour = _whole(0, 23, _("Hora"), _("De 0 a 23, hora del centro."))
    remind_day = _whole(1, 28, _("Día del recordatorio"), _("Solo a quienes no han respondido."))
    close_day = _whole(1, 28, _("Último día para responder"))
    mails_per_day = _whole(
        0,
        100_000,
        _("Correos por día, como máximo"),
        _("0 es sin límite. Pregunte a su proveedor de correo."),
    )

    @validates_schema(skip_on_field_errors=True)
    def check_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        """First the mail, then the reminder, then the end."""
        if not data["send_day"] < data["remind_day"]:
            raise ValidationError(_("El recordatorio va después del envío."), "remind_day")
        if not data["remind_day"] <= data["close_day"]:
            raise ValidationError(_("El último día no va antes del recordatorio."), "close_day")


def survey_json(month: str, found: dict[str, Any]) -> dict[str, Any]:
    """A month's survey (documents.survey_overview.overview) as the API shows it, without its invitations."""
    run: dict[str, Any] | None = RunSchema().dump(found["run"]) if found["run"] else None
    names = ("states", "reminders", "invited", "answered", "response_rate")
    return {"month": month, "run": run, **{name: found[name] for name in names}}


def invitation_json(invitation: dict[str, Any]) -> dict[str, Any]:
    """An invitation as the API shows it."""
    shown: dict[str, Any] = InvitationSchema().dump(invitation)
    return shown
