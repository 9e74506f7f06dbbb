"""What do one psychotherapist's sessions bring by percent and amount, month by month, on the days of a span
and on the other days of its months?

One row: {_id: {month, currency, commission_bp, income_cents, within}, sessions, commission_cents}; `within`
says whether they are on days of the span, `sessions` are all of them, also those that do not count.
Definition: docs/figures.md, "A change of terms".
"""

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(psychotherapist_id: str, since: str, until: str) -> list[Stage]:
    """Stages for the local days from `since` to before `until`, with the rest of their months."""
    return [
        {
            "$match": {
                "psychotherapist_id": psychotherapist_id,
                "month": {"$gte": since[:7], "$lte": until[:7]},
            },
        },
        {
            "$group": {
                "_id": {
                    "month": "$month",
                    "currency": "$currency",
                    "commission_bp": "$commission_bp",
                    "income_cents": "$income_cents",
                    "within": {
                        "$cond": [
                            {"$and": [{"$gte": ["$local_date", since]}, {"$lt": ["$local_date", until]}]},
                            True,
                            False,
                        ],
                    },
                },
                "sessions": {"$sum": 1},
                "commission_cents": {"$sum": "$commission_cents"},
            },
        },
    ]
