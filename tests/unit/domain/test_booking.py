"""What follows from a session's fields, and overlaps."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.booking import check_times, derived, initial_status, overlapping
from service.errors import InvalidInput

LIMA = ZoneInfo("America/Lima")
START = datetime(2026, 10, 20, 16, 0, tzinfo=UTC)


def session(start: int, minutes: int, *, id: str = "other", counts: bool = True) -> dict:
    starts_at = START + timedelta(minutes=start)
    return {
        "_id": id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "counts": counts,
    }


@pytest.mark.parametrize(
    ("status", "charge", "counts", "income", "commission"),
    [
        ("scheduled", 0, True, 18000, 6750),
        ("done", 5000, True, 18000, 6750),
        ("cancelled", 0, False, 0, 0),
        ("no_show", 10000, False, 10000, 3750),
    ],
)
def test_what_counts_and_what_it_brings(
    status: str, charge: int, counts: bool, income: int, commission: int
) -> None:
    facts = derived(
        {
            "starts_at": START,
            "status": status,
            "price_cents": 18000,
            "charge_cents": charge,
            "commission_bp": 3750,
        },
        LIMA,
    )
    assert (facts["counts"], facts["income_cents"], facts["commission_cents"]) == (counts, income, commission)
    assert facts["charge_cents"] == (0 if counts else charge)
    assert (facts["local_date"], facts["month"]) == ("2026-10-20", "2026-10")


def test_a_session_that_has_ended_when_entered_is_done() -> None:
    assert initial_status(START, START) == "done"
    assert initial_status(START + timedelta(minutes=1), START) == "scheduled"


@given(st.integers(-200, 200), st.integers(1, 90), st.integers(1, 90))
def test_two_sessions_overlap_when_they_share_a_minute(start: int, minutes: int, other_minutes: int) -> None:
    mine, other = session(0, minutes, id="mine"), session(start, other_minutes)
    shared = set(range(minutes)) & set(range(start, start + other_minutes))
    assert bool(overlapping(mine, [other])) == bool(shared) == bool(overlapping(other, [mine]))


def test_neither_itself_nor_what_does_not_count_is_in_the_way() -> None:
    mine = session(0, 50, id="mine")
    assert overlapping(mine, [mine, session(10, 50, counts=False)]) == []


@pytest.mark.parametrize("minutes", [0, -10, 24 * 60 + 1])
def test_a_session_ends_after_it_starts_and_within_a_day(minutes: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_times(session(0, minutes))
    assert list(refused.value.errors) == ["ends_at"]
    check_times(session(0, 24 * 60))
