"""A month counted in full, out of the named aggregations: what its summary has to say."""

from aggregations import clients_by_psychotherapist, first_months, income_by_psychotherapist, nps_by_month
from service.database import Db
from service.documents.store import Document
from service.domain import figures
from service.domain.figures import Figures


def recount(db: Db, month: str) -> Document:
    """{figures: as domain.figures.monthly gives them, nps: the row of nps_by_month, {} without any}."""
    income = db[income_by_psychotherapist.COLLECTION].aggregate(income_by_psychotherapist.pipeline(month))
    answers = db[nps_by_month.COLLECTION].aggregate(nps_by_month.pipeline([month]))
    counted = {name: value for row in answers for name, value in row.items() if name != "_id"}
    return {"figures": figures.monthly(month, income, *clients(db, month)), "nps": counted}


def clients(db: Db, month: str) -> tuple[list[Figures], dict[str, str]]:
    """The rows of clients_by_psychotherapist, and the month of each such client's first counted session."""
    sessions = db[clients_by_psychotherapist.COLLECTION]
    rows = list(sessions.aggregate(clients_by_psychotherapist.pipeline(month)))
    active = sorted({row["_id"]["client_id"] for row in rows})
    firsts = sessions.aggregate(first_months.pipeline(active)) if active else ()
    return rows, {row["_id"]: row["month"] for row in firsts}
