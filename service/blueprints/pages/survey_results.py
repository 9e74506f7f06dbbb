"""What a month's survey says: NPS, stars, comments for direction, the last twelve months; all as files."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from service import auth, current
from service.blueprints.pages.exports import file_answer
from service.blueprints.pages.year_nps import nps_plot
from service.documents import survey_answers
from service.domain import survey_tables
from service.domain.months import month_of, parse_month, shift_month
from service.domain.nps import ENOUGH_ANSWERS, ENOUGH_STARS, Figures

routes = Blueprint("survey_results", __name__, url_prefix="/encuestas")

#: How many months the graph shows, the one that is looked at last.
MONTHS = 12
_FILE = "<any(csv, xlsx):ending>"


def shown(month: str) -> dict[str, Any]:
    """What templates/pages/surveys/results.html takes: {results: …}; answers are None but for direction."""
    before, history = _years(month)
    stars = survey_answers.stars(current.db(), month)
    answers = survey_answers.answers(current.db(), month) if auth.is_direction() else None
    return {
        "results": {
            "nps": history[month],
            "history": history,
            "plot": nps_plot(_listed(history), _listed(before), month_of(current.today())),
            "stars": stars,
            "answers": answers,
            "enough": ENOUGH_ANSWERS,
            "enough_stars": ENOUGH_STARS,
        }
    }


@routes.get(f"/nps.{_FILE}")
def months(ending: str) -> Response:
    """The NPS of the twelve months up to `mes`."""
    month = _month()
    figures = survey_answers.nps_figures(current.db(), _months(month))
    return file_answer(survey_tables.months(figures, _("nps-%(month)s", month=month)), ending)


@routes.get(f"/estrellas.{_FILE}")
def stars(ending: str) -> Response:
    """The psychotherapists' stars of a month."""
    month = _month()
    found = survey_answers.stars(current.db(), month)
    return file_answer(survey_tables.stars(month, found, _("estrellas-%(month)s", month=month)), ending)


@routes.get(f"/respuestas.{_FILE}")
def answers(ending: str) -> Response:
    """A month's answers and comments, for direction only."""
    auth.require_direction()
    month = _month()
    found = survey_answers.answers(current.db(), month)
    return file_answer(survey_tables.answers(month, found, _("respuestas-%(month)s", month=month)), ending)


def _month() -> str:
    return parse_month(request.args.get("mes", ""), "mes")


def _months(last: str, count: int = MONTHS) -> list[str]:
    return [shift_month(last, by) for by in range(1 - count, 1)]


def _years(last: str) -> list[dict[str, Figures]]:
    """The twelve months before those that are shown, and these."""
    months = _months(last, 2 * MONTHS)
    figures = survey_answers.nps_figures(current.db(), months)
    return [{month: figures[month] for month in part} for part in (months[:MONTHS], months[MONTHS:])]


def _listed(history: dict[str, Figures]) -> list[Figures]:
    return [{"month": month, "nps": figures} for month, figures in history.items()]
