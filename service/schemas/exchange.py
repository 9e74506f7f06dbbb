"""Exchange rates as they are typed, pasted and shown: soles for one dollar, by local day."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from service.domain.exchange import parse_rate, rate_text
from service.domain.sheets.dates import session_day
from service.domain.sheets.faults import Fault
from service.errors import InvalidInput
from service.schemas.fields import LocalDate, StrictSchema
from service.texts import Text, _

#: A day, then a rate, with anything between that a table or a sheet leaves there.
_LINE = re.compile(r"([\d/.\-]+)[\s;,|]+(?:S/\.?\s*)?([\d.,]+)", re.ASCII)


class Rate(fields.String):
    """ "3.745", loaded as ten-thousandths."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return parse_rate(super()._deserialize(value, attr, data, **kwargs))
        except ValueError:
            raise ValidationError(_("Escriba el tipo de cambio como 3.745.")) from None


class RatesSchema(StrictSchema):
    """{rates: {"2026-10-01": "3.745"}}."""

    rates = fields.Dict(keys=LocalDate(), values=Rate(), required=True)


def pasted(text: str) -> dict[str, int]:
    """{local day: rate} of lines such as "01/10/2026 3.745"; blank lines are left out.

    InvalidInput on `rates` naming each line that is none, and where there is no line at all.
    """
    found: dict[str, int] = {}
    wrong: list[Text] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            day, rate = _read(line.strip())
        except ValueError:
            wrong.append(
                _(
                    "Línea %(number)s: escriba un día y un tipo de cambio, como 01/10/2026 3.745.",
                    number=number,
                )
            )
        else:
            found[day.isoformat()] = rate
    if wrong or not found:
        raise InvalidInput({"rates": wrong or [_("Falta este dato.")]})
    return found


def rates_json(month: str, rates: Mapping[str, int]) -> dict[str, Any]:
    """{month, rates: {"2026-10-01": "3.745"}}."""
    return {"month": month, "rates": {day: rate_text(rate) for day, rate in rates.items()}}


def _read(line: str) -> tuple[date, int]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError
    try:
        return session_day(match[1]), parse_rate(match[2])
    except Fault:
        raise ValueError from None
