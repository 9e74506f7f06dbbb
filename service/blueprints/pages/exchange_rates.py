"""Tipo de cambio: the rates of a month, pasted a line a day."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import ngettext

from service import auth, current
from service.blueprints.pages import sending
from service.blueprints.statuses import status_of
from service.documents import exchange_changes, exchange_rates, months
from service.domain.exchange import rate_text
from service.domain.months import month_of, parse_month
from service.errors import InvalidInput
from service.schemas.exchange import pasted

routes = Blueprint("exchange_rates", __name__, url_prefix="/ajustes/tipo-de-cambio")


@routes.get("")
def index() -> str:
    """The rates of a month, and its days in dollars that have none."""
    return _page(parse_month(request.args.get("mes") or month_of(current.today()), "mes"))


@routes.post("")
def save() -> Response:
    """Writes down the pasted rates and gives them to the sessions of their days."""
    auth.require_direction()
    typed = request.form.get("rates", "")
    month = parse_month(request.form.get("month", ""))
    try:
        rates = pasted(typed)
    except InvalidInput as error:
        return make_response(_page(month, typed, error.errors["rates"]), status_of(error))
    exchange_changes.save(current.db(), rates, current.now())
    flash(ngettext("Se guardó %(num)s día.", "Se guardaron %(num)s días.", len(rates)), "success")
    if kept := exchange_rates.keep_another(current.db(), rates):
        flash(
            ngettext(
                "%(num)s cita de esos días conserva el tipo de cambio que ya tenía.",
                "%(num)s citas de esos días conservan el tipo de cambio que ya tenían.",
                kept,
            ),
            "warning",
        )
    return sending.see_other(".index", mes=month_of(min(rates)))


def _page(month: str, typed: str = "", errors: list[str] | None = None) -> str:
    db, today = current.db(), current.today()
    missing = months.figures(db, month)["consolidated"]["missing_days"]
    return render_template(
        "pages/settings/exchange_rates.html",
        month=month,
        rates=_aligned(exchange_rates.of_month(db, month)),
        missing=[day for day in missing if day <= today],
        to_come=sum(day > today for day in missing),
        typed=typed,
        errors=errors or [],
        may_change=auth.is_direction(),
    )


def _aligned(rates: Mapping[str, int]) -> list[tuple[str, str]]:
    """(day, rate), all with as many decimals as the longest has: their points stand below each other."""
    texts = {day: rate_text(rate) for day, rate in rates.items()}
    most = max((len(text.partition(".")[2]) for text in texts.values()), default=0)
    return [(day, text + "0" * (most - len(text.partition(".")[2]))) for day, text in texts.items()]
