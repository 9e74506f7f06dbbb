"""In which month did each of these clients have the first session that counts, of those no summary waits for?

One row: {_id: client_id, month}; who has no such session has no row. A session waits while it has `pending`.
Definition: docs/figures.md, "Summaries".
"""

from collections.abc import Sequence

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(client_ids: Sequence[str]) -> list[Stage]:
    """Stages for some clients; they look at all sessions of these clients and at no others."""
    return [
        {
            "$match": {
                "client_id": {"$in": list(client_ids)},
                "counts": True,
                "pending": {"$exists": False},
            },
        },
        {
            "$group": {"_id": "$client_id", "month": {"$min": "$month"}},
        },
    ]
