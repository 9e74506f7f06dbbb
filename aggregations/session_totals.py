"""What do the sessions of a list add up to, per currency and status?

One row: {_id: {currency, status}, sessions, gross_cents, commission_cents}; `sessions` are all of that
status, also those that do not count. Definition: docs/figures.md, "Sessions".
"""

from collections.abc import Mapping
from typing import Any

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(condition: Mapping[str, Any]) -> list[Stage]:
    """Stages for the sessions that a list's condition has."""
    return [
        {
            "$match": dict(condition),
        },
        {
            "$group": {
                "_id": {"currency": "$currency", "status": "$status"},
                "sessions": {"$sum": 1},
                "gross_cents": {"$sum": "$income_cents"},
                "commission_cents": {"$sum": "$commission_cents"},
            },
        },
    ]
