"""The monthly survey by the API: sent, and looked at."""

from flask import Blueprint, Response, g, jsonify, request

from service import clock, current, surveying
from service.blueprints.api import rest
from service.documents import survey_overview
from service.domain.months import month_of, parse_month, shift_month
from service.schemas.loading import load
from service.schemas.surveys import DispatchSchema, invitation_json, survey_json

routes = Blueprint("surveys", __name__, url_prefix="/surveys")


@routes.get("")
def index() -> rest.Shown:
    """A month's survey: its run, states and rates, and its invitations page by page."""
    month = parse_month(request.args.get("month") or shift_month(month_of(current.today()), -1))
    found = survey_overview.overview(current.db(), month, clock.system_now())
    records = found["invitations"]
    return {**survey_json(month, found), **rest.listed(len(records), rest.sliced(records), invitation_json)}


@routes.post("/dispatch")
def dispatch() -> tuple[Response, int]:
    """Prepares the invitations of a month that is over and has them sent; nobody gets a second one."""
    month = load(DispatchSchema(), rest.json_body())["month"]
    db, settings = current.db(), current.settings()
    surveying.start(db, current.redis(), settings, month, g.staff["_id"], current.now())
    found = survey_overview.overview(db, month, clock.system_now())
    return jsonify(survey_json(month, found)), 202
