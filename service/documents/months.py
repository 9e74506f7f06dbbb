"""The figures of months and years, out of their summaries, and what lists of sessions add up to."""

from collections.abc import Mapping
from typing import Any

from aggregations import clients_of_list, missed_by_psychotherapist, session_totals
from service.database import Db
from service.documents import closings, month_counts, month_summaries, psychotherapists, sessions
from service.documents.store import Document
from service.domain import figures as domain
from service.domain import nps
from service.domain.adjustments import Line, carrying_month
from service.domain.figures import Figures
from service.domain.names import fold
from service.domain.people import full_name


def figures(db: Db, month: str) -> Figures:
    """The figures of a month (see domain.figures.monthly), with `closed`, each psychotherapist's id and name
    (by name), and `adjustments`, the lines it makes up for. Those of a closed month are the ones kept.
    """
    closing = closings.in_force(db, month)
    result = _figures(closing or month_summaries.read(db, [month])[month], closing)
    by_psychotherapist = result.pop("by_psychotherapist")
    return {
        **result,
        "adjustments": _carried(db, month, closing),
        "psychotherapists": _named(db, by_psychotherapist, closing),
    }


def year(db: Db, year: int) -> list[Figures]:
    """The twelve months of a year: each as `figures` gives it, without psychotherapists and adjustments, and
    with `nps` (see domain.nps.figures). A month in which nothing was is shown empty.
    """
    months = [f"{year:04d}-{number:02d}" for number in range(1, 13)]
    summaries, kept = month_summaries.read(db, months), closings.all_in_force(db, months)
    return [_of_year(summaries[month], kept.get(month)) for month in months]


def adjustments(db: Db, month: str) -> list[Line]:
    """The lines of domain.adjustments that a month carries: those kept where it is closed; else of the months
    before it for which it is the earliest later open one. None of them is compared anew for it.
    """
    return _carried(db, month, closings.in_force(db, month))


def missed(db: Db, month: str) -> dict[str, Figures]:
    """{psychotherapist id: {cancelled, no_show}}: how many sessions of a month were; only who has any."""
    rows = closings.rows_of(db, _closing_of(db, {"month": month}), missed_by_psychotherapist.pipeline(month))
    return {row["_id"]: {name: row[name] for name in ("cancelled", "no_show")} for row in rows}


def client_groups(db: Db, month: str) -> dict[str, set[str]]:
    """The ids of the clients that a month's figures count (see domain.figures.client_groups)."""
    closing = closings.in_force(db, month)
    if closing is None:
        return domain.client_groups(month, *month_counts.clients(db, month))
    rows, _ = month_counts.clients(db, month, closing["_id"])
    return domain.client_groups(month, rows, dict.fromkeys(closing["new_clients"], month))


def lines(db: Db, condition: Mapping[str, Any], *, skip: int = 0, limit: int = 0) -> list[Document]:
    """A list's sessions by start; those of a closed month as they were kept. `limit` 0 means all."""
    closing_id = _closing_of(db, condition)
    if closing_id is None:
        return sessions.find(db, condition, skip=skip, limit=limit)
    page = [{"$skip": skip}] + ([{"$limit": limit}] if limit else [])
    by_start = {"$sort": {"starts_at": 1, "_id": 1}}
    return closings.rows_of(db, closing_id, [{"$match": dict(condition)}, by_start, *page])


def count(db: Db, condition: Mapping[str, Any]) -> int:
    """How many sessions a list has."""
    closing_id = _closing_of(db, condition)
    if closing_id is None:
        return sessions.count(db, condition)
    return len(closings.rows_of(db, closing_id, [{"$match": dict(condition)}, {"$project": {"_id": 1}}]))


def totals(db: Db, condition: Mapping[str, Any]) -> dict[str, Any]:
    """What a list's sessions add up to, and how many they are; those of a closed month as they were kept.

    {by_currency: {PEN: {gross_cents, commission_cents, center_share_cents}}, by_status: {done: n}, clients}:
    the clients are those with a session that counts; a currency without sessions or charges is left out.
    """
    closing_id = _closing_of(db, condition)
    rows = closings.rows_of(db, closing_id, session_totals.pipeline(condition))
    clients = closings.rows_of(db, closing_id, clients_of_list.pipeline(condition))
    return {**domain.list_totals(rows), "clients": len(clients)}


def _closing_of(db: Db, condition: Mapping[str, Any]) -> str | None:
    """The closing that answers for a list: of one month that is closed."""
    month = condition.get("month")
    return closings.state(db, month).get("closing") if isinstance(month, str) else None


def _carried(db: Db, month: str, closing: Document | None) -> list[Line]:
    if closing is not None:
        return list(closing["adjustments"])
    owing = month_summaries.owing(db)
    closed = closings.closed_months(db) if owing else frozenset()
    earlier = [one for one in sorted(owing) if one < month and carrying_month(one, closed) == month]
    return [line for one in earlier for line in owing[one]]


def _figures(counted: Document, closing: Document | None) -> Figures:
    return {**counted["figures"], "consolidated": counted["consolidated"], "closed": closing is not None}


def _of_year(summary: Document, closing: Document | None) -> Figures:
    own = _figures(closing or summary, closing)
    del own["by_psychotherapist"]
    return {**own, "nps": nps.figures(summary["nps"])}


def _named(db: Db, by_psychotherapist: Mapping[str, Figures], closing: Document | None) -> list[Figures]:
    names = {person_id: full_name(person) for person_id, person in psychotherapists.names(db).items()}
    names |= {person_id: kept["name"] for person_id, kept in closing["people"].items()} if closing else {}
    named = [
        {"psychotherapist_id": person_id, "name": names[person_id], **own}
        for person_id, own in by_psychotherapist.items()
    ]
    return sorted(named, key=lambda own: fold(own["name"]))
