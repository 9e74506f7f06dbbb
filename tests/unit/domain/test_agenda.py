"""How a day is drawn: lanes, what overlaps, what is free; nothing of a day is lost or given twice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from service.domain import agenda
from service.domain.agenda import Block

LIMA = ZoneInfo("America/Lima")
MIDNIGHT = datetime(2026, 10, 15, 5, tzinfo=UTC)


def session(start: int, minutes: int, counts: bool = True, reason: str = "") -> dict[str, Any]:
    times = {"starts_at": MIDNIGHT + timedelta(minutes=start)}
    times["ends_at"] = times["starts_at"] + timedelta(minutes=minutes)
    own = {"_id": f"{start}-{minutes}-{counts}-{reason}", "local_date": "2026-10-15", "counts": counts}
    return {**own, **times, "overbooking_reason": reason}


DAYS = st.lists(
    st.builds(session, st.integers(0, 1439), st.integers(5, 120), st.booleans()),
    max_size=12,
    unique_by=lambda each: each["_id"],
)


def meets(one: Block, other: Block) -> bool:
    return one.start < other.end and other.start < one.end


def test_hours_are_the_usual_ones_and_whole_hours_more() -> None:
    assert agenda.hours_shown([]) == (480, 1260)
    early_and_late = agenda.blocks([session(6 * 60 + 20, 50), session(20 * 60 + 30, 50)], LIMA)
    assert agenda.hours_shown(early_and_late) == (360, 1320)
    over_midnight = agenda.blocks([session(23 * 60 + 30, 60)], LIMA)
    assert (over_midnight[0].end, agenda.hours_shown(over_midnight)[1]) == (1440, 1440)


def test_free_time_is_cut_at_hours_and_what_is_too_short_left_out() -> None:
    drawn = agenda.blocks([session(540, 50), session(620, 30), session(660, 50, counts=False)], LIMA)
    assert agenda.free_pieces(drawn, 480, 780) == [(480, 540), (600, 620), (660, 720), (720, 780)]
    assert [agenda.usual_end(start, drawn) for start in (480, 600, 660, 1439)] == [530, 620, 710, 1439]


def test_an_overlap_is_one_of_sessions_that_count() -> None:
    drawn = agenda.blocks([session(540, 50), session(560, 50), session(570, 50, counts=False)], LIMA)
    assert [(block.lane, block.lanes, block.overlaps) for block in drawn] == [
        (0, 3, True),
        (1, 3, True),
        (2, 3, False),
    ]
    assert not any(block.explained for block in drawn)
    explained = agenda.blocks([session(540, 50), session(560, 50, reason="Urgencia")], LIMA)
    assert [(block.overlaps, block.explained) for block in explained] == [(True, True)] * 2
    alone = agenda.blocks([session(540, 50, reason="Urgencia"), session(590, 50)], LIMA)
    assert [(block.lanes, block.overlaps, block.explained) for block in alone] == [(1, False, False)] * 2


@given(DAYS)
def test_nothing_is_lost_and_nothing_covers_another(day: list[dict[str, Any]]) -> None:
    drawn = agenda.blocks(day, LIMA)
    assert sorted(block.session["_id"] for block in drawn) == sorted(each["_id"] for each in day)
    for index, one in enumerate(drawn):
        assert 0 <= one.lane < one.lanes
        for other in drawn[index + 1 :]:
            assert not meets(one, other) or (one.lane != other.lane and one.lanes == other.lanes)


@given(DAYS)
def test_free_time_and_sessions_share_no_minute_and_leave_only_crumbs(day: list[dict[str, Any]]) -> None:
    drawn = agenda.blocks(day, LIMA)
    opens, closes = agenda.hours_shown(drawn)
    taken = {at for block in drawn if block.session["counts"] for at in range(block.start, block.end)}
    free = [set(range(*piece)) for piece in agenda.free_pieces(drawn, opens, closes)]
    assert not any(piece & taken for piece in free)
    left = sorted(set(range(opens, closes)) - taken - set().union(*free))
    runs = [at for at in left if at - 1 not in left or at % 60 == 0]
    assert len(left) < len(runs) * agenda.SHORTEST_FREE or not left
