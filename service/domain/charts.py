"""The geometry of a graph of a year: where its grid lines, bars and points stand.

Lengths are in px from the top of the plot. What lies sideways is the drawing's business
(templates/macros/charts.html): every month has a column of the same width.
"""

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

#: How tall a plot is, and the least that a finger can press, in px.
HEIGHT, PRESSABLE = 160, 44
#: The least that is seen of a bar, in px: a month that brought little is no empty one.
SEEN = 1.5
#: What steps between grid lines begin with: 10, 20, 50, 100 …
_STEPS = (1, 2, 5)


class Scale(NamedTuple):
    """From the lowest to the highest value of a plot; `ticks` are the values that have a grid line."""

    ticks: tuple[int, ...]
    height: float = HEIGHT

    def y(self, value: float) -> float:
        """How far below the top a value stands."""
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.height * (high - value) / (high - low), 2)


class Bar(NamedTuple):
    """A bar, or a part of one, and where a finger may press for it (`hit_y`, `hit_height`)."""

    value: int
    y: float
    height: float
    hit_y: float
    hit_height: float


def from_zero(highest: int, unit: int = 1, most: int = 4, height: float = HEIGHT) -> Scale:
    """A scale from 0 to `highest` or a little above: at most `most` even steps of 1, 2 or 5 × 10ⁿ `unit`s."""
    steps = (first * 10**power * unit for power in count() for first in _STEPS)
    step = next(step for step in steps if step * most >= highest)
    return Scale(tuple(step * number for number in range(max(1, -(-highest // step)) + 1)), height)


def side_by_side(values: Sequence[int], scale: Scale) -> list[Bar]:
    """One bar a value, seen however small it is; whoever aims at one may press anywhere above it."""
    tops = [min(scale.y(value), scale.height - SEEN) if value else scale.y(value) for value in values]
    return [
        Bar(value, top, round(scale.height - top, 2), 0, scale.height)
        for value, top in zip(values, tops, strict=True)
    ]


def stacked(lower: int, upper: int, scale: Scale) -> list[Bar]:
    """Two parts of one bar, `upper` on top of `lower`; the column is pressed below or above their border."""
    border, top = scale.y(lower), scale.y(lower + upper)
    alone = not (lower and upper)
    split = min(max(border, PRESSABLE), scale.height - PRESSABLE)
    below = (0.0, scale.height) if alone else (split, round(scale.height - split, 2))
    above = (0.0, scale.height) if alone else (0.0, split)
    return [
        Bar(lower, border, round(scale.height - border, 2), *below),
        Bar(upper, top, round(border - top, 2), *above),
    ]
