"""A month's figures put together from the rows of the named aggregations; definitions in docs/figures.md.

Amounts are céntimos by currency, {"PEN": 195062}; a currency without any session or charge is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
Figures = dict[str, Any]


def monthly(month: str, income: Iterable[Row], clients: Iterable[Row], first_months: Mapping[str, str]) -> Figures:
    """The figures of one month.

    `income`: rows of income_by_psychotherapist, `clients`: rows of clients_by_psychotherapist, `first_months`: the
    month of each active client's first session that counted.
    """
    income, clients = list(income), list(clients)
    return {
        "month": month,
        **_client_figures(month, clients, first_months),
        "gross": _sums(income, "gross_cents"),
        "commission": _sums(income, "commission_cents"),
        "by_psychotherapist": _by_psychotherapist(income, clients),
    }


def _client_figures(month: str, rows: list[Row], first_months: Mapping[str, str]) -> Figures:
    virtual = {row["_id"]["client_id"] for row in rows if row["virtual"]}
    on_site = {row["_id"]["client_id"] for row in rows if row["on_site"]}
    active = virtual | on_site
    new = sum(first_months.get(client_id) == month for client_id in active)
    sessions = {modality: sum(row[modality] for row in rows) for modality in ("virtual", "on_site")}
    return {
        "sessions": sum(sessions.values()),
        "clients": len(active),
        "new_clients": new,
        "recurrent_clients": len(active) - new,
        "virtual_clients": len(virtual),
        "on_site_clients": len(on_site),
        "both_clients": len(virtual & on_site),
        "virtual_sessions": sessions["virtual"],
        "on_site_sessions": sessions["on_site"],
    }


def _sums(rows: list[Row], name: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in sorted(rows, key=lambda row: row["_id"]["currency"]):
        sums[row["_id"]["currency"]] += row[name]
    return dict(sums)


def _by_psychotherapist(income: list[Row], clients: list[Row]) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    for row in sorted(income, key=lambda row: row["_id"]["currency"]):
        person = figures.setdefault(row["_id"]["psychotherapist_id"], _nobody_yet())
        person["sessions"] += row["sessions"]
        person["by_currency"][row["_id"]["currency"]] = {
            "sessions": row["sessions"],
            "gross_cents": row["gross_cents"],
            "commission_cents": row["commission_cents"],
            "center_share_cents": row["gross_cents"] - row["commission_cents"],
        }
    for row in clients:
        person = figures.setdefault(row["_id"]["psychotherapist_id"], _nobody_yet())
        person["clients"] += 1
        person["virtual_sessions"] += row["virtual"]
        person["on_site_sessions"] += row["on_site"]
    return figures


def _nobody_yet() -> Figures:
    return {"sessions": 0, "clients": 0, "virtual_sessions": 0, "on_site_sessions": 0, "by_currency": {}}
