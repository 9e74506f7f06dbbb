"""A psychotherapist, as JSON and forms write it."""

from typing import Any

from service.domain.terms import terms_on
from service.schemas.fields import Flag, LocalDate, MoneyField, Percent, Text
from service.schemas.people import PersonSchema


class PsychotherapistSchema(PersonSchema):
    """A psychotherapist with the terms of one day. Names, percent and price are required."""

    license_number = Text(
        allow_none=True, dump_default=None, longest=20, metadata={"label": "N.º de colegiatura"}
    )
    commission_percent = Percent(
        required=True,
        attribute="commission_bp",
        metadata={
            "label": "Comisión (%)",
            "input": "percent",
            "hint": "Parte de cada sesión que se le paga.",
        },
    )
    default_price = MoneyField("price_cents", required=True, metadata={"label": "Tarifa", "input": "money"})
    effective_on = LocalDate(
        load_only=True,
        allow_none=True,
        metadata={"label": "Rige desde", "input": "date", "hint": "Solo si cambia la comisión o la tarifa."},
    )
    active = Flag(metadata={"label": "Atiende actualmente", "input": "checkbox"})


def psychotherapist_json(person: dict[str, Any], today: str) -> dict[str, Any]:
    """A stored psychotherapist as the API shows it, with the terms in force on the local day `today`."""
    shown: dict[str, Any] = PsychotherapistSchema().dump({**person, **terms_on(person["terms"], today)})
    return shown
