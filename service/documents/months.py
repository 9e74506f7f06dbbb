"""A month's figures, out of the named aggregations."""

from collections.abc import Mapping
from typing import Any

from aggregations import clients_by_psychotherapist, first_months, income_by_psychotherapist, session_totals
from service.database import Db
from service.documents import psychotherapists
from service.domain import figures as domain
from service.domain.figures import Figures
from service.domain.names import fold
from service.domain.people import full_name


def figures(db: Db, month: str) -> Figures:
    """The figures of a month (see domain.figures.monthly), with each psychotherapist's id and name, by name."""
    sessions = db[income_by_psychotherapist.COLLECTION]
    income = list(sessions.aggregate(income_by_psychotherapist.pipeline(month)))
    clients = list(sessions.aggregate(clients_by_psychotherapist.pipeline(month)))
    active = sorted({row["_id"]["client_id"] for row in clients})
    firsts = {row["_id"]: row["month"] for row in sessions.aggregate(first_months.pipeline(active))} if active else {}
    result = domain.monthly(month, income, clients, firsts)
    return {**result, "closed": False, "psychotherapists": _named(db, result.pop("by_psychotherapist"))}


def totals(db: Db, condition: Mapping[str, Any]) -> dict[str, Any]:
    """What a list's sessions add up to: {by_currency: {PEN: {gross_cents, commission_cents}}, by_status: {done: n}}."""
    by_currency: dict[str, dict[str, int]] = {}
    by_status: dict[str, int] = {}
    for row in db[session_totals.COLLECTION].aggregate(session_totals.pipeline(condition)):
        currency, status = row["_id"]["currency"], row["_id"]["status"]
        sums = by_currency.setdefault(currency, {"gross_cents": 0, "commission_cents": 0})
        sums["gross_cents"] += row["gross_cents"]
        sums["commission_cents"] += row["commission_cents"]
        by_status[status] = by_status.get(status, 0) + row["sessions"]
    return {"by_currency": dict(sorted(by_currency.items())), "by_status": by_status}


def _named(db: Db, by_psychotherapist: Mapping[str, Figures]) -> list[Figures]:
    people = psychotherapists.names(db)
    named = [
        {"psychotherapist_id": person_id, "name": full_name(people[person_id]), **own}
        for person_id, own in by_psychotherapist.items()
    ]
    return sorted(named, key=lambda own: fold(own["name"]))
