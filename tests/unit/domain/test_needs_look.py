"""What needs a look before a month is closed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.needs_look import minors_alone, odd_prices, overlaps, still_scheduled, without_email

NOON = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
TODAY = "2026-10-15"
TERMS: dict[str, list[dict[str, Any]]] = {
    "emard": [
        {"since": None, "commission_bp": 4000, "price_cents": 10000, "currency": "PEN"},
        {"since": "2026-10-20", "commission_bp": 4000, "price_cents": 30000, "currency": "PEN"},
    ]
}


def session(id: str, minutes: int = 0, length: int = 50, **more: Any) -> dict[str, Any]:
    starts_at = NOON + timedelta(minutes=minutes)
    return {
        "_id": id,
        "psychotherapist_id": "emard",
        "client_id": id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=length),
        "local_date": TODAY,
        "status": "done",
        "counts": True,
        "currency": "PEN",
        "price_cents": 10000,
        "overbooking_reason": "",
        **more,
    }


def ids(found: Any) -> list[Any]:
    return [tuple(one["_id"] for one in each) if isinstance(each, tuple) else each["_id"] for each in found]


def test_a_session_that_is_over_and_still_to_come() -> None:
    sessions = [
        session("over", status="scheduled"),
        session("running", 10, status="scheduled"),
        session("held"),
    ]
    assert ids(still_scheduled(sessions, NOON + timedelta(minutes=50))) == ["over"]


def test_two_at_once_without_a_reason_are_named_once_and_touching_ends_are_none() -> None:
    first, second, third = session("a"), session("b", 20), session("c", 70)
    assert ids(overlaps([third, second, first])) == [("a", "b")]
    assert ids(overlaps([first, {**second, "overbooking_reason": "Taller"}])) == []
    assert ids(overlaps([first, {**second, "counts": False}])) == []
    assert ids(overlaps([first, {**second, "psychotherapist_id": "roberts", "client_id": "a"}])) == [
        ("a", "b")
    ]
    assert ids(overlaps([first, {**second, "psychotherapist_id": "roberts"}])) == []
    assert ids(overlaps([first, {**second, "client_id": "a"}])) == [("a", "b")]


SESSIONS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8)


@given(SESSIONS)
def test_every_pair_that_meets_is_found(times: list[tuple[int, int]]) -> None:
    sessions = [session(str(n), start, length) for n, (start, length) in enumerate(times)]
    expected = {
        frozenset((one["_id"], other["_id"]))
        for one in sessions
        for other in sessions
        if one["_id"] < other["_id"]
        and one["starts_at"] < other["ends_at"]
        and other["starts_at"] < one["ends_at"]
    }
    assert {frozenset(pair) for pair in ids(overlaps(sessions))} == expected


def test_a_price_is_far_below_half_or_above_twice_the_default_of_its_day() -> None:
    def far(cents: int, **more: Any) -> bool:
        return bool(odd_prices([session("a", price_cents=cents, **more)], TERMS))

    assert [far(cents) for cents in (4999, 5000, 20000, 20001, 0)] == [True, False, False, True, True]
    assert far(12000, local_date="2026-10-20")
    assert not far(1, currency="USD")
    assert not far(1, counts=False)


def client(id: str, born: str | None = None, email: str = "", answers: str = "") -> dict[str, Any]:
    links = [{"client_id": answers, "kind": "guardian", "answers_surveys": True}] if answers else []
    found: dict[str, Any] = {"_id": id, "relationships": {"clients": links}}
    return found | ({"birth_date": born} if born else {}) | ({"email": email} if email else {})


def test_a_minor_for_whom_nobody_answers_and_whoever_has_no_mail() -> None:
    rosa, luis = client("rosa"), client("luis", email="l@example.com")
    clients = [
        client("alone", "2015-01-01"),
        client("ofrosa", "2015-01-01", answers="rosa"),
        client("ofluis", "2015-01-01", answers="luis"),
        client("grown", "2000-01-01"),
        client("born", "2008-10-15"),
        luis,
    ]
    assert ids(minors_alone(clients, TODAY)) == ["alone"]
    found = without_email(clients, {"rosa": rosa, "luis": luis}, TODAY)
    assert ids(found) == [("ofrosa", "rosa"), ("grown", "grown"), ("born", "born")]
