"""Net Promoter Score and stars: what a month's survey answers say, and how sure that is.

NPS after Reichheld, "The One Number You Need to Grow" (2003); its interval is the adjusted Wald interval of
Rocks, "Interval Estimation for the Net Promoter Score" (2016). Definitions in docs/figures.md, "Survey".
Nothing is rounded here; what shows a figure rounds it.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

#: What the two questions of the survey are answered with.
RATINGS, STARS = range(11), range(1, 6)
#: Fewer answers than this are shown as too few to say anything ("muestra insuficiente").
ENOUGH_ANSWERS = 10
#: Stars of fewer people than this would tell who gave them: no mean is given. A mother of five is one.
ENOUGH_STARS = 5

_Z_95 = 1.96

Figures = dict[str, Any]


class Answers(NamedTuple):
    """How many answered 9–10 (promoters), 7–8 (passives) and 0–6 (detractors)."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @property
    def total(self) -> int:
        """How many answered."""
        return sum(self)


def count(ratings: Iterable[int]) -> Answers:
    """Ratings from 0 to 10, counted."""
    kinds = [2 if rating <= 6 else 1 if rating <= 8 else 0 for rating in ratings]
    return Answers(kinds.count(0), kinds.count(1), kinds.count(2))


def score(answers: Answers) -> float | None:
    """100 × (promoters − detractors) ÷ answers, from −100 to 100; None without answers, never 0."""
    return 100 * (answers.promoters - answers.detractors) / answers.total if answers.total else None


def interval(answers: Answers) -> tuple[float, float] | None:
    """The 95 % interval of the score, within [−100, 100]; None without answers.

    From two answers on it contains the score; around a single one it need not.
    """
    if not answers.total:
        return None
    adjusted = answers.total + 3
    promoters, detractors = (answers.promoters + 0.75) / adjusted, (answers.detractors + 0.75) / adjusted
    middle = promoters - detractors
    half = _Z_95 * math.sqrt((promoters + detractors - middle**2) / adjusted)
    return max(-100.0, 100 * (middle - half)), min(100.0, 100 * (middle + half))


def response_rate(answers: int, invited: int) -> float | None:
    """The part of those invited who answered, from 0 to 1; None where nobody was invited."""
    return min(1.0, answers / invited) if invited else None


def figures(row: Mapping[str, Any] | None) -> Figures:
    """What is shown of a row of aggregations.nps_by_month (None: a month without invitations).

    {score|None, answers, promoters, passives, detractors, interval (low, high)|None, invited,
    response_rate|None, enough: whether the answers are enough to say something}
    """
    found = row or {}
    answers = Answers(*(found.get(kind, 0) for kind in Answers._fields))
    invited = found.get("invited", 0)
    return {
        "score": score(answers),
        "answers": answers.total,
        **answers._asdict(),
        "interval": interval(answers),
        "invited": invited,
        "response_rate": response_rate(answers.total, invited),
        "enough": answers.total >= ENOUGH_ANSWERS,
    }


def star_figures(rows: Iterable[Mapping[str, Any]]) -> dict[str, Figures]:
    """By psychotherapist, {answers, people, mean|None}, from a month's rows of stars_by_psychotherapist.

    `mean` is from 1 to 5, over the answers; None where too few people gave them to show it.
    """
    return {
        row["_id"]["psychotherapist_id"]: {
            "answers": row["answers"],
            "people": row["people"],
            "mean": row["stars"] / row["answers"] if row["people"] >= ENOUGH_STARS else None,
        }
        for row in rows
    }
