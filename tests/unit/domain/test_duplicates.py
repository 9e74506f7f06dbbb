"""Likely duplicates: a table of pairs, and what holds for any two persons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.duplicates import REASONS, alike, reasons

DNI, OTHER_DNI = ({"type": "DNI", "number": number} for number in ("04531088", "45310882"))
ROSA = {"given_names": "Rosa María", "family_names": "Quispe Ñahui"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ROSA, {"given_names": "ROSA  MARIA", "family_names": "quispe nahui"}, ["name"]),
        (ROSA, {"given_names": "Quispe Ñahui", "family_names": "Rosa María"}, ["name"]),
        (ROSA, {"given_names": "Rosa Ma.", "family_names": "Quispe Ñahui"}, ["name"]),
        (ROSA, {"given_names": "Rosa", "family_names": "Quispe"}, []),
        (
            {"given_names": "Ana", "family_names": "de la Cruz"},
            {"given_names": "Ana", "family_names": "Cruz"},
            ["name"],
        ),
        ({"given_names": "", "family_names": "Rosa"}, {"given_names": "", "family_names": "Rosa"}, []),
        # A document that differs makes two persons, whatever else is the same.
        (ROSA | {"document": DNI}, ROSA | {"document": OTHER_DNI, "phone": "+51990083450"}, []),
        (ROSA | {"document": DNI}, ROSA | {"document": {**DNI, "type": "CE"}}, []),
        (ROSA | {"document": DNI}, ROSA, ["name"]),
        (ROSA | {"document": DNI}, {"given_names": "X", "family_names": "Y", "document": DNI}, ["document"]),
        # The same birth date and a similar name; twins have names that are not similar.
        (
            ROSA | {"birth_date": "1990-02-03"},
            {"given_names": "Roza", "family_names": "Quispe", "birth_date": "1990-02-03"},
            ["birth_date"],
        ),
        (
            {"given_names": "Luis", "family_names": "Quispe", "birth_date": "2015-02-03"},
            {"given_names": "Mateo", "family_names": "Quispe", "birth_date": "2015-02-03"},
            [],
        ),
        # The same phone or e-mail and a word of the name; a child on its mother's phone is somebody else.
        (
            ROSA | {"phone": "+51990083450"},
            {"given_names": "Rosa", "family_names": "Ríos", "phone": "+51990083450"},
            ["phone"],
        ),
        (
            ROSA | {"email": "r@example.com"},
            {"given_names": "Rosa", "family_names": "Ríos", "email": "r@example.com"},
            ["email"],
        ),
        (
            ROSA | {"phone": "+51990083450"},
            {"given_names": "Luis", "family_names": "Ríos", "phone": "+51990083450"},
            [],
        ),
        (
            ROSA | {"phone": "+51990083450", "birth_date": "1985-01-01"},
            {
                "given_names": "Mateo",
                "family_names": "Quispe",
                "phone": "+51990083450",
                "birth_date": "2015-02-03",
            },
            [],
        ),
        ({}, {}, []),
        ({"given_names": None, "document": None}, ROSA, []),
    ],
)
def test_who_is_taken_for_whom(one: dict, other: dict, expected: list[str]) -> None:
    assert reasons(one, other) == expected
    assert reasons(other, one) == expected


@pytest.mark.parametrize(
    ("word", "other", "same"),
    [
        ("quispe", "quispe", True),
        ("quispe", "quizpe", True),
        ("quispe", "quispes", True),
        ("quispe", "uispe", True),
        ("quispe", "qiuspe", True),
        ("quispe", "quipse", True),
        ("quispe", "qiuspes", False),
        ("quispe", "qizpe", False),
        ("ana", "eva", False),
        ("ana", "anaa", False),
        ("rosa", "rose", True),
        ("rosa", "", False),
    ],
)
def test_one_typo_in_a_longer_word_is_forgiven(word: str, other: str, same: bool) -> None:
    assert alike(word, other) == alike(other, word) == same


names = st.text(st.sampled_from("abáñ d'-"), max_size=12)
persons = st.fixed_dictionaries(
    {"given_names": names, "family_names": names},
    optional={
        "document": st.sampled_from([DNI, OTHER_DNI, None]),
        "email": st.sampled_from(["a@example.com", "b@example.com"]),
        "phone": st.sampled_from(["+51990083450", "+51990083451"]),
        "birth_date": st.sampled_from(["1990-02-03", "2015-02-03"]),
    },
)


@given(persons, persons)
def test_it_is_mutual_and_a_different_document_always_decides(one: dict, other: dict) -> None:
    found = reasons(one, other)
    assert found == reasons(other, one) == [reason for reason in REASONS if reason in found]
    if one.get("document") and other.get("document"):
        assert bool(found) <= (one["document"] == other["document"])


@given(persons, persons)
def test_accents_and_case_change_nothing(one: dict, other: dict) -> None:
    loud = one | {name: one[name].upper() for name in ("given_names", "family_names")}
    assert reasons(one, other) == reasons(loud, other)


@given(st.text("abcde", min_size=4, max_size=9), st.data())
def test_any_one_typo_is_alike(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcdez"))
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    for typo in (word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], swapped):
        assert alike(word, typo)
