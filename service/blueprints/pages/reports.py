"""Reportes: a month's figures per psychotherapist."""

from flask import Blueprint, render_template, request

from service import current
from service.documents import months, psychotherapists
from service.domain.months import month_of, parse_month
from service.domain.terms import terms_on

routes = Blueprint("reports", __name__, url_prefix="/reportes")


@routes.get("/mensual")
def monthly() -> str:
    """A month's sessions, totals and commissions; every number opens its sessions."""
    month = parse_month(request.args.get("mes") or month_of(current.today()), "mes")
    figures = months.figures(current.db(), month)
    people = psychotherapists.names(current.db())
    percents = {
        own["psychotherapist_id"]: terms_on(people[own["psychotherapist_id"]]["terms"], f"{month}-01")["commission_bp"]
        for own in figures["psychotherapists"]
    }
    return render_template("pages/reports/monthly.html", month=month, figures=figures, percents=percents)
