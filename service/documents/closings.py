"""Which months are closed: their sessions keep the percents they had, whatever is changed later."""

from service.database import Db


def closed_months(db: Db) -> frozenset[str]:
    """The closed months, such as "2026-07". None as long as months cannot be closed."""
    return frozenset()
