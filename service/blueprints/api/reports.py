"""Reports by the API."""

from flask import Blueprint, Response, request

from service import current
from service.blueprints.api import rest
from service.documents import months, new_clients, psychotherapists
from service.domain import exported
from service.domain.months import parse_month, parse_year
from service.exports import csv_file
from service.languages import translated
from service.schemas.filters import load_span
from service.schemas.reports import monthly_json, yearly_json

routes = Blueprint("reports", __name__, url_prefix="/reports")


@routes.get("/monthly")
def monthly() -> rest.Shown:
    """The figures of one month, in total and by psychotherapist."""
    month = parse_month(request.args.get("month", ""))
    return monthly_json(months.figures(current.db(), month))


@routes.get("/yearly")
def yearly() -> rest.Shown:
    """The twelve months of a year, each with its figures and its NPS."""
    year = parse_year(request.args.get("year", ""))
    db = current.db()
    found = [{**own, "adjustments": months.adjustments(db, own["month"])} for own in months.year(db, year)]
    return yearly_json(year, found)


@routes.get("/new-clients.csv")
def new_clients_csv() -> Response:
    """The new clients of a month, or of the months `from` … `to`: one row each, as CSV."""
    db = current.db()
    first, last = load_span(request.args, "month", "from", "to")
    found = new_clients.between(db, first, last)
    table = exported.new_clients(found, psychotherapists.names(db), first, last)
    response = Response(csv_file(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{translated(table.name)}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
