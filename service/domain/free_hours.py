"""Where in a day a session still fits. Everything in minutes since local midnight, ranges half-open."""

from collections.abc import Iterable

#: Hours are proposed between these; a session outside them may still be booked.
OPENS, CLOSES = 8 * 60, 21 * 60
MOST = 4

Span = tuple[int, int]


def free_starts(busy: Iterable[Span], minutes: int, wanted: int) -> list[int]:
    """Up to four starts, ascending, at which `minutes` fit between `busy` spans: those closest to `wanted`.

    Proposed are whole hours and the moments at which another session ends, so that no time is left over.
    """
    spans = sorted(busy)
    moments = {*range(OPENS, CLOSES, 60), *(end for _, end in spans)}
    fitting = [at for at in moments if OPENS <= at <= CLOSES - minutes and _is_free(spans, at, at + minutes)]
    closest = sorted(fitting, key=lambda at: (abs(at - wanted), at))[:MOST]
    return sorted(closest)


def clock(minute: int) -> str:
    """ "09:50" for 590."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _is_free(spans: Iterable[Span], start: int, end: int) -> bool:
    return all(end <= taken_from or taken_to <= start for taken_from, taken_to in spans)
