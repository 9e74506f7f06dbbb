"""How many sessions has a psychotherapist held in each of some months, and when the last of them?

One row: {_id: month, sessions, last_on}: those that are done, and the latest local day of them.
Definition: docs/figures.md, "A psychotherapist's activity".
"""

from collections.abc import Sequence

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(psychotherapist_id: str, months: Sequence[str]) -> list[Stage]:
    """Stages for some local months such as "2026-07"."""
    return [
        {
            "$match": {
                "psychotherapist_id": psychotherapist_id,
                "month": {"$in": list(months)},
                "status": "done",
            },
        },
        {
            "$group": {"_id": "$month", "sessions": {"$sum": 1}, "last_on": {"$max": "$local_date"}},
        },
    ]
