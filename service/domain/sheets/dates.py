"""Days and times of day as hands and Excel write them. Nothing is guessed: a two-digit year is refused."""

import re
from datetime import date, datetime, time, timedelta

from service.domain.names import fold
from service.domain.sheets.cells import Cell, is_number, optional_text, text_of
from service.domain.sheets.faults import Fault
from service.texts import _

EARLIEST_SESSION = date(1950, 1, 1)
LATEST_SESSION = date(2100, 12, 31)
EARLIEST_BIRTH = date(1900, 1, 1)

_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<sep>[/.\-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<sep>[/.\-])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})", re.ASCII
)
#: What a program may have added to a plain day.
_MIDNIGHT = re.compile(r"[ t]0?0:00(:00(\.0+)?)?z?$", re.ASCII)

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:h](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
    r"\s*(?:(?P<half>[ap])[. ]*m\.?|h(?:s|rs|oras)?\.?)?",
    re.ASCII,
)

_DATE_HINT = _("Escriba una fecha que exista, como 31/07/2026.")
_TIME_HINT = _("Escriba la hora como 15:30 o 3:30 p. m.")


def session_day(cell: Cell) -> date:
    """The local day of a session; Fault `date`."""
    if not text_of(cell):
        raise Fault("date", _("Falta la fecha. %(hint)s", hint=_DATE_HINT))
    day = _day(cell)
    if day is None:
        raise Fault("date", _DATE_HINT)
    if not EARLIEST_SESSION <= day <= LATEST_SESSION:
        raise Fault(
            "date",
            _(
                "Revise el año: debe estar entre %(first)s y %(last)s.",
                first=EARLIEST_SESSION.year,
                last=LATEST_SESSION.year,
            ),
        )
    return day


def birth_date(cell: Cell) -> date | None:
    """A birth date, None for an empty cell; Fault `birth_date`."""
    if not optional_text(cell):
        return None
    day = _day(cell)
    if day is None or day < EARLIEST_BIRTH:
        raise Fault(
            "birth_date", _("Escriba la fecha de nacimiento con cuatro cifras para el año, como 30/10/1960.")
        )
    return day


def time_of_day(cell: Cell, code: str) -> time:
    """A time of day to the second; Fault `code` (`start_time` or `end_time`)."""
    if not text_of(cell):
        raise Fault(code, _("Falta la hora. %(hint)s", hint=_TIME_HINT))
    clock = _clock(cell)
    if clock is None:
        raise Fault(code, _TIME_HINT)
    return clock


def own_day(cell: Cell) -> date | None:
    """The day that an Excel time carries along; None for a bare time (Excel counts from 1900 or 1904)."""
    return cell.date() if isinstance(cell, datetime) and cell.year > 1904 else None


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        return None
    text = _MIDNIGHT.sub("", fold(text_of(cell)))
    match = _DAY_FIRST.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _clock(cell: Cell) -> time | None:
    if isinstance(cell, datetime):
        return _rounded(
            timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second + cell.microsecond / 1e6)
        )
    if isinstance(cell, time):
        return _clock(datetime.combine(date.min, cell))
    if isinstance(cell, timedelta):
        return _rounded(cell)
    if is_number(cell):
        return _rounded(timedelta(days=cell)) if 0 <= cell < 1 else None
    return _typed_clock(fold(cell)) if isinstance(cell, str) else None


def _rounded(since_midnight: timedelta) -> time | None:
    """Excel keeps times as fractions of a day: the nearest second is what was typed."""
    seconds = round(since_midnight.total_seconds())
    if not 0 <= seconds < 86_400:
        return None
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _typed_clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    if match is None or not (match["minute"] or match["half"]):
        return None
    hour = _hour(int(match["hour"]), match["half"])
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    if hour is None or minute > 59 or second > 59:
        return None
    return time(hour, minute, second)


def _hour(hour: int, half: str | None) -> int | None:
    """The hour of 24; 12 a. m. is midnight, and "13:05 p. m." can only mean 13:05."""
    if half is None or (half == "p" and hour > 12):
        return hour if hour < 24 else None
    if not 1 <= hour <= 12:
        return None
    return hour % 12 + (12 if half == "p" else 0)
