"""In which month did each of these clients have the first session that ever counted?

One row: {_id: client_id, month}. Definition: docs/figures.md, "Month".
"""

from collections.abc import Sequence

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(client_ids: Sequence[str]) -> list[Stage]:
    """Stages for some clients; they look at all sessions of these clients and at no others."""
    return [
        {
            "$match": {"client_id": {"$in": list(client_ids)}, "counts": True},
        },
        {
            "$group": {"_id": "$client_id", "month": {"$min": "$month"}},
        },
    ]
