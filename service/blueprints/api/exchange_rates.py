"""Exchange rates by the API."""

from flask import Blueprint, request

from service import auth, current
from service.blueprints.api import rest
from service.documents import exchange_changes, exchange_rates
from service.domain.months import month_of, parse_month
from service.schemas.exchange import RatesSchema, rates_json
from service.schemas.loading import load

routes = Blueprint("exchange_rates", __name__, url_prefix="/exchange-rates")


@routes.get("")
def index() -> rest.Shown:
    """The rates of a month: soles for one dollar, by day."""
    month = parse_month(request.args.get("month", ""))
    return rates_json(month, exchange_rates.of_month(current.db(), month))


@routes.post("")
def save() -> rest.Shown:
    """Writes rates down; the sessions in dollars of these days that have none keep them."""
    auth.require_direction()
    rates = load(RatesSchema(), rest.json_body())["rates"]
    exchange_changes.save(current.db(), rates, current.now())
    months = {month_of(day) for day in rates}
    return {
        "items": [rates_json(month, exchange_rates.of_month(current.db(), month)) for month in sorted(months)]
    }
