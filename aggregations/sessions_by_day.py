"""On which days of a month does a psychotherapist have sessions that count, and how many?

One row: {_id: local_date, sessions}. Definition: docs/figures.md, "Month".
"""

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(month: str, psychotherapist_id: str) -> list[Stage]:
    """Stages for one local month such as "2026-07" and one psychotherapist."""
    return [
        {
            "$match": {"month": month, "psychotherapist_id": psychotherapist_id, "counts": True},
        },
        {
            "$group": {"_id": "$local_date", "sessions": {"$sum": 1}},
        },
    ]
