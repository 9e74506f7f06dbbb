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
#: What web pages and files leave in front of and between what is copied from them.
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\ufeff", " "))


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
    """{local day: rate} of lines such as "01/10/2026 3.745"; a heading and a day without a rate are left out.

    InvalidInput on `rates` naming each line that is none or says something else of a day than another one,
    and where there is no rate at all.
    """
    found: dict[str, int] = {}
    wrong: list[Text] = []
    for number, line in enumerate(text.translate(_BLANKS).splitlines(), 1):
        if not re.search(r"\d", line):
            continue
        try:
            day, rate = _read(line.strip(" \t;,|"))
        except ValueError:
            wrong.append(
                _(
                    "Línea %(number)s: escriba un día y un tipo de cambio, como 01/10/2026 3.745.",
                    number=number,
                )
            )
            continue
        if rate is not None and found.setdefault(day.isoformat(), rate) != rate:
            wrong.append(
                _("Línea %(number)s: ese día ya está arriba con otro tipo de cambio.", number=number)
            )
    if wrong or not found:
        raise InvalidInput({"rates": wrong or [_("Falta este dato.")]})
    return found


def rates_json(month: str, rates: Mapping[str, int]) -> dict[str, Any]:
    """{month, rates: {"2026-10-01": "3.745"}}."""
    return {"month": month, "rates": {day: rate_text(rate) for day, rate in rates.items()}}


def _read(line: str) -> tuple[date, int | None]:
    """The day and the rate of a line; None where only a day stands there. ValueError for anything else."""
    match = _LINE.fullmatch(line)
    try:
        return session_day(match[1] if match else line), parse_rate(match[2]) if match else None
    except Fault:
        raise ValueError from None
