"""How a day is drawn: where each session stands between two hours, beside which others, and what is free.

Everything in minutes since local midnight; what ends on a later day ends at midnight.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service.domain.booking import overlapping
from service.domain.free_hours import CLOSES, OPENS, Span
from service.domain.months import local_day

Session = Mapping[str, Any]
_DAY = 24 * 60
#: What is drawn begins and lasts in steps of so many minutes.
STEP = 5
#: Free time is offered by the hour; less than this is not worth a press.
SHORTEST_FREE = 20
#: What a closed month keeps of a session says nothing of its reason: nobody has to look at it any more.
_KEPT = "-"
#: As long as most sessions: what a press on free time proposes.
USUAL = 50


class Block(NamedTuple):
    """A session drawn. `lane` of `lanes` side by side; `overlaps` where another takes the same person's
    time, `explained` where a reason for that is on record.
    """

    start: int
    end: int
    session: Session
    lane: int = 0
    lanes: int = 1
    overlaps: bool = False
    explained: bool = False


def blocks(sessions: Iterable[Session], zone: ZoneInfo) -> list[Block]:
    """The sessions of one person and day, by start; those that do not count stand beside the others too."""
    placed = sorted((_placed(session, zone) for session in sessions), key=lambda block: block[:2])
    drawn: list[Block] = []
    for group in _groups(placed):
        lanes = _lanes(group)
        others = [dict(block.session) for block in group]
        for block, lane in zip(group, lanes, strict=True):
            met = overlapping(block.session, others) if block.session["counts"] else []
            reasons = any(each.get("overbooking_reason", _KEPT) for each in [block.session, *met])
            drawn.append(
                block._replace(
                    lane=lane, lanes=max(lanes) + 1, overlaps=bool(met), explained=bool(met) and reasons
                )
            )
    return drawn


def hours_shown(drawn: Iterable[Block]) -> Span:
    """From when to when a day is drawn: the usual hours, and whole ones more for a session outside."""
    spans = [(block.start // 60 * 60, -(-block.end // 60) * 60) for block in drawn]
    return min([OPENS, *(start for start, _ in spans)]), max([CLOSES, *(end for _, end in spans)])


def free_pieces(drawn: Sequence[Block], opens: int, closes: int) -> list[Span]:
    """The free time between two hours, cut at every whole hour; only sessions that count take time."""
    busy = sorted((block.start, block.end) for block in drawn if block.session["counts"])
    pieces, at = [], opens
    for start, end in [*busy, (closes, closes)]:
        pieces += _cut(at, start)
        at = max(at, end)
    return [(start, end) for start, end in pieces if end - start >= SHORTEST_FREE]


def usual_end(start: int, drawn: Iterable[Block]) -> int:
    """When a session that begins in free time would usually end: no later than the next one begins."""
    following = [block.start for block in drawn if block.session["counts"] and block.start >= start]
    return min([start + USUAL, _DAY - 1, *following])


def minute_of(at: datetime, day: str, zone: ZoneInfo) -> int:
    """Minutes since midnight by the centre's clock; the end of the day for a later one."""
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute if local_day(at, zone) == day else _DAY


def _placed(session: Session, zone: ZoneInfo) -> Block:
    day = session["local_date"]
    start = minute_of(session["starts_at"], day, zone)
    return Block(start, max(minute_of(session["ends_at"], day, zone), start + 1), session)


def _groups(placed: Sequence[Block]) -> list[list[Block]]:
    """Those that touch each other's time, together; each group is drawn by itself."""
    groups: list[list[Block]] = []
    until = -1
    for block in placed:
        if block.start >= until:
            groups.append([])
        groups[-1].append(block)
        until = max(until, block.end)
    return groups


def _lanes(group: Sequence[Block]) -> list[int]:
    """For each block the first lane that is free when it begins."""
    ends: list[int] = []
    lanes = []
    for block in group:
        lane = next((number for number, end in enumerate(ends) if end <= block.start), len(ends))
        ends[lane : lane + 1] = [block.end]
        lanes.append(lane)
    return lanes


def _cut(start: int, end: int) -> list[Span]:
    """A span cut at every whole hour."""
    pieces = []
    while start < end:
        stop = min(end, start // 60 * 60 + 60)
        pieces.append((start, stop))
        start = stop
    return pieces
