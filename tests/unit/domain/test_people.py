"""Documents, phones, ages, terms and family."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.people import is_minor, parse_document, parse_phone, phone_digits
from service.domain.relationships import INVERSE_KINDS, mirrored, touched
from service.domain.terms import change_terms, terms_on


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("DNI", " 04531088 ", "04531088"),
        ("CE", "ab-123456789", "AB123456789"),
        ("passport", "x 1234 y", "X1234Y"),
    ],
)
def test_documents_are_kept_in_one_form(kind: str, typed: str, kept: str) -> None:
    assert parse_document(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("DNI", "4531088"), ("DNI", "045310881"), ("DNI", "٠٤٥٣١٠٨٨"), ("CE", "12345678"), ("passport", "a1")],
)
def test_a_document_that_its_type_does_not_know_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(ValueError):
        parse_document(kind, typed)


@pytest.mark.parametrize(
    ("typed", "kept", "digits"),
    [
        ("990 083 450", "+51990083450", ("990083450", "51990083450")),
        ("+34 612 345 678", "+34612345678", ("612345678", "34612345678")),
        ("(01) 555-1234", "+5115551234", ("15551234", "5115551234")),
    ],
)
def test_phones_are_kept_in_e164(typed: str, kept: str, digits: tuple[str, str]) -> None:
    assert parse_phone(typed) == kept
    assert phone_digits(kept) == digits


@pytest.mark.parametrize("typed", ["", "12", "mañana", "+999 1"])
def test_what_cannot_be_called_is_no_phone(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_phone(typed)


def test_a_client_is_a_minor_until_the_day_of_the_18th_birthday() -> None:
    assert is_minor("2008-10-20", "2026-10-19")
    assert not is_minor("2008-10-20", "2026-10-20")
    assert is_minor("2008-02-29", "2026-02-28")
    assert not is_minor("2008-02-29", "2026-03-01")
    assert not is_minor(None, "2026-10-20")


FIRST = {"since": None, "commission_bp": 3000, "price_cents": 15000, "currency": "PEN"}


def test_terms_hold_from_their_day_on_and_the_first_from_ever() -> None:
    terms = change_terms([FIRST], {"commission_bp": 4000}, "2026-07-01")
    assert terms_on(terms, "2026-06-30") == terms_on(terms, "1990-01-01") == FIRST
    assert terms_on(terms, "2026-07-01") == {**FIRST, "commission_bp": 4000, "since": "2026-07-01"}
    again = change_terms(terms, {"price_cents": 18000}, "2026-07-01")
    assert again[1:] == [{**FIRST, "commission_bp": 4000, "price_cents": 18000, "since": "2026-07-01"}]


@given(st.lists(st.tuples(st.dates().map(str), st.integers(0, 10000)), max_size=8))
def test_whatever_is_changed_terms_stay_sorted_with_one_entry_a_day(changes: list[tuple[str, int]]) -> None:
    terms = [FIRST]
    for day, percent in changes:
        terms = change_terms(terms, {"commission_bp": percent}, day)
        assert terms_on(terms, day)["commission_bp"] == percent
    days = [entry["since"] for entry in terms]
    assert days[0] is None
    assert days[1:] == sorted(set(days[1:]), key=str)


kinds = st.sampled_from(sorted(INVERSE_KINDS))


@given(kinds, st.booleans())
def test_a_link_is_mirrored_once_and_undone_whole(kind: str, answers: bool) -> None:
    link = {"client_id": "other", "kind": kind, "answers_surveys": answers}
    back = mirrored([], "owner", [link])
    assert back == [{"client_id": "owner", "kind": INVERSE_KINDS[kind], "answers_surveys": False}]
    assert mirrored(back, "owner", [link]) == back
    assert mirrored(back, "owner", []) == []
    assert INVERSE_KINDS[INVERSE_KINDS[kind]] == kind


def test_only_the_links_that_changed_touch_other_clients() -> None:
    before = [
        {"client_id": "a", "kind": "parent"},
        {"client_id": "b", "kind": "other"},
        {"client_id": "c", "kind": "partner"},
    ]
    after = [
        {"client_id": "a", "kind": "parent"},
        {"client_id": "b", "kind": "sibling"},
        {"client_id": "d", "kind": "ward"},
    ]
    assert touched(before, after) == ["b", "c", "d"]
