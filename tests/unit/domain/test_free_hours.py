"""Which hours of a day are proposed."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.free_hours import CLOSES, MOST, OPENS, clock, free_starts

NINE, TEN, HALF_PAST_TEN, ELEVEN = 540, 600, 630, 660


def test_the_closest_whole_hours_and_ends_of_other_sessions_are_proposed() -> None:
    busy = [(NINE, NINE + 50), (ELEVEN, ELEVEN + 50), (16 * 60, 16 * 60 + 50)]
    assert [clock(at) for at in free_starts(busy, 50, HALF_PAST_TEN)] == ["09:50", "10:00", "11:50", "12:00"]
    assert [clock(at) for at in free_starts(busy, 90, HALF_PAST_TEN)] == ["11:50", "12:00", "13:00", "14:00"]


def test_a_full_day_has_nothing_to_propose() -> None:
    assert free_starts([(OPENS, CLOSES)], 50, TEN) == []
    assert free_starts([], CLOSES - OPENS + 1, TEN) == []


@given(
    st.lists(st.tuples(st.integers(0, 1440), st.integers(1, 300)).map(lambda span: (span[0], sum(span)))),
    st.integers(1, 800),
    st.integers(0, 1440),
)
def test_what_is_proposed_is_free_and_ascends(busy: list[tuple[int, int]], minutes: int, wanted: int) -> None:
    starts = free_starts(busy, minutes, wanted)
    assert starts == sorted(set(starts))
    assert len(starts) <= MOST
    for start in starts:
        assert OPENS <= start <= CLOSES - minutes
        assert not any(taken_from < start + minutes and start < taken_to for taken_from, taken_to in busy)
