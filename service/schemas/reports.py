"""Reports as the API shows them: amounts are decimal strings by currency."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.figures import Figures
from service.domain.money import decimal_text
from service.schemas.closings import adjustments_json

_COUNTS = (
    "sessions",
    "clients",
    "new_clients",
    "recurrent_clients",
    "virtual_clients",
    "on_site_clients",
    "both_clients",
    "virtual_sessions",
    "on_site_sessions",
)
_NPS = ("score", "answers", "promoters", "passives", "detractors", "invited")


def monthly_json(figures: Figures) -> dict[str, Any]:
    """A month's figures (documents.months.figures) as /reports/monthly answers them."""
    people = [_psychotherapist_json(person) for person in figures["psychotherapists"]]
    return {**_totals_json(figures), "psychotherapists": people}


def yearly_json(year: int, months: Sequence[Figures]) -> dict[str, Any]:
    """A year's months (documents.months.year) as /reports/yearly answers them; NPS is not rounded."""
    return {"year": year, "months": [{**_totals_json(own), "nps": _nps_json(own["nps"])} for own in months]}


def _totals_json(figures: Figures) -> dict[str, Any]:
    return {
        "month": figures["month"],
        "closed": figures["closed"],
        **{name: figures[name] for name in _COUNTS},
        "gross": _amounts(figures["gross"]),
        "adjustments": adjustments_json(figures["adjustments"]),
        "consolidated": _consolidated_json(figures["consolidated"]),
    }


def _consolidated_json(own: Figures) -> dict[str, Any]:
    """Gross income in soles: {amount: None while a day in dollars has no rate, currency, missing_days}."""
    cents = own["soles_cents"]
    amount = None if cents is None else decimal_text(cents)
    return {"amount": amount, "currency": "PEN", "missing_days": own["missing_days"]}


def _nps_json(figures: Figures) -> dict[str, Any]:
    interval = figures["interval"]
    return {**{name: figures[name] for name in _NPS}, "interval": list(interval) if interval else None}


def _psychotherapist_json(person: Figures) -> dict[str, Any]:
    names = ("psychotherapist_id", "name", "sessions", "clients")
    by_currency = {
        currency: {
            "sessions": own["sessions"],
            "gross": decimal_text(own["gross_cents"]),
            "commission": decimal_text(own["commission_cents"]),
            "center_share": decimal_text(own["center_share_cents"]),
        }
        for currency, own in person["by_currency"].items()
    }
    return {**{name: person[name] for name in names}, "by_currency": by_currency}


def _amounts(by_currency: Mapping[str, int]) -> dict[str, str]:
    return {currency: decimal_text(cents) for currency, cents in by_currency.items()}
