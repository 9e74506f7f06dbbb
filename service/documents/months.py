"""The figures of months and years, out of their summaries, and what lists of sessions add up to."""

from collections.abc import Mapping
from typing import Any

from aggregations import clients_of_list, session_totals
from service.database import Db
from service.documents import month_counts, month_summaries, psychotherapists
from service.documents.store import Document
from service.domain import figures as domain
from service.domain import nps
from service.domain.figures import Figures
from service.domain.names import fold
from service.domain.people import full_name


def figures(db: Db, month: str) -> Figures:
    """The figures of a month (see domain.figures.monthly), with each psychotherapist's id and name, by
    name.
    """
    result: Figures = month_summaries.read(db, [month])[month]["figures"]
    by_psychotherapist = result.pop("by_psychotherapist")
    return {**result, "closed": False, "psychotherapists": _named(db, by_psychotherapist)}


def year(db: Db, year: int) -> list[Figures]:
    """The twelve months of a year: each as `figures` gives it, without psychotherapists and with `nps` (see
    domain.nps.figures). A month in which nothing was is shown empty.
    """
    months = [f"{year:04d}-{number:02d}" for number in range(1, 13)]
    return [_of_year(summary) for summary in month_summaries.read(db, months).values()]


def client_groups(db: Db, month: str) -> dict[str, set[str]]:
    """The ids of the clients that a month's figures count (see domain.figures.client_groups)."""
    return domain.client_groups(month, *month_counts.clients(db, month))


def totals(db: Db, condition: Mapping[str, Any]) -> dict[str, Any]:
    """What a list's sessions add up to, and how many they are.

    {by_currency: {PEN: {gross_cents, commission_cents, center_share_cents}}, by_status: {done: n}, clients}:
    the clients are those with a session that counts; a currency without sessions or charges is left out.
    """
    rows = list(db[session_totals.COLLECTION].aggregate(session_totals.pipeline(condition)))
    clients = db[clients_of_list.COLLECTION].aggregate(clients_of_list.pipeline(condition))
    return {**domain.list_totals(rows), "clients": len(list(clients))}


def _of_year(summary: Document) -> Figures:
    own = {name: value for name, value in summary["figures"].items() if name != "by_psychotherapist"}
    return {**own, "closed": False, "nps": nps.figures(summary["nps"])}


def _named(db: Db, by_psychotherapist: Mapping[str, Figures]) -> list[Figures]:
    people = psychotherapists.names(db)
    named = [
        {"psychotherapist_id": person_id, "name": full_name(people[person_id]), **own}
        for person_id, own in by_psychotherapist.items()
    ]
    return sorted(named, key=lambda own: fold(own["name"]))
