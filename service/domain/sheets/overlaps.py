"""Sessions of a sheet that take time of another one: accepted, because they are history, and listed."""

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Literal

#: So many others are named for one session; all of them would be quadratic in a file made to hurt.
MOST_NAMED = 5


Who = Literal["psychotherapist", "client"]


@dataclass(frozen=True, slots=True)
class Span:
    """Whose time [starts_at, ends_at) is taken: by a row to be added, or by stored session `session_id`."""

    psychotherapist: str
    client: str
    starts_at: datetime
    ends_at: datetime
    row: int | None = None
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """A row to be added takes time of the same person as `other_row` (an earlier one) or a stored session."""

    row: int
    who: Who
    other_row: int | None = None
    session_id: str | None = None


@dataclass(slots=True)
class _Active:
    """Spans that are not over yet: heaps of (end, tie-breaker, span)."""

    added: list[tuple[datetime, int, Span]] = field(default_factory=list)
    stored: list[tuple[datetime, int, Span]] = field(default_factory=list)

    def overlapping(self, span: Span) -> list[Span]:
        """The spans still going on when `span` begins; two of the store are none of our business."""
        for heap in (self.added, self.stored):
            while heap and heap[0][0] <= span.starts_at:
                heapq.heappop(heap)
        heaps = (self.added,) if span.row is None else (self.added, self.stored)
        return [other for heap in heaps for _, _, other in islice(heap, MOST_NAMED)]

    def start(self, span: Span, order: int) -> None:
        heapq.heappush(self.stored if span.row is None else self.added, (span.ends_at, order, span))


def overlaps(spans: Sequence[Span]) -> list[Overlap]:
    """Pairs of overlapping spans by row; touching ends are none.

    A pair with the same psychotherapist is listed for that alone, also where its client is the same.
    """
    by_psychotherapist, by_client = defaultdict(list), defaultdict(list)
    for span in spans:
        by_psychotherapist[span.psychotherapist].append(span)
        by_client[span.client].append(span)
    pairs: dict[_Pair, Who] = {}
    for group in by_client.values():
        pairs |= dict.fromkeys(_pairs(group), "client")
    for group in by_psychotherapist.values():
        pairs |= dict.fromkeys(_pairs(group), "psychotherapist")
    ordered = sorted(pairs.items(), key=lambda item: (item[0][0], item[0][1] or 0, item[0][2] or ""))
    return [Overlap(row, who, other_row, session_id) for (row, other_row, session_id), who in ordered]


_Pair = tuple[int, int | None, str | None]


def _pairs(spans: list[Span]) -> Iterator[_Pair]:
    active = _Active()
    for order, span in enumerate(sorted(spans, key=lambda span: (span.starts_at, span.row or 0))):
        for other in active.overlapping(span):
            yield _pair(span, other)
        active.start(span, order)


def _pair(span: Span, other: Span) -> _Pair:
    """The later row of two names the earlier one; a row names the stored session."""
    if span.row is not None and other.row is not None:
        return max(span.row, other.row), min(span.row, other.row), None
    added, stored = (span, other) if span.row is not None else (other, span)
    assert added.row is not None
    return added.row, None, stored.session_id
