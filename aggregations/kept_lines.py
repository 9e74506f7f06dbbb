"""Which sessions did the closing of a month keep?

One row: a session as it was then, less its notes (domain.closings.KEPT). Another pipeline over `sessions` may
follow, and then answers for the closed month. Definition: docs/figures.md, "Closed months".
"""

from aggregations import Stage

COLLECTION = "closings"


def pipeline(closing_id: str) -> list[Stage]:
    """Stages for one closing."""
    return [
        {
            "$match": {"_id": closing_id},
        },
        {
            "$unwind": "$lines",
        },
        {
            "$replaceRoot": {"newRoot": "$lines"},
        },
    ]
