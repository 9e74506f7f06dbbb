"""Which clients had the sessions of a list that count, and how many?

One row: {_id: client_id, sessions}. Definition: docs/figures.md, "Month" (active clients).
"""

from collections.abc import Mapping
from typing import Any

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(condition: Mapping[str, Any]) -> list[Stage]:
    """Stages for the sessions that a list's condition has."""
    return [
        {
            "$match": {**condition, "counts": True},
        },
        {
            "$group": {"_id": "$client_id", "sessions": {"$sum": 1}},
        },
    ]
