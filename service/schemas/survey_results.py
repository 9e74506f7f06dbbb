"""A survey's results as the API shows them: figures are numbers, not rounded."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.domain.nps import Figures


def nps_json(figures: Figures) -> dict[str, Any]:
    """A month's NPS (domain.nps.figures): score and interval are null without answers."""
    counts = ("answers", "promoters", "passives", "detractors", "invited", "response_rate")
    interval = figures["interval"]
    return {
        "score": figures["score"],
        **{name: figures[name] for name in counts},
        "interval": list(interval) if interval else None,
    }


def results_json(month: str, nps: Figures, stars: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A month's results; the mean of a psychotherapist's stars is null where too few people gave them."""
    names = ("psychotherapist_id", "name", "answers", "people", "mean")
    return {
        "month": month,
        "nps": nps_json(nps),
        "psychotherapists": [{name: one[name] for name in names} for one in stars],
    }
