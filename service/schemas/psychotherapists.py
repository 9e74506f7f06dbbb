"""A psychotherapist, as JSON and forms write it."""

from collections.abc import Mapping
from typing import Any

from service.domain.money import Money
from service.domain.term_changes import FOREVER, Effect
from service.domain.terms import terms_on
from service.schemas.fields import Choice, Flag, LocalDate, MoneyField, Percent, Text, money_json
from service.schemas.people import PersonSchema
from service.texts import _

#: What a new percent makes of the sessions that are registered from its day on.
EXISTING_SESSIONS = [
    ("change", _("Cambian también")),
    ("keep", _("Conservan su comisión")),
]


class PsychotherapistSchema(PersonSchema):
    """A psychotherapist with the terms of one day. Names, percent and price are required."""

    license_number = Text(
        allow_none=True, dump_default=None, longest=20, metadata={"label": _("N.º de colegiatura")}
    )
    commission_percent = Percent(
        required=True,
        attribute="commission_bp",
        metadata={
            "label": _("Comisión (%%)"),
            "input": "percent",
            "hint": _("Parte de cada sesión que se le paga."),
        },
    )
    default_price = MoneyField(
        "price_cents", required=True, metadata={"label": _("Tarifa"), "input": "money"}
    )
    effective_on = LocalDate(
        load_only=True,
        allow_none=True,
        metadata={
            "label": _("Rige desde"),
            "input": "date",
            "hint": _("Solo si cambia la comisión o la tarifa."),
        },
    )
    active = Flag(metadata={"label": _("Atiende actualmente"), "input": "checkbox"})


class PsychotherapistChangeSchema(PsychotherapistSchema):
    """A change of a psychotherapist, and what of a new percent becomes of sessions that are registered."""

    existing_sessions = Choice(
        EXISTING_SESSIONS, load_only=True, allow_none=True, metadata={"label": _("Citas ya registradas")}
    )
    preview = Flag(load_only=True)


def psychotherapist_json(person: dict[str, Any], today: str) -> dict[str, Any]:
    """A stored psychotherapist as the API shows it, with the terms in force on the local day `today`."""
    shown: dict[str, Any] = PsychotherapistSchema().dump({**person, **terms_on(person["terms"], today)})
    return shown


def effect_json(effect: Effect, since: str | None, until: str) -> dict[str, Any]:
    """What a change would alter (documents.term_changes.preview) as the API shows it."""
    return {
        "effective_on": since,
        "until": None if until == FOREVER else until,
        "sessions": effect["sessions"],
        "closed_months": effect["closed_months"],
        "months": [_month_json(month) for month in effect["months"]],
    }


def _month_json(month: Mapping[str, Any]) -> dict[str, Any]:
    sums = {
        name: {
            when: money_json(Money(cents, month["currency"]))
            for when, cents in month[f"{name}_cents"].items()
        }
        for name in ("commission", "center_share")
    }
    return {**{name: month[name] for name in ("month", "currency", "sessions")}, **sums}
