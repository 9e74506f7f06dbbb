"""A therapy session, as JSON and forms write it."""

from typing import Any

from marshmallow import fields

from service.domain.commissions import percent_text
from service.domain.money import Money
from service.schemas.fields import Choice, Instant, Link, MoneyField, Note, StrictSchema, Text, money_json
from service.texts import _

STATUSES = [
    ("scheduled", _("Programada")),
    ("done", _("Realizada")),
    ("cancelled", _("Cancelada")),
    ("no_show", _("No asistió")),
]
MODALITIES = [("virtual", _("Virtual")), ("on_site", _("Presencial"))]


class SessionSchema(StrictSchema):
    """A session. Without a price it takes its psychotherapist's default; without a status, its end
    decides.
    """

    id = fields.String(attribute="_id", dump_only=True)
    version = fields.Integer(dump_only=True)
    client_id = Text(required=True, shortest=1, metadata={"label": _("Cliente")})
    psychotherapist_id = Text(
        required=True, shortest=1, metadata={"label": _("Psicoterapeuta"), "input": "select"}
    )
    starts_at = Instant(required=True, metadata={"label": _("Inicio")})
    ends_at = Instant(required=True, metadata={"label": _("Fin")})
    modality = Choice(MODALITIES, required=True, metadata={"label": _("Tipo")})
    link = Link(
        allow_none=True,
        dump_default="",
        metadata={"label": _("Enlace"), "input": "url", "autocomplete": "off"},
    )
    room = Text(
        allow_none=True, longest=60, dump_default="", metadata={"label": _("Sala"), "autocomplete": "off"}
    )
    price = MoneyField("price_cents", allow_none=True, metadata={"label": _("Precio"), "input": "money"})
    status = Choice(STATUSES, allow_none=True, metadata={"label": _("Estado")})
    charge = MoneyField(
        "charge_cents",
        allow_none=True,
        metadata={"label": _("Monto a cobrar"), "input": "money", "hint": _("Si se canceló o no asistió.")},
    )
    note = Note(
        allow_none=True,
        longest=1000,
        metadata={
            "label": _("Nota administrativa"),
            "input": "textarea",
            "hint": _("Solo lo administrativo: las notas clínicas no van aquí."),
        },
    )
    overbooking_reason = Text(
        allow_none=True, longest=200, metadata={"label": _("Motivo del sobrecupo"), "input": "text"}
    )
    local_date = fields.String(dump_only=True)
    month = fields.String(dump_only=True)
    commission = fields.Method("dump_commission", dump_only=True)
    center_share = fields.Method("dump_center_share", dump_only=True)
    series_id = fields.String(dump_only=True, dump_default=None)

    def dump_commission(self, session: dict[str, Any]) -> dict[str, str]:
        """{"percent": "37.5", "amount": "56.25"}, in the price's currency."""
        amount = money_json(Money(session["commission_cents"], session["currency"]))["amount"]
        return {"percent": percent_text(session["commission_bp"]), "amount": amount}

    def dump_center_share(self, session: dict[str, Any]) -> dict[str, str]:
        """What of the session's income stays with the centre."""
        return money_json(Money(session["income_cents"] - session["commission_cents"], session["currency"]))


def session_json(session: dict[str, Any]) -> dict[str, Any]:
    """A stored session as the API shows it."""
    shown: dict[str, Any] = SessionSchema().dump(session)
    return shown
