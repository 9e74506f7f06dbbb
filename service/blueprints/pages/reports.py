"""Reportes: a month's figures, in total against the month before and per psychotherapist."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request

from service import current
from service.blueprints.pages.month_words import amount_words, count_words, nps_words
from service.database import Db
from service.documents import exchange_rates, months, psychotherapists, survey_answers
from service.domain import adjustments
from service.domain.figures import Figures
from service.domain.months import month_of, parse_month, shift_month
from service.domain.people import full_name

routes = Blueprint("reports", __name__, url_prefix="/reportes")


@routes.get("/mensual")
def monthly() -> str:
    """A month's sessions, totals and commissions; every number opens its sessions."""
    db, present = current.db(), month_of(current.today())
    month = parse_month(request.args.get("mes") or present, "mes")
    figures, missed = months.figures(db, month), months.missed(db, month)
    return render_template(
        "pages/reports/monthly.html",
        month=month,
        figures=figures,
        total=_total(figures),
        adjusted=adjustments.sums(figures["adjustments"]),
        people=[*figures["psychotherapists"], *_only_missed(db, figures, missed)],
        missed=missed,
        missed_total={name: sum(own[name] for own in missed.values()) for name in ("cancelled", "no_show")},
        rates=exchange_rates.of_month(db, month),
        stars={own["psychotherapist_id"]: own for own in survey_answers.stars(db, month)},
        over=month < present,
        **_compared(db, figures, running=month >= present),
    )


def _compared(db: Db, figures: Figures, running: bool) -> dict[str, Any]:
    """{nps, changes: {sessions, gross: a sentence a currency, clients, nps}}: words of docs/figures.md."""
    month, last = figures["month"], shift_month(figures["month"], -1)
    before, nps = months.figures(db, last), survey_answers.nps_figures(db, [last, month])
    return {
        "nps": nps[month],
        "changes": {
            **{
                name: count_words(figures[name], before[name], month, running)
                for name in ("sessions", "clients")
            },
            "gross": amount_words(figures["gross"], before["gross"], month, running),
            "nps": nps_words(nps[month]["score"], nps[last]["score"], month),
        },
    }


def _only_missed(db: Db, figures: Figures, missed: Mapping[str, Figures]) -> list[Figures]:
    """Those whose every session of the month was cancelled or missed, so that the column adds up."""
    shown = {own["psychotherapist_id"] for own in figures["psychotherapists"]}
    nothing = {
        "sessions": 0,
        "virtual_sessions": 0,
        "on_site_sessions": 0,
        "percents_bp": [],
        "by_currency": {},
    }
    people = psychotherapists.names(db)
    return [
        {**nothing, "psychotherapist_id": id, "name": full_name(people[id])}
        for id in missed.keys() - shown
        if id in people
    ]


def _total(figures: Figures) -> dict[str, dict[str, int]]:
    """{gross, commission, center_share}: céntimos by currency."""
    gross, commission = figures["gross"], figures["commission"]
    share = {currency: gross[currency] - commission[currency] for currency in gross}
    return {"gross": gross, "commission": commission, "center_share": share}
