"""Mending one of a month's pendientes without leaving their page."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import closing_page, sending
from service.blueprints.statuses import status_of
from service.database import Db
from service.documents import clients, sessions
from service.documents.store import Document
from service.domain.money import Money, parse_decimal
from service.domain.months import parse_month
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.clients import ClientSchema
from service.schemas.loading import load

routes = Blueprint("closing_items", __name__, url_prefix="/reportes/cierre")


@routes.post("/precio")
def price() -> Response:
    """Gives a session another price, in its own currency."""

    def mend(db: Db, session_id: str, typed: str) -> None:
        session = sessions.get(db, session_id)
        try:
            cents = parse_decimal(typed.replace(",", "."))
        except ValueError:
            raise InvalidInput({"": [_("Escriba un monto como 150 o 150.00.")]}) from None
        _change_session(db, session, {"price": Money(cents, session["currency"])})

    return _mended(mend, _("Precio guardado."))


@routes.post("/motivo")
def reason() -> Response:
    """Says why two sessions are at the same time."""

    def mend(db: Db, session_id: str, typed: str) -> None:
        if not typed:
            raise InvalidInput({"": [_("Escriba el motivo.")]})
        _change_session(db, sessions.get(db, session_id), {"overbooking_reason": typed})

    return _mended(mend, _("Motivo guardado."))


@routes.post("/correo")
def email() -> Response:
    """Writes down a client's e-mail."""

    def mend(db: Db, client_id: str, typed: str) -> None:
        changes = load(ClientSchema(only=("email",)), {"email": typed})
        clients.update(db, client_id, changes, sending.version(request.form), current.now())

    return _mended(mend, _("Correo guardado."))


def _change_session(db: Db, session: Document, changes: dict[str, Any]) -> None:
    version = sending.version(request.form)
    sessions.update(db, session["_id"], changes, version, current.now(), current.settings().zone)


def _mended(mend: Callable[[Db, str, str], None], done: str) -> Response:
    """Mends one item and comes back to it; what is wrong is said beside it, with what was typed."""
    month = parse_month(request.form.get("month", ""))
    item, typed = request.form.get("item", ""), request.form.get("value", "").strip()
    try:
        mend(current.db(), item, typed)
    except (InvalidInput, Conflict, Stale) as error:
        said = [error.message]
        if isinstance(error, InvalidInput):
            said = [message for messages in error.errors.values() for message in messages]
        mistake = {"endpoint": request.endpoint, "item": item, "typed": typed, "messages": said}
        return make_response(closing_page.page(month, mistake=mistake), status_of(error))
    flash(done, "success")
    return sending.see_other("pages.closing.show", mes=month)
