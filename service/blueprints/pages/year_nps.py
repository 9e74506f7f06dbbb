"""The yearly report's graph of NPS: a point a month with its interval, a gap where nobody answered."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from service import formats
from service.domain.charts import Scale
from service.domain.figures import Figures

_SCALE = Scale((-100, -50, 0, 50, 100))


def nps_plot(months: Sequence[Figures], before: Sequence[Figures], present: str) -> dict[str, Any]:
    """{height, ticks: [(label, y)], months: [{month, point, before_y}], lines: [(month number, y, next y)]}.

    `point` is None without answers, else {y, low_y, high_y, score, enough, href, words}.
    """
    points = [_point(own, last, own["month"] == present) for own, last in zip(months, before, strict=True)]
    pairs = enumerate(pairwise(points))
    return {
        "height": _SCALE.height,
        "ticks": [(formats.rounded(tick), _SCALE.y(tick)) for tick in _SCALE.ticks],
        "months": [
            {"month": own["month"], "point": point, "before_y": _y(last["nps"]["score"])}
            for own, last, point in zip(months, before, points, strict=True)
        ],
        "lines": [(number, here["y"], there["y"]) for number, (here, there) in pairs if here and there],
    }


def _point(own: Figures, last: Figures, running: bool) -> dict[str, Any] | None:
    nps, month = own["nps"], own["month"]
    if nps["score"] is None:
        return None
    score, low, high = (_shown(value) for value in (nps["score"], *nps["interval"]))
    words = [
        formats.month_title(month) + (f" ({_('en curso')})" if running else ""),
        _("NPS %(score)s, de %(low)s a %(high)s", score=score, low=low, high=high),
        ngettext("%(num)s respuesta", "%(num)s respuestas", nps["answers"]),
        *([] if nps["enough"] else [_("muestra insuficiente")]),
        f"{formats.month_name(last['month'])}: {_shown(last['nps']['score'])}",
    ]
    return {
        "y": _SCALE.y(nps["score"]),
        "low_y": _SCALE.y(nps["interval"][0]),
        "high_y": _SCALE.y(nps["interval"][1]),
        "score": score,
        "enough": nps["enough"],
        "href": f"/encuestas?mes={month}",
        "words": " · ".join(words),
    }


def _y(score: float | None) -> float | None:
    return None if score is None else _SCALE.y(score)


def _shown(score: float | None) -> str:
    return formats.rounded(score)
