"""Reportes: a month's figures per psychotherapist."""

from typing import Any

from flask import Blueprint, render_template, request

from service import current
from service.documents import months, sessions
from service.domain.months import month_of, parse_month, shift_month

routes = Blueprint("reports", __name__, url_prefix="/reportes")


@routes.get("/mensual")
def monthly() -> str:
    """A month's sessions, totals and commissions; every number opens its sessions."""
    present = month_of(current.today())
    month = parse_month(request.args.get("mes") or present, "mes")
    figures = months.figures(current.db(), month)
    before = _sessions(shift_month(month, -1)) if month < present else 0
    return render_template(
        "pages/reports/monthly.html",
        month=month,
        figures=figures,
        total=_total(figures),
        change=_percent_change(figures["sessions"], before),
    )


def _sessions(month: str) -> int:
    return sessions.count(current.db(), {"month": month, "counts": True})


def _percent_change(now: int, before: int) -> int | None:
    """By how many percent a count changed, rounded half away from 0; None where there was nothing before."""
    if not before:
        return None
    change = abs(now - before) * 200 + before
    return change // (2 * before) * (1 if now >= before else -1)


def _total(figures: dict[str, Any]) -> dict[str, dict[str, int]]:
    """{gross, commission, center_share}: céntimos by currency."""
    gross, commission = figures["gross"], figures["commission"]
    share = {currency: gross[currency] - commission[currency] for currency in gross}
    return {"gross": gross, "commission": commission, "center_share": share}
