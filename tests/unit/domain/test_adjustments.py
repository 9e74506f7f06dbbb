"""What a later month makes up for: only and exactly what changed since people were told."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.adjustments import Line, carrying_month, differences, sums

JULY = "2026-07"


def session(number: int, cents: int = 10000, commission: int = 4000, **more: Any) -> Line:
    return {
        "_id": f"s{number}",
        "psychotherapist_id": "emard",
        "currency": "PEN",
        "client_id": "ana",
        "local_date": "2026-07-03",
        "starts_at": number,
        "ends_at": number + 1,
        "income_cents": cents,
        "commission_cents": commission,
        **more,
    }


def amounts(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    names = ("session_id", "psychotherapist_id", "currency", "kind", "gross_cents", "commission_cents")
    return [tuple(line[name] for name in names) for line in lines]


def test_nothing_changed_is_nothing_to_make_up_for() -> None:
    assert differences(JULY, [session(1), session(2)], [session(2), session(1)]) == []


def test_a_session_that_came_later_one_that_went_and_one_that_costs_more() -> None:
    kept = [session(1), session(2)]
    now = [session(2, 12000, 4800), session(3)]
    assert amounts(differences(JULY, now, kept)) == [
        ("s1", "emard", "PEN", "removed", -10000, -4000),
        ("s2", "emard", "PEN", "changed", 2000, 800),
        ("s3", "emard", "PEN", "added", 10000, 4000),
    ]


def test_a_line_says_from_what_to_what() -> None:
    kept, now = [session(1), session(2)], [session(2, 4000, 1600), session(3)]
    lines = differences(JULY, now, kept)
    assert [(line["before_cents"], line["after_cents"]) for line in lines] == [
        (10000, 0),
        (10000, 4000),
        (0, 10000),
    ]
    again = differences(JULY, [session(2, 5000, 2000), session(3)], kept, lines)
    assert [(line["before_cents"], line["after_cents"]) for line in again] == [(4000, 5000)]


def test_another_psychotherapist_or_currency_takes_from_one_and_gives_to_the_other() -> None:
    now = [session(1, psychotherapist_id="roberts", commission_cents=3000), session(2, currency="USD")]
    assert amounts(differences(JULY, now, [session(1), session(2)])) == [
        ("s1", "emard", "PEN", "removed", -10000, -4000),
        ("s1", "roberts", "PEN", "added", 10000, 3000),
        ("s2", "emard", "PEN", "removed", -10000, -4000),
        ("s2", "emard", "USD", "added", 10000, 4000),
    ]


def test_what_a_closed_month_carries_already_is_not_carried_twice() -> None:
    kept, now = [session(1)], [session(1, 12000, 4800)]
    carried = differences(JULY, now, kept)
    assert differences(JULY, now, kept, carried) == []
    taken_back = differences(JULY, kept, kept, carried)
    assert amounts(taken_back) == [("s1", "emard", "PEN", "changed", -2000, -800)]
    assert differences(JULY, [], kept, [*carried, *differences(JULY, [], kept, carried)]) == []


def test_a_reopened_month_has_back_what_a_later_closed_month_carried_for_it() -> None:
    now = [session(1, 12000, 4800)]
    carried = differences(JULY, now, [session(1)])
    assert amounts(differences(JULY, now, None, carried)) == [("s1", "emard", "PEN", "changed", -2000, -800)]
    assert differences(JULY, now, None) == []


def test_a_line_says_whose_it_is_and_when() -> None:
    [line] = differences(JULY, [], [session(1, client_name="Ana Rojas")])
    shown = {name: line[name] for name in ("month", "client_id", "client_name", "local_date", "starts_at")}
    assert shown == {
        "month": JULY,
        "client_id": "ana",
        "client_name": "Ana Rojas",
        "local_date": "2026-07-03",
        "starts_at": 1,
    }


def test_the_earliest_later_open_month_carries_it() -> None:
    assert carrying_month("2026-07", {"2026-07"}) == "2026-08"
    assert carrying_month("2026-11", {"2026-11", "2026-12", "2027-01"}) == "2027-02"
    assert carrying_month("2026-07", {"2026-07", "2026-09"}) == "2026-08"


def test_sums_are_by_currency_soles_first() -> None:
    lines = differences(JULY, [session(1, currency="USD"), session(2), session(3, 500, 1)], [])
    assert list(sums(lines).items()) == [
        ("PEN", {"gross_cents": 10500, "commission_cents": 4001, "center_share_cents": 6499}),
        ("USD", {"gross_cents": 10000, "commission_cents": 4000, "center_share_cents": 6000}),
    ]
    assert sums([]) == {}


MONEY = st.integers(0, 3)
SESSIONS = st.lists(
    st.builds(
        session,
        st.integers(1, 4),
        MONEY,
        MONEY,
        psychotherapist_id=st.sampled_from(["emard", "roberts"]),
        currency=st.sampled_from(["PEN", "USD"]),
    ),
    max_size=4,
    unique_by=lambda one: one["_id"],
)


def brought(sessions: Iterable[Line]) -> dict[tuple[str, str], tuple[int, int]]:
    """(gross, commission) by psychotherapist and currency, of sessions that bring anything."""
    result: dict[tuple[str, str], tuple[int, int]] = {}
    for one in sessions:
        if one.get("income_cents") == 0:
            continue
        gross, commission = result.get(key := (one["psychotherapist_id"], one["currency"]), (0, 0))
        own = one["income_cents"] if "income_cents" in one else one["gross_cents"]
        result[key] = (gross + own, commission + one["commission_cents"])
    return {key: value for key, value in result.items() if value != (0, 0)}


@given(SESSIONS, st.lists(SESSIONS, min_size=1, max_size=4))
def test_kept_lines_and_all_adjustments_always_add_up_to_the_present(
    kept: list[Line], versions: list[list[Line]]
) -> None:
    carried: list[Line] = []
    for present in versions:
        carried += differences(JULY, present, kept, carried)
        assert differences(JULY, present, kept, carried) == []
        assert brought([*kept, *carried]) == brought(present)
