"""A statement (liquidación): what a psychotherapist's sessions of a month brought, by line and currency, and
what it makes up for of closed months.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.booking import COUNTING
from service.domain.money import CURRENCIES
from service.domain.months import local_time
from service.domain.names import fold
from service.texts import _

Line = dict[str, Any]

_OF_ADJUSTMENT = (
    *("month", "local_date", "client_name", "kind", "currency"),
    *("gross_cents", "commission_cents", "before_cents", "after_cents"),
)


def lines(rows: Iterable[Mapping[str, Any]], client_names: Mapping[str, str], zone: ZoneInfo) -> list[Line]:
    """The printed lines of rows of aggregations.statement_lines, in their order; times are the centre's.

    A name that a closing kept is printed as it was then.
    """
    return [
        {
            "local_date": row["local_date"],
            "starts": local_time(row["starts_at"], zone),
            "ends": local_time(row["ends_at"], zone),
            "client_name": row.get("client_name") or client_names.get(row["client_id"], "–"),
            "modality": row["modality"],
            "status": row["status"],
            "amount_cents": row["income_cents"],
            "currency": row["currency"],
            "commission_bp": row["commission_bp"],
            "commission_cents": row["commission_cents"],
        }
        for row in rows
    ]


def totals(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The sums of `lines`, one entry per currency that has any, soles first.

    `sessions` are those that count, `charges` the lines of sessions cancelled or missed; both bring gross.
    """
    lines = list(lines)
    by_currency = [
        (currency, [line for line in lines if line["currency"] == currency]) for currency in CURRENCIES
    ]
    return [_total(currency, own) for currency, own in by_currency if own]


def adjustment_lines(adjustments: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The printed lines of domain.adjustments lines, in their order."""
    return [{name: line.get(name, "–") for name in _OF_ADJUSTMENT} for line in adjustments]


def payable(totals: Iterable[Mapping[str, Any]], adjustments: Iterable[Mapping[str, Any]]) -> list[Line]:
    """[{currency, month_cents, adjustment_cents, cents}], soles first: the month's commission, that of its
    adjustments, and both together, which may be below 0.
    """
    month = {total["currency"]: total["commission_cents"] for total in totals}
    adjusted: dict[str, int] = defaultdict(int)
    for line in adjustments:
        adjusted[line["currency"]] += line["commission_cents"]
    return [
        {
            "currency": currency,
            "month_cents": month.get(currency, 0),
            "adjustment_cents": adjusted.get(currency, 0),
            "cents": month.get(currency, 0) + adjusted.get(currency, 0),
        }
        for currency in CURRENCIES
        if currency in month or currency in adjusted
    ]


def document_text(document: Mapping[str, str] | None) -> str | None:
    """ "DNI 01234567", None without a document."""
    if document is None:
        return None
    number = document["number"]
    passport = document["type"] == "passport"
    return _("Pasaporte %(number)s", number=number) if passport else f"{document['type']} {number}"


def file_name(month: str, psychotherapist_name: str) -> str:
    """ "liquidacion-2026-10-ronald-emard.pdf", in plain letters that every system takes."""
    words = re.findall(r"[a-z0-9]+", fold(psychotherapist_name))
    return "-".join(["liquidacion", month, *words]) + ".pdf"


def _total(currency: str, lines: list[Line]) -> dict[str, Any]:
    sessions = sum(line["status"] in COUNTING for line in lines)
    gross, commission = (sum(line[name] for line in lines) for name in ("amount_cents", "commission_cents"))
    return {
        "currency": currency,
        "sessions": sessions,
        "charges": len(lines) - sessions,
        "gross_cents": gross,
        "commission_cents": commission,
        "center_share_cents": gross - commission,
    }
