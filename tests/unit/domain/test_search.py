"""Words with a typo: what is near, and that looking up keys finds all that is."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.domain.search import is_near, keys, lookups, parse, typos
from tests.peruvian_names import mistyped, mistyped_name, people, respelled, words

chances = st.integers(0, 2**32).map(random.Random)
#: Few letters, so that words are often nearly the same.
similar = st.text("abc", min_size=1, max_size=9)


def finds(text: str, person: dict) -> int | None:
    """The number of typos, as the store comes to it: only among those who have a key of each word."""
    query, stored = parse(text), set(keys(person))
    assert query.words
    return typos(query, person) if all(stored & set(lookups(word)) for word in query.words) else None


def named(word: str) -> dict:
    return {"given_names": word, "family_names": ""}


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance by the book (Boytsov 2011, optimal string alignment)."""
    rows = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            wrong = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, wrong)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@settings(deadline=None)
@given(people, chances)
def test_accents_case_and_order_do_not_matter(person: dict, chance: random.Random) -> None:
    typed = words(person)
    chance.shuffle(typed)
    assert finds(respelled(" ".join(typed), chance), person) == 0


@settings(deadline=None)
@given(people, chances)
def test_the_beginnings_of_words_are_enough(person: dict, chance: random.Random) -> None:
    typed = [word[: chance.randint(2, len(word))] for word in words(person)]
    assert finds(" ".join(typed), person) == 0


@settings(deadline=None, max_examples=400)
@given(people, chances)
def test_one_typo_in_one_word_still_finds(person: dict, chance: random.Random) -> None:
    found = finds(mistyped_name(person, chance), person)
    assert found is not None
    assert found <= 1


@settings(deadline=None)
@given(people, chances)
def test_each_word_may_have_a_typo(person: dict, chance: random.Random) -> None:
    typed = [mistyped(word, chance) if len(word) >= 4 else word for word in words(person)]
    found = finds(" ".join(typed), person)
    assert found is not None
    assert found <= len(typed)


@settings(deadline=None, max_examples=2_000)
@given(similar, similar)
@example("aabc", "abc")
@example("abca", "abcab")
@example("bca", "abca")
def test_what_is_near_is_at_distance_one_and_its_keys_are_looked_up(typed: str, word: str) -> None:
    if len(typed) < 2:
        return
    near = word.startswith(typed) or is_near(typed, word)
    of_beginnings = min(distance(typed, word[:length]) for length in range(len(word) + 1))
    forgiven = len(typed) >= 3 and max(len(typed), len(word)) >= 4
    if near:
        assert of_beginnings <= 1
        assert finds(typed, named(word)) is not None
    elif forgiven:
        assert distance(typed, word) > 1


@pytest.mark.parametrize(
    ("typed", "word", "near"),
    [
        ("qispe", "Quispe", True),
        ("quispw", "Quispe", True),
        ("quispes", "Quispe", True),
        ("qiuspe", "Quispe", True),
        ("uqisp", "Quispe", True),  # a beginning may have one, too
        ("quizpe", "Quispe", True),
        ("kispe", "Quispe", False),
        ("qispw", "Quispe", False),
        ("mario", "María", True),
        ("mario", "Maribel", False),  # the last letter of a beginning has to be right
        ("anna", "Ana", True),
        ("jan", "Juan", True),  # three letters typed, but four meant
        ("ama", "Ana", False),
        ("jan", "Juana", False),
        ("rosx", "Ros3", False),
    ],
)
def test_what_is_a_typo(typed: str, word: str, near: bool) -> None:
    assert (finds(typed, named(word)) == 1) is near
    assert finds(typed, named(word)) in (1, None)


def test_numbers_are_not_guessed_but_begun() -> None:
    person = {
        **named("Ana"),
        "document": {"type": "DNI", "number": "04531088"},
        "phone": "+51990083450",
    }
    for text in ("0453", "04531088", "990083", "+51 990 083 450", "ana 0453", "51990083450"):
        assert finds(text, person) == 0, text
    for text in ("04531089", "4531088", "990083451", "ana 1453"):
        assert finds(text, person) is None, text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("04531088", "04531088"),
        ("0453-1088", "04531088"),
        (" 045 310 88 ", "04531088"),
        ("DNI 04531088", "04531088"),
        ("Rosa ab123456", "AB123456"),
        ("quispe", "QUISPE"),  # a passport's number may be letters only
        ("５１１２３４５６７８９", "51123456789"),
    ],
)
def test_a_query_may_name_a_document_in_full(text: str, number: str) -> None:
    assert number in parse(text).numbers


def test_what_is_no_document_is_taken_for_none() -> None:
    assert parse("ana 123").numbers <= {"ANA123"}
    assert parse("+51 990 083 450").numbers <= {"990", "083", "450"}


@settings(deadline=None)
@given(people)
def test_keys_are_few_and_each_once(person: dict) -> None:
    found = keys(person)
    assert len(set(found)) == len(found)
    assert len(found) <= 36 * len(words(person))


@settings(deadline=None)
@given(similar)
def test_a_word_is_looked_up_under_few_keys(word: str) -> None:
    assert len(lookups(word)) <= 14
    assert len(set(lookups(word))) == len(lookups(word))
    assert lookups("04531088") == ["04531088"]


@pytest.mark.parametrize("written", ["Ma. Elena", "MA ELENA", "Mª Elena", "María Elena"])
@pytest.mark.parametrize("typed", ["maria elena", "Ma. Elena", "elena mar"])
def test_maria_is_found_however_short_she_is_written(written: str, typed: str) -> None:
    assert finds(typed, named(written)) == 0
