"""How many sessions of a month were cancelled or missed, by psychotherapist?

One row: {_id: psychotherapist_id, cancelled, no_show}, with or without a charge; who has none has no row.
Definition: docs/figures.md, "Sessions".
"""

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(month: str) -> list[Stage]:
    """Stages for one local month such as "2026-07"."""
    return [
        {
            "$match": {"month": month, "counts": False},
        },
        {
            "$group": {
                "_id": "$psychotherapist_id",
                "cancelled": {"$sum": {"$cond": [{"$eq": ["$status", "cancelled"]}, 1, 0]}},
                "no_show": {"$sum": {"$cond": [{"$eq": ["$status", "no_show"]}, 1, 0]}},
            },
        },
    ]
