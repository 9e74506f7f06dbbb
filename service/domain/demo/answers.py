"""What the clients of the invented centre answer when they are asked, and the rates of the dollar."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from service.domain.demo.names import COMMENTS
from service.domain.exchange import SCALE

_RATINGS = {"promoter": (9, 10, 10), "passive": (7, 8, 8), "detractor": (2, 4, 5, 6, 6)}
_STARS = {"promoter": (5, 5, 5, 4), "passive": (4, 4, 5, 3), "detractor": (2, 3, 3, 4)}
#: Every so many months hardly anybody answers.
_QUIET_EVERY = 7


def response_rate(number: int) -> float:
    """What part of those who are asked answers in the month of this number."""
    return 0.08 if number % _QUIET_EVERY == _QUIET_EVERY - 1 else 0.36 + 0.04 * (number % 4)


def answer(chance: random.Random, number: int, pairs: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """An answer as documents.survey_answers keeps it; content grows a little from month to month."""
    good = 0.48 + 0.01 * number + chance.uniform(-0.08, 0.08)
    group = chance.choices(("promoter", "passive", "detractor"), (good, 0.26, max(0.08, 0.74 - good)))[0]
    stars = [{**pair, "stars": chance.choice(_STARS[group])} for pair in pairs]
    comment = chance.choice(COMMENTS[group]) if chance.random() < 0.4 else ""
    return {"nps": chance.choice(_RATINGS[group]), "stars": stars, "comment": comment}


def rates(chance: random.Random, days: Sequence[str]) -> dict[str, int]:
    """A rate (domain.exchange) for each day, near the one of the day before."""
    rate, found = 37_000 * SCALE // 10_000, {}
    for day in days:
        rate = min(38_500, max(34_500, rate + chance.randrange(-120, 121)))
        found[day] = rate
    return found
