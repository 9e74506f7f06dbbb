"""Reports by the API."""

from flask import Blueprint, request

from service import current
from service.blueprints.api import rest
from service.documents import months
from service.domain.months import parse_month
from service.schemas.reports import monthly_json

routes = Blueprint("reports", __name__, url_prefix="/reports")


@routes.get("/monthly")
def monthly() -> rest.Shown:
    """The figures of one month, in total and by psychotherapist."""
    month = parse_month(request.args.get("month", ""))
    return monthly_json(months.figures(current.db(), month))
