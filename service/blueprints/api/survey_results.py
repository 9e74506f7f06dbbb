"""What a month's survey says, by the API; answers and comments are for direction only."""

from flask import Blueprint, request

from service import auth, current
from service.blueprints.api import rest
from service.documents import survey_answers
from service.domain.months import parse_month
from service.schemas.survey_results import results_json

routes = Blueprint("survey_results", __name__, url_prefix="/surveys")


@routes.get("/results")
def results() -> rest.Shown:
    """A month's NPS and each psychotherapist's mean of stars."""
    db, month = current.db(), parse_month(request.args.get("month", ""))
    return results_json(
        month, survey_answers.nps_figures(db, [month])[month], survey_answers.stars(db, month)
    )


@routes.get("/answers")
def answers() -> rest.Shown:
    """A month's answers {nps, comment}, the lowest first; nothing says whose they are."""
    auth.require_direction()
    found = survey_answers.answers(current.db(), parse_month(request.args.get("month", "")))
    return rest.listed(len(found), rest.sliced(found), dict)
