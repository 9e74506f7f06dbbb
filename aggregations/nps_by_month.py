"""How many were asked about each of these months, and how many answered what about the centre?

One row: {_id: month, invited, promoters, passives, detractors}. `invited` are those whose mail was sent, or
may have been; a month without invitations has no row. Definition: docs/figures.md, "Survey".
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
            # Who did not answer is below every bound; comparing what is not there has no portable meaning.
            "$set": {"nps": {"$ifNull": ["$answer.nps", -1]}},
        },
        {
            "$group": {
                "_id": "$month",
                "invited": {"$sum": {"$cond": [{"$in": ["$state", ["sent", "unconfirmed"]]}, 1, 0]}},
                "promoters": {"$sum": {"$cond": [{"$gte": ["$nps", 9]}, 1, 0]}},
                "passives": {"$sum": {"$cond": [{"$in": ["$nps", [7, 8]]}, 1, 0]}},
                "detractors": {
                    "$sum": {"$cond": [{"$and": [{"$gte": ["$nps", 0]}, {"$lte": ["$nps", 6]}]}, 1, 0]},
                },
            },
        },
    ]
