"""No text that we write into a cell is run, and reading it back gives what it said."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.sheets.cells import text_of
from service.domain.spreadsheet_cells import carried, harmless

DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
#: Texts of which many begin as a formula does.
nasty = st.builds(str.__add__, st.sampled_from(["", " ", "'", *DANGEROUS, " =", "\r\n@"]), st.text())


@given(nasty)
@example("\t=1+1")
@example("－2")
@example("-50.00")
def test_no_cell_begins_as_a_formula(text: str) -> None:
    assert not harmless(text).startswith(DANGEROUS)


@given(nasty)
@example("'=1")
def test_reading_a_harmless_cell_gives_what_the_text_gives(text: str) -> None:
    assert text_of(harmless(text)) == text_of(text)


@pytest.mark.parametrize("text", ["", "Ana Ñahui", "2-1", "a=b", "ana+1@example.com", "'", "'tis", "–"])
def test_what_nothing_runs_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_no_character_is_left_that_a_file_cannot_hold() -> None:
    assert carried("a\x00b\x1f\ud800\uffff\x7fc\r\nd\re\t😀ñ") == "abc\nd\ne\t😀ñ"
