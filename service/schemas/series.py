"""A series of sessions, as JSON writes it: a session, how it repeats, what to do about its conflicts."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.domain.series import MOST_SESSIONS, MOST_WEEKS_APART
from service.schemas.fields import Choice, Flag, Instant, LocalDate, StrictSchema, Text
from service.schemas.sessions import SessionSchema, session_json
from service.texts import _

ACTIONS = [("skip", _("Omitir")), ("move", _("Mover")), ("overbook", _("Sobrecupo"))]


def _whole(most: int) -> fields.Integer:
    sentence = _("Escriba un número de 1 a %(most)s.", most=most)
    return fields.Integer(
        strict=True, validate=validate.Range(1, most, error=sentence), error_messages={"invalid": sentence}
    )


class RepeatSchema(StrictSchema):
    """Every so many weeks, `count` times or until a day (inclusive)."""

    every_weeks = _whole(MOST_WEEKS_APART)
    count = _whole(MOST_SESSIONS)
    until = LocalDate()

    @validates_schema
    def _complete(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "every_weeks" not in data:
            raise ValidationError(_("Falta este dato."), "every_weeks")
        if ("count" in data) == ("until" in data):
            raise ValidationError(_("Indique el número de citas o el último día."), "count")


class DecisionSchema(StrictSchema):
    """What to do with the session that the series has on a local day.

    A move needs its new start (without an end it lasts as long); a reason confirms what is in its way there.
    """

    local_date = LocalDate(required=True)
    action = Choice(ACTIONS, required=True)
    starts_at = Instant()
    ends_at = Instant()
    reason = Text(allow_none=True, longest=200)

    @validates_schema
    def _complete(self, data: dict[str, Any], **kwargs: Any) -> None:
        needed = {"move": "starts_at", "overbook": "reason"}.get(data.get("action", ""))
        if needed and not data.get(needed):
            raise ValidationError(_("Falta este dato."), needed)


class SeriesSchema(SessionSchema):
    """A session as it is booked, how it repeats, and `preview` (true unless told otherwise: nothing is
    written).
    """

    class Meta:
        fields = (
            *("client_id", "psychotherapist_id", "starts_at", "ends_at"),
            *("modality", "link", "room", "price", "note"),
            *("repeat", "decisions", "preview"),
        )

    repeat = fields.Nested(RepeatSchema, required=True)
    decisions = fields.List(
        fields.Nested(DecisionSchema),
        validate=validate.Length(
            max=MOST_SESSIONS, error=_("Como máximo %(most)s decisiones.", most=MOST_SESSIONS)
        ),
    )
    preview = Flag(load_default=True)


def series_json(sessions: list[dict[str, Any]]) -> dict[str, Any]:
    """Sessions of one series as the API shows them."""
    return {"series_id": sessions[0]["series_id"], "items": [session_json(one) for one in sessions]}
