"""What did a month's dollars bring in soles, day by day, and where is no rate on record?

One row: {_id: local day, gross_cents (dollars), soles_cents (of those sessions with a rate), missing (how
many have none)}. Sessions and charges in dollars that bring anything. Definition: docs/figures.md, "In
soles".
"""

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(month: str) -> list[Stage]:
    """Stages for one local month such as "2026-07"."""
    return [
        {
            "$match": {"month": month, "currency": "USD", "income_cents": {"$gt": 0}},
        },
        {
            "$group": {
                "_id": "$local_date",
                "gross_cents": {"$sum": "$income_cents"},
                "soles_cents": {"$sum": {"$ifNull": ["$exchange.soles_cents", 0]}},
                # A comparison on a missing field would drop the output in one of the engines: hence $ifNull.
                "missing": {
                    "$sum": {"$cond": [{"$eq": [{"$ifNull": ["$exchange.soles_cents", -1]}, -1]}, 1, 0]}
                },
            },
        },
        {
            "$sort": {"_id": 1},
        },
    ]
