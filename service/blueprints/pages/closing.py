"""Cierre: what needs a look in a month and mending it in place, closing the month, opening it again."""

from flask import Blueprint, Response, flash, g, make_response, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import closing_page, sending
from service.blueprints.statuses import status_of
from service.documents import month_closing
from service.domain.months import month_of, parse_month, shift_month
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.closings import ReopenSchema
from service.schemas.loading import load

routes = Blueprint("closing", __name__, url_prefix="/reportes/cierre")


@routes.get("")
def show() -> str:
    """The month's pendientes, its state and history, and what is made up for; by default the month before
    this one, which is the one to close.
    """
    last = shift_month(month_of(current.today()), -1)
    return closing_page.page(parse_month(request.args.get("mes") or last, "mes"))


@routes.post("/cerrar")
def close() -> Response:
    """Closes the month. Where something needs a look, the form says that it was looked at."""
    db, month = current.db(), parse_month(request.form.get("month", ""))
    if closing_page.groups(db, month) and not request.form.get("seen"):
        return _again(month, InvalidInput({"seen": [_("Confirme que los pendientes pueden quedar así.")]}))
    try:
        month_closing.close(
            db, month, g.staff["_id"], current.today(), current.now(), sending.version(request.form)
        )
    except (InvalidInput, Conflict, Stale) as error:
        return _again(month, error)
    flash(_("El mes quedó cerrado."), "success")
    return sending.see_other(".show", mes=month)


@routes.post("/reabrir")
def reopen() -> Response:
    """Opens the month again, with a reason."""
    month = parse_month(request.form.get("month", ""))
    form = {"reason": request.form.get("reason", "")}
    try:
        reason = load(ReopenSchema(), form)["reason"]
        month_closing.reopen(
            current.db(), month, reason, g.staff["_id"], current.now(), sending.version(request.form)
        )
    except (InvalidInput, Conflict, Stale) as error:
        return _again(month, error, form)
    flash(_("El mes está abierto otra vez."), "success")
    return sending.see_other(".show", mes=month)


def _again(
    month: str, error: InvalidInput | Conflict | Stale, typed: dict[str, str] | None = None
) -> Response:
    errors = error.errors if isinstance(error, InvalidInput) else {"": [error.message]}
    return make_response(
        closing_page.page(month, errors=errors, reason=(typed or {}).get("reason", "")), status_of(error)
    )
