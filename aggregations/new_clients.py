"""Which of these clients had the first session that ever counted in some months; when, and with whom?

One row: {_id: client_id, month, first_on, psychotherapist_id, modality}, all of that first session; in the
order in which they came. Definition: docs/figures.md, "Month".
"""

from collections.abc import Sequence

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(client_ids: Sequence[str], first: str, last: str) -> list[Stage]:
    """Stages for some clients and the local months from `first` to `last`, both among them.

    They look at all sessions of these clients and at no others.
    """
    return [
        {
            "$match": {"client_id": {"$in": list(client_ids)}, "counts": True},
        },
        {
            "$sort": {"starts_at": 1, "_id": 1},
        },
        {
            "$group": {
                "_id": "$client_id",
                "month": {"$first": "$month"},
                "first_on": {"$first": "$local_date"},
                "psychotherapist_id": {"$first": "$psychotherapist_id"},
                "modality": {"$first": "$modality"},
            },
        },
        {
            "$match": {"month": {"$gte": first, "$lte": last}},
        },
        {
            "$sort": {"first_on": 1, "_id": 1},
        },
    ]
