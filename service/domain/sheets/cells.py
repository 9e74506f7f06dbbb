"""Cells as a file has them: text, or in an Excel file also real numbers, dates and times."""

from datetime import date, datetime, time, timedelta
from typing import TypeGuard

from service.domain.names import fold, visible
from service.domain.spreadsheet_cells import is_formula

#: None is an empty cell.
Cell = str | int | float | bool | date | datetime | time | timedelta | None

#: What people write into a cell that has nothing to say.
_NOTHING = frozenset(
    ("-", "--", "---", "n/a", "s/d", "s/n", "no tiene", "ninguno", "ninguna", "sin dni", "sin correo")
)
#: What an apostrophe stands before in Excel, beside what `harmless` puts one before in files of ours.
_DIGITS = frozenset("0123456789")
_LONGEST_NOTHING = max(map(len, _NOTHING))


def text_of(cell: Cell) -> str:
    """A cell as one would type it ("31/07/2026", "09:50", "85.45"): one line, single spaces, "" when empty.

    An apostrophe that only protects what follows ("'+51 9…") is no part of it.
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _plain_text(cell)
    if isinstance(cell, bool):
        return "VERDADERO" if cell else "FALSO"
    if isinstance(cell, int | float):
        return number_text(cell)
    return _calendar_text(cell)


def is_blank(cell: Cell) -> bool:
    """Whether nothing, or nothing visible, is in a cell."""
    return cell is None or (isinstance(cell, str) and not _plain_text(cell))


def is_number(cell: Cell) -> TypeGuard[float]:
    """Whether a cell is a number of an Excel file; true and false are none."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def optional_text(cell: Cell) -> str:
    """As `text_of`, but "" also for a dash or a "no tiene"."""
    text = text_of(cell)
    return "" if len(text) <= _LONGEST_NOTHING and fold(text) in _NOTHING else text


def number_text(number: int | float) -> str:
    """A number without exponent and without a useless ".0"."""
    if isinstance(number, float) and number.is_integer():
        return str(int(number))
    return f"{number:.10f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)


def _plain_text(text: str) -> str:
    plain = " ".join(visible(text).split())
    protects = plain.startswith("'") and (plain[1:2] in _DIGITS or is_formula(plain[1:]))
    return plain[1:] if protects else plain


def _calendar_text(cell: date | datetime | time | timedelta) -> str:
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/}{cell.year:04d} {_clock_text(cell.time())}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/}{cell.year:04d}"
    return _clock_text(cell)


def _clock_text(clock: time) -> str:
    return f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"
