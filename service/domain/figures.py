"""A month's figures put together from the rows of the named aggregations; definitions in docs/figures.md.

Amounts are céntimos by currency, {"PEN": 195062}; a currency without any session or charge is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from service.domain.booking import COUNTING

Row = Mapping[str, Any]
Figures = dict[str, Any]


def monthly(
    month: str, income: Iterable[Row], clients: Iterable[Row], first_months: Mapping[str, str]
) -> Figures:
    """The figures of one month.

    `income`: rows of income_by_psychotherapist, `clients`: rows of clients_by_psychotherapist,
    `first_months`: the month of each active client's first session that counted. A psychotherapist's
    `percents_bp` ascend: the lowest that their sessions carry is the first, the highest the last.
    """
    income, clients = list(income), list(clients)
    return {
        "month": month,
        **_client_figures(month, clients, first_months),
        "gross": _sums(income, "gross_cents"),
        "commission": _sums(income, "commission_cents"),
        "by_psychotherapist": _by_psychotherapist(income, clients),
    }


def client_groups(month: str, clients: Iterable[Row], first_months: Mapping[str, str]) -> dict[str, set[str]]:
    """The ids behind a month's figures of clients: active, new, recurrent, virtual, on_site, both.

    `clients` and `first_months` as `monthly` takes them.
    """
    rows = list(clients)
    virtual = {row["_id"]["client_id"] for row in rows if row["virtual"]}
    on_site = {row["_id"]["client_id"] for row in rows if row["on_site"]}
    active = virtual | on_site
    new = {client_id for client_id in active if first_months.get(client_id) == month}
    groups = {"active": active, "new": new, "recurrent": active - new}
    return {**groups, "virtual": virtual, "on_site": on_site, "both": virtual & on_site}


def list_totals(rows: Iterable[Row]) -> Figures:
    """What a list adds up to; `rows` are those of session_totals.

    {by_currency: {PEN: {gross_cents, commission_cents, center_share_cents}}, by_status: {done: 4}}
    """
    rows = sorted(rows, key=lambda row: row["_id"]["currency"])
    by_status: dict[str, int] = defaultdict(int)
    for row in rows:
        by_status[row["_id"]["status"]] += row["sessions"]
    earning = [row for row in rows if row["_id"]["status"] in COUNTING or row["gross_cents"]]
    gross, commission = _sums(earning, "gross_cents"), _sums(earning, "commission_cents")
    by_currency = {currency: _shared(cents, commission[currency]) for currency, cents in gross.items()}
    return {"by_currency": by_currency, "by_status": dict(by_status)}


def _client_figures(month: str, rows: list[Row], first_months: Mapping[str, str]) -> Figures:
    groups = client_groups(month, rows, first_months)
    sessions = {modality: sum(row[modality] for row in rows) for modality in ("virtual", "on_site")}
    return {
        "sessions": sum(sessions.values()),
        "clients": len(groups["active"]),
        "new_clients": len(groups["new"]),
        "recurrent_clients": len(groups["recurrent"]),
        "virtual_clients": len(groups["virtual"]),
        "on_site_clients": len(groups["on_site"]),
        "both_clients": len(groups["both"]),
        "virtual_sessions": sessions["virtual"],
        "on_site_sessions": sessions["on_site"],
    }


def _sums(rows: list[Row], name: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in sorted(rows, key=lambda row: row["_id"]["currency"]):
        sums[row["_id"]["currency"]] += row[name]
    return dict(sums)


def _shared(gross_cents: int, commission_cents: int) -> dict[str, int]:
    shares = {"gross_cents": gross_cents, "commission_cents": commission_cents}
    return {**shares, "center_share_cents": gross_cents - commission_cents}


def _by_psychotherapist(income: list[Row], clients: list[Row]) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    for row in sorted(income, key=lambda row: row["_id"]["currency"]):
        person = figures.setdefault(row["_id"]["psychotherapist_id"], _nobody_yet())
        person["sessions"] += row["sessions"]
        person["percents_bp"] = sorted({*person["percents_bp"], row["lowest_bp"], row["highest_bp"]})
        person["by_currency"][row["_id"]["currency"]] = {
            "sessions": row["sessions"],
            **_shared(row["gross_cents"], row["commission_cents"]),
        }
    for row in clients:
        person = figures.setdefault(row["_id"]["psychotherapist_id"], _nobody_yet())
        person["clients"] += 1
        person["virtual_sessions"] += row["virtual"]
        person["on_site_sessions"] += row["on_site"]
    return figures


def _nobody_yet() -> Figures:
    counts = {"sessions": 0, "clients": 0, "virtual_sessions": 0, "on_site_sessions": 0}
    return {**counts, "percents_bp": [], "by_currency": {}}
