"""What a new percent would change: worked out by hand."""

from typing import Any

from service.domain.term_changes import FOREVER, effect, fingerprint, span_end, with_percent
from service.domain.terms import Terms


def row(
    month: str, percent_bp: int, cents: int, sessions: int, commission: int, **key: Any
) -> dict[str, Any]:
    id = {"month": month, "currency": "PEN", "commission_bp": percent_bp, "income_cents": cents}
    return {"_id": {**id, "within": True, **key}, "sessions": sessions, "commission_cents": commission}


def test_each_commission_is_rounded_by_itself_and_the_rest_of_the_month_is_in_both_sums() -> None:
    rows = [
        row("2026-10", 4000, 10000, 1, 4000, within=False),
        row("2026-10", 4000, 7500, 3, 9000),
        row("2026-10", 3750, 7500, 2, 5626),
    ]
    found = effect(rows, 3750, ())
    # 75.00 at 37.5 % is 28.13 and not 28.125: three of them are 84.39.
    assert found["months"] == [
        {
            "month": "2026-10",
            "currency": "PEN",
            "sessions": 3,
            "commission_cents": {"before": 18626, "after": 4000 + 8439 + 5626},
            "center_share_cents": {"before": 47500 - 18626, "after": 47500 - 18065},
        }
    ]
    assert (found["sessions"], found["registered"], found["closed_months"]) == (3, 5, [])


def test_currencies_stand_apart_and_a_month_in_which_nothing_changes_is_left_out() -> None:
    rows = [
        row("2026-11", 3000, 6000, 1, 1800, currency="USD"),
        row("2026-11", 3000, 10000, 1, 3000),
        row("2026-10", 4000, 10000, 1, 4000),
    ]
    months = effect(rows, 4000, ())["months"]
    assert [(own["month"], own["currency"], own["commission_cents"]["after"]) for own in months] == [
        ("2026-11", "PEN", 4000),
        ("2026-11", "USD", 2400),
    ]


def test_a_closed_month_is_named_and_keeps_what_it_has() -> None:
    rows = [row("2026-09", 3000, 10000, 2, 6000), row("2026-10", 3000, 10000, 1, 3000)]
    found = effect(rows, 4000, {"2026-09", "2026-08"})
    assert [own["month"] for own in found["months"]] == ["2026-10"]
    assert (found["sessions"], found["closed_months"]) == (1, ["2026-09"])
    # One in which all of them have the percent already has nothing to keep.
    assert effect(rows, 3000, {"2026-09"})["closed_months"] == []


def test_a_span_ends_where_terms_agreed_for_later_begin() -> None:
    terms: Terms = [
        {"since": None},
        {"since": "2026-10-01"},
        {"since": "2027-01-01"},
        {"since": "2027-03-01"},
    ]
    assert span_end(terms, "2026-10-01") == span_end(terms, "2026-12-31") == "2027-01-01"
    assert span_end(terms, "2027-03-01") == FOREVER


def test_a_fingerprint_tells_another_change_and_another_effect() -> None:
    one = effect([row("2026-10", 3000, 10000, 1, 3000)], 4000, ())
    two = effect([row("2026-10", 3000, 10000, 2, 6000)], 4000, ())
    told = {fingerprint(*said) for said in ((one, 4000, "2026-10-01"), (two, 4000, "2026-10-01"))}
    told |= {fingerprint(one, 4001, "2026-10-01"), fingerprint(one, 4000, "2026-10-02")}
    assert len(told) == 4
    assert fingerprint(one, 4000, "2026-10-01") in told


def test_a_session_at_another_percent_keeps_its_amount() -> None:
    session = {"income_cents": 7500, "commission_bp": 4000, "commission_cents": 3000, "note": "x"}
    assert with_percent(session, 3750) == {**session, "commission_bp": 3750, "commission_cents": 2813}
