"""Soles for dollars: a day's rate, an amount at that rate, and a month's income in soles.

A rate is a whole number of ten-thousandths of a sol for one dollar (3.745 is 37450). A session in dollars
keeps the rate of its day, `exchange {on, rate, soles_cents}`; its own amount and currency stay the truth.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: Ten-thousandths in one.
SCALE = 10_000
#: What a rate may be; anything else is a slip of the hand.
LOWEST, HIGHEST = SCALE // 2, SCALE * 20

_RATE = re.compile(r"(\d{1,2})[.,](\d{1,4})|(\d{1,2})", re.ASCII)


def parse_rate(text: str) -> int:
    """Ten-thousandths of "3.745" or "3,745"; ValueError for what is no rate."""
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a rate")
    rate = int(match[1] or match[3]) * SCALE + int((match[2] or "").ljust(4, "0"))
    if not LOWEST <= rate <= HIGHEST:
        raise ValueError("not a rate that there was")
    return rate


def rate_text(rate: int) -> str:
    """ "3.745" for 37450: at least two decimals."""
    whole, rest = divmod(rate, SCALE)
    return f"{whole}.{f'{rest:04d}'.rstrip('0').ljust(2, '0')}"


def soles_cents(dollar_cents: int, rate: int) -> int:
    """Céntimos of sol for céntimos of dollar, rounded half up."""
    return (dollar_cents * rate + SCALE // 2) // SCALE


def at_rate(session: Mapping[str, Any], rates: Mapping[str, int]) -> dict[str, Any]:
    """A session with `exchange` as it has to be: frozen while its day stays, of the new day when it moves,
    none in soles or where its day has no rate. `rates` by local day.
    """
    plain = {name: value for name, value in session.items() if name != "exchange"}
    day, frozen = session.get("local_date", ""), session.get("exchange", {})
    rate = frozen["rate"] if frozen.get("on") == day else rates.get(day)
    if session.get("currency") != "USD" or rate is None:
        return plain
    soles = soles_cents(session["income_cents"], rate)
    return {**plain, "exchange": {"on": day, "rate": rate, "soles_cents": soles}}


def consolidated(gross: Mapping[str, int], dollar_days: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A month's gross income in soles: {soles_cents: None while a rate is missing, missing_days: [day]}.

    `gross` by currency; `dollar_days`: rows of aggregations.dollars_in_soles.
    """
    days = list(dollar_days)
    missing = sorted(row["_id"] for row in days if row["missing"])
    soles = gross.get("PEN", 0) + sum(row["soles_cents"] for row in days)
    return {"soles_cents": None if missing else soles, "missing_days": missing}
