"""Names: compared without accents or case, tidied, split so that they read as before, found by their
beginnings.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.names import LONGEST_WORD, fold, query_words, search_words, split_full_name, tidy_name


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  JOSÉ \u00a0 O’Connor ", "jose o'connor"),
        ("Ñuñez\u200b", "nunez"),
        ("nunez", "nunez"),  # n with a combining tilde
        ("MARÍA–JOSÉ", "maria-jose"),
        ("Straße", "strasse"),
        ("İpek", "ipek"),
        ("", ""),
    ],
)
def test_accents_case_spaces_and_typography_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None)
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_fold_as_all_others_do(text: str) -> None:
    assert fold(text) == fold(text + "é").removesuffix("e").rstrip() or not text.strip()


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  NORMAND  KOCH ", "Normand Koch"),
        ("maría de la cruz", "María de la Cruz"),
        ("LA ROSA DEL CARMEN", "La Rosa del Carmen"),
        ("treva o'kon", "Treva O'Kon"),
        ("ANA-MARÍA", "Ana-María"),
        ("Ronald McDonald", "Ronald McDonald"),
        ("Ann\tB\u200bell", "Ann Bell"),
    ],
)
def test_a_name_typed_all_in_one_case_gets_capitals(text: str, tidied: str) -> None:
    assert tidy_name(text) == tidied


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hattie Wolf", ("Hattie", "Wolf")),
        ("Ana Lucía Rojas", ("Ana Lucía", "Rojas")),
        ("Ana Lucía Rojas Paz", ("Ana Lucía", "Rojas Paz")),
        ("Juan de la Cruz Rojas Paz", ("Juan de la Cruz", "Rojas Paz")),
        ("  Alex   Weber ", ("Alex", "Weber")),
        ("Wolf", ("", "Wolf")),
        ("", ("", "")),
    ],
)
def test_a_one_column_name_splits_before_the_last_word_or_two(text: str, parts: tuple[str, str]) -> None:
    assert split_full_name(text) == parts


WORDS = st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=2, max_size=7)


@settings(deadline=None)
@given(WORDS, st.sampled_from([" ", "  ", "\u00a0 "]))
def test_put_together_again_a_name_reads_as_in_the_sheet(words: list[str], space: str) -> None:
    given_names, family_names = split_full_name(space.join(words))
    assert given_names
    assert family_names
    assert f"{given_names} {family_names}".casefold() == " ".join(words).casefold()


def test_words_are_found_by_their_beginning_in_any_spelling() -> None:
    words = search_words("Treva Lucía", "O'Kon", "76903448")
    assert set(query_words("TREV lucia okon")) <= set(words)
    assert set(query_words("O’Kon 7690")) <= set(words)
    assert "kon" in words
    assert "t" not in words
    assert not set(query_words("revala")) & set(words)


@pytest.mark.parametrize("query", ["+51 940 145 122", "940-145-122", "(940) 145 122", "940145122"])
def test_a_phone_is_one_word_however_it_is_typed(query: str) -> None:
    assert query_words(query) == ["940145122"]


def test_a_query_of_single_letters_or_spaces_asks_for_nothing() -> None:
    assert query_words("  a  ") == []


def test_very_long_words_are_found_by_their_beginning() -> None:
    word = "x" * 500
    assert query_words(word) == ["x" * LONGEST_WORD]
    assert set(query_words(word)) <= set(search_words(word))
