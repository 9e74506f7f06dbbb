"""What did each psychotherapist's sessions of a month bring, per currency?

One row: {_id: {psychotherapist_id, currency}, sessions, gross_cents, commission_cents, lowest_bp,
highest_bp}. `sessions` are those that count; `gross_cents` also has the charges of those cancelled or missed;
the percents are the lowest and the highest that any of them carries. Definition: docs/figures.md, "Month".
"""

from aggregations import Stage

COLLECTION = "sessions"


def pipeline(month: str) -> list[Stage]:
    """Stages for one local month such as "2026-07"."""
    return [
        {
            "$match": {
                "month": month,
                "$or": [{"counts": True}, {"income_cents": {"$gt": 0}}],
            },
        },
        {
            "$group": {
                "_id": {"psychotherapist_id": "$psychotherapist_id", "currency": "$currency"},
                "sessions": {"$sum": {"$cond": ["$counts", 1, 0]}},
                "gross_cents": {"$sum": "$income_cents"},
                "commission_cents": {"$sum": "$commission_cents"},
                "lowest_bp": {"$min": "$commission_bp"},
                "highest_bp": {"$max": "$commission_bp"},
            },
        },
    ]
