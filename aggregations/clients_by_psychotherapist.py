"""Which clients had sessions that count in a month, with whom, and how many of each modality?

One row: {_id: {client_id, psychotherapist_id}, virtual, on_site}, both numbers of sessions.
Definition: docs/figures.md, "Month".
"""

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(month: str) -> list[Stage]:
    """Stages for one local month such as "2026-07"."""
    return [
        {
            "$match": {"month": month, "counts": True},
        },
        {
            "$group": {
                "_id": {"client_id": "$client_id", "psychotherapist_id": "$psychotherapist_id"},
                "virtual": {"$sum": {"$cond": [{"$eq": ["$modality", "virtual"]}, 1, 0]}},
                "on_site": {"$sum": {"$cond": [{"$eq": ["$modality", "on_site"]}, 1, 0]}},
            },
        },
    ]
