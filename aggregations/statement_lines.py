"""Which sessions stand on a psychotherapist's statement of a month?

One row: {_id, client_id, starts_at, ends_at, local_date, modality, status, currency, income_cents,
commission_bp, commission_cents}, by start; `client_name` too where a closing kept it. They are the sessions
that count, and the charges above 0 of those cancelled or missed; `income_cents` is the price or the charge.
Definition: docs/figures.md, "Month".
"""

from aggregations import Stage

COLLECTION = "sessions"

_SHOWN = (
    "client_id",
    "client_name",
    "starts_at",
    "ends_at",
    "local_date",
    "modality",
    "status",
    "currency",
    "income_cents",
    "commission_bp",
    "commission_cents",
)


def pipeline(month: str, psychotherapist_id: str) -> list[Stage]:
    """Stages for one local month such as "2026-07" and one psychotherapist."""
    return [
        {
            "$match": {
                "month": month,
                "psychotherapist_id": psychotherapist_id,
                "$or": [{"counts": True}, {"income_cents": {"$gt": 0}}],
            },
        },
        {
            "$project": dict.fromkeys(_SHOWN, 1),
        },
        {
            # Two may start at once (overbooking): the id keeps their order the same each time.
            "$sort": {"starts_at": 1, "_id": 1},
        },
    ]
