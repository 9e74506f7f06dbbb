"""A month's figures, out of the named aggregations."""

from collections.abc import Mapping
from typing import Any

from aggregations import (
    clients_by_psychotherapist,
    clients_of_list,
    first_months,
    income_by_psychotherapist,
    nps_by_month,
    session_totals,
)
from service.database import Db
from service.documents import psychotherapists
from service.domain import figures as domain
from service.domain import nps
from service.domain.figures import Figures
from service.domain.names import fold
from service.domain.people import full_name


def figures(db: Db, month: str) -> Figures:
    """The figures of a month (see domain.figures.monthly), with each psychotherapist's id and name, by
    name.
    """
    sessions = db[income_by_psychotherapist.COLLECTION]
    income = list(sessions.aggregate(income_by_psychotherapist.pipeline(month)))
    result = domain.monthly(month, income, *_clients(db, month))
    return {**result, "closed": False, "psychotherapists": _named(db, result.pop("by_psychotherapist"))}


def year(db: Db, year: int) -> list[Figures]:
    """The twelve months of a year: each as `figures` gives it, without psychotherapists and with `nps` (see
    domain.nps.figures). A month in which nothing was is shown empty.
    """
    months = [f"{year:04d}-{number:02d}" for number in range(1, 13)]
    answers = db[nps_by_month.COLLECTION].aggregate(nps_by_month.pipeline(months))
    by_month = {row["_id"]: row for row in answers}
    found = [{**figures(db, month), "nps": nps.figures(by_month.get(month))} for month in months]
    return [{name: value for name, value in each.items() if name != "psychotherapists"} for each in found]


def client_groups(db: Db, month: str) -> dict[str, set[str]]:
    """The ids of the clients that a month's figures count (see domain.figures.client_groups)."""
    return domain.client_groups(month, *_clients(db, month))


def totals(db: Db, condition: Mapping[str, Any]) -> dict[str, Any]:
    """What a list's sessions add up to, and how many they are.

    {by_currency: {PEN: {gross_cents, commission_cents, center_share_cents}}, by_status: {done: n}, clients}:
    the clients are those with a session that counts; a currency without sessions or charges is left out.
    """
    rows = list(db[session_totals.COLLECTION].aggregate(session_totals.pipeline(condition)))
    clients = db[clients_of_list.COLLECTION].aggregate(clients_of_list.pipeline(condition))
    return {**domain.list_totals(rows), "clients": len(list(clients))}


def _clients(db: Db, month: str) -> tuple[list[Figures], dict[str, str]]:
    """The rows of clients_by_psychotherapist, and the month of each such client's first counted session."""
    sessions = db[clients_by_psychotherapist.COLLECTION]
    rows = list(sessions.aggregate(clients_by_psychotherapist.pipeline(month)))
    active = sorted({row["_id"]["client_id"] for row in rows})
    firsts = (
        {row["_id"]: row["month"] for row in sessions.aggregate(first_months.pipeline(active))}
        if active
        else {}
    )
    return rows, firsts


def _named(db: Db, by_psychotherapist: Mapping[str, Figures]) -> list[Figures]:
    people = psychotherapists.names(db)
    named = [
        {"psychotherapist_id": person_id, "name": full_name(people[person_id]), **own}
        for person_id, own in by_psychotherapist.items()
    ]
    return sorted(named, key=lambda own: fold(own["name"]))
