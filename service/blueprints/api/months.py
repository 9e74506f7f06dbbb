"""Closing months by the API."""

from flask import Blueprint, Response, g

from service import current
from service.blueprints.api import rest
from service.documents import closings, month_closing, needs_look
from service.domain.months import parse_month
from service.schemas.closings import ReopenSchema, pending_json, state_json
from service.schemas.loading import load

routes = Blueprint("months", __name__, url_prefix="/months")


@routes.get("/<month>")
def show(month: str) -> Response:
    """Whether a month is closed, in which version, and its history."""
    return rest.shown(state_json(closings.state(current.db(), parse_month(month))))


@routes.get("/<month>/pending")
def pending(month: str) -> rest.Shown:
    """What needs a look before the month is closed, by kind and id."""
    month = parse_month(month)
    found = needs_look.of_month(current.db(), month, current.today(), current.now())
    return pending_json(month, found)


@routes.post("/<month>/close")
def close(month: str) -> Response:
    """Closes a month that is over; 409 where it is closed already."""
    done = month_closing.close(
        current.db(),
        parse_month(month),
        g.staff["_id"],
        current.today(),
        current.now(),
        rest.expected_version(),
    )
    return rest.shown(state_json(done))


@routes.post("/<month>/reopen")
def reopen(month: str) -> Response:
    """Opens a closed month again, with a reason; 409 where it is open."""
    reason = load(ReopenSchema(), rest.json_body())["reason"]
    done = month_closing.reopen(
        current.db(), parse_month(month), reason, g.staff["_id"], current.now(), rest.expected_version()
    )
    return rest.shown(state_json(done))
