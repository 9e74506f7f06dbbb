"""Text in cells of files that we write: no spreadsheet runs it, and every format can carry it."""

import re
import unicodedata

#: A cell that begins with one of these is a formula; their full-width and other forms mean the same.
FORMULA_MARKS = frozenset("=+-@")
#: What XML or a text file cannot hold, and halves of characters.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell with this text for a formula."""
    return bool(text) and unicodedata.normalize("NFKC", text[0])[:1] in FORMULA_MARKS


def harmless(text: str) -> str:
    """`text` for a CSV cell: without space before it, and a formula behind an apostrophe.

    A tab or a line's end at the beginning is dropped, for some programs look behind it. Reading a sheet
    (domain.sheets.cells) takes the apostrophe off again. A number with a sign is no exception.
    """
    bare = text.lstrip()
    return f"'{bare}" if is_formula(bare) else bare


def carried(text: str) -> str:
    """`text` with plain line ends and without characters that no file of cells can hold."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
