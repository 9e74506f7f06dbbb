"""How many star answers did each psychotherapist get about each of these months, of how many people?

One row: {_id: {month, psychotherapist_id}, answers, stars, people}; an answer is one client's stars (1–5) for
one psychotherapist, `stars` their sum, `people` who gave them: a mother of two is one. Definition:
docs/figures.md, "Survey".
"""

from collections.abc import Sequence

from aggregations import Stage

COLLECTION = "invitations"


def pipeline(months: Sequence[str]) -> list[Stage]:
    """Stages for some months of the sessions that were asked about, such as ["2026-07"]."""
    return [
        {
            "$match": {"month": {"$in": list(months)}},
        },
        {
            # An invitation without an answer has nothing to unwind and drops out.
            "$unwind": "$answer.stars",
        },
        {
            # An invitation is one person's: first what each of them said of each psychotherapist.
            "$group": {
                "_id": {
                    "month": "$month",
                    "psychotherapist_id": "$answer.stars.psychotherapist_id",
                    "invitation_id": "$_id",
                },
                "answers": {"$sum": 1},
                "stars": {"$sum": "$answer.stars.stars"},
            },
        },
        {
            "$group": {
                "_id": {"month": "$_id.month", "psychotherapist_id": "$_id.psychotherapist_id"},
                "answers": {"$sum": "$answers"},
                "stars": {"$sum": "$stars"},
                "people": {"$sum": 1},
            },
        },
    ]
