"""Where a form about sessions leads once it was accepted: to the page it was opened from.

The form carries that place: the query of a list of sessions, "cierre=" and a month for the page where that is
closed, or one word for the page of today.
"""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, request, url_for

from service.blueprints.pages import lists, period, sending
from service.domain.months import parse_month
from service.errors import InvalidInput

BACK, TODAY, CLOSING = "vuelve", "hoy", "cierre"
_LIST_ARGS = (*lists.FILTERS, *period.ARGS, "clientes", "pagina")


def to_day(day: str) -> Response:
    """There, or to the same view of the day's month (week, day) where that is another one."""
    if request.form.get(BACK) == TODAY or _closing():
        return to_list()
    args = _args()
    shown = period.of(args)
    named = "mes" in args if shown.view == period.LIST else "fecha" in args
    if named and shown.has(day):
        return sending.see_other("pages.sessions.index", **args)
    return sending.see_other("pages.sessions.index", **shown.at(day).args)


def to_list() -> Response:
    """There, whatever was changed."""
    response = Response(status=303)
    response.location = address()
    return response


def address() -> str:
    """The address of the page that the form was opened from."""
    if request.form.get(BACK) == TODAY:
        return url_for("pages.home.today")
    if month := _closing():
        return url_for("pages.closing.show", mes=month)
    args = _args()
    return url_for("pages.sessions.index") + (f"?{urlencode(args)}" if args else "")


def _args() -> dict[str, Any]:
    """What a list's address may say, of what the form says of it."""
    return {name: value for name, value in parse_qsl(request.form.get(BACK, "")) if name in _LIST_ARGS}


def _closing() -> str:
    """The month whose closing is to be gone on with, "" where the form comes from elsewhere."""
    month = dict(parse_qsl(request.form.get(BACK, ""))).get(CLOSING, "")
    with suppress(InvalidInput):
        return parse_month(month)
    return ""
