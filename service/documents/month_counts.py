"""A month counted in full, out of the named aggregations: what its summary, or its closing, has to say."""

from aggregations import (
    clients_by_psychotherapist,
    dollars_in_soles,
    first_months,
    income_by_psychotherapist,
    nps_by_month,
)
from service.database import Db
from service.documents import adjustments, closings
from service.documents.store import Document
from service.domain import exchange
from service.domain import figures as domain
from service.domain.figures import Figures


def recount(db: Db, month: str) -> Document:
    """{figures, consolidated, nps: the row of nps_by_month, {} without any}, and `adjustments` where
    something was changed after a closing (documents.adjustments).
    """
    answers = db[nps_by_month.COLLECTION].aggregate(nps_by_month.pipeline([month]))
    counted = {name: value for row in answers for name, value in row.items() if name != "_id"}
    left = adjustments.of_month(db, month)
    return {**money(db, month), "nps": counted} | ({"adjustments": left} if left else {})


def money(db: Db, month: str, closing_id: str | None = None) -> Document:
    """{figures, consolidated: gross income in soles (domain.exchange)} of sessions, or of a closing's
    lines.
    """
    own = figures(db, month, closing_id)
    dollars = closings.rows_of(db, closing_id, dollars_in_soles.pipeline(month))
    return {"figures": own, "consolidated": exchange.consolidated(own["gross"], dollars)}


def figures(db: Db, month: str, closing_id: str | None = None) -> Figures:
    """The figures of a month's sessions, or of a closing's lines: see domain.figures.monthly."""
    income = closings.rows_of(db, closing_id, income_by_psychotherapist.pipeline(month))
    return domain.monthly(month, income, *clients(db, month, closing_id))


def clients(db: Db, month: str, closing_id: str | None = None) -> tuple[list[Figures], dict[str, str]]:
    """The rows of clients_by_psychotherapist, and the month of each such client's first counted session."""
    rows = closings.rows_of(db, closing_id, clients_by_psychotherapist.pipeline(month))
    active = sorted({row["_id"]["client_id"] for row in rows})
    firsts = db[first_months.COLLECTION].aggregate(first_months.pipeline(active)) if active else ()
    return rows, {row["_id"]: row["month"] for row in firsts}
