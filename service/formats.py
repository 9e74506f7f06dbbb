"""How figures, days and hours are written on pages, mails and PDFs, in the language that is in force.

Without a request or a command it is Peruvian Spanish. Babel's `es_PE` gives "1,234.50" and "setiembre"; three
things it writes otherwise than the centre does are put right here: "USD" becomes "US$", percents keep their
decimals, short names of months lose their full stop. English has the same figures and the day before the
month. Amounts carry a no-break space. Nothing (None) is written as a dash; zero is a number.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import get_locale

from service.domain import months
from service.domain.people import HOME_REGION
from service.texts import LONG_DAY, SPANISH

if TYPE_CHECKING:
    from flask import Flask

DASH = "–"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
SYMBOLS = {"PEN": "S/", "USD": "US$"}


class Patterns(NamedTuple):
    """How a language writes days and months (Unicode's date field symbols), and what stands before "%"."""

    short_day: str
    long_day: str
    long_day_of_year: str
    numeric_day: str
    month: str
    month_in_words: str
    before_percent: str


PATTERNS = {
    "es": Patterns(
        "EEE dd", "EEEE d 'de' MMMM", LONG_DAY, "dd/MM/y", "MMMM y", "MMMM 'de' y", before_percent=NO_BREAK
    ),
    "en": Patterns(
        "EEE dd", "EEEE d MMMM", "EEEE d MMMM y", "d MMM y", "MMMM y", "MMMM y", before_percent=""
    ),
}


def locale() -> Locale:
    """The locale in force."""
    return get_locale() or Locale.parse(SPANISH)


def money(cents: int | None, currency: str) -> str:
    """ "S/ 1,234.50" or "US$ 1,234.50" for whole céntimos; a minus stands before the symbol."""
    if cents is None:
        return DASH
    digits = format_decimal(Decimal(abs(cents)).scaleb(-2), "#,##0.00", locale=locale())
    sign = MINUS if cents < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency)}{NO_BREAK}{digits}"


def percent(basis_points: int | None) -> str:
    """ "37.5 %" for 3750: at most two decimals, none that say nothing; "37.5%" in English."""
    if basis_points is None:
        return DASH
    digits = format_decimal(Decimal(basis_points).scaleb(-2), "#,##0.##", locale=locale())
    return with_percent_sign(digits)


def with_percent_sign(digits: str) -> str:
    """ "37.5 %", in English "37.5%"."""
    return f"{digits}{_patterns().before_percent}%"


def number(value: int | Decimal | None) -> str:
    """ "1,234"."""
    return DASH if value is None else format_decimal(value, locale=locale())


def rounded(value: float | None, digits: int = 0) -> str:
    """ "47", "−34" or with a digit "4.6": a figure with a fraction, half away from zero; a real minus."""
    if value is None:
        return DASH
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = format_decimal(abs(exact), "#,##0." + "0" * digits if digits else "#,##0", locale=locale())
    return f"{MINUS}{text}" if exact < 0 else text


def whole(value: float) -> int:
    """A figure with a fraction as `rounded` writes it, to go on counting with."""
    return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


def rate(part: float | None) -> str:
    """ "60 %" for 0.6, in whole percents."""
    return DASH if part is None else with_percent_sign(rounded(part * 100))


def short_day(day: str | date | None) -> str:
    """ "mar 03" for the local day "2026-11-03"; "Tue 03" in English."""
    return _written(day, _patterns().short_day)


def weekday_letter(day: str | date | None) -> str:
    """ "L" for a Monday, over a month's days."""
    return _written(day, "EEEEE").upper()


def long_day(day: str | date | None, year: bool = False) -> str:
    """ "martes 24 de noviembre", and with `year` "martes 24 de noviembre de 2026"; "Tuesday 24 November"."""
    patterns = _patterns()
    return _written(day, patterns.long_day_of_year if year else patterns.long_day)


def numeric_day(day: str | date | None) -> str:
    """ "24/11/2026", for dates far from now such as a birth date; "24 Nov 2026" in English."""
    return _written(day, _patterns().numeric_day)


def month_name(month: str | None) -> str:
    """ "noviembre 2026" for "2026-11", inside a sentence."""
    return _written(month and f"{month}-01", _patterns().month)


def month_in_words(month: str | None) -> str:
    """ "noviembre de 2026", on a document."""
    return _written(month and f"{month}-01", _patterns().month_in_words)


def month_title(month: str | None) -> str:
    """ "Noviembre 2026", where it stands alone."""
    name = month_name(month)
    return name[:1].upper() + name[1:]


def month_short(month: str | None) -> str:
    """ "nov", under a graph or in a grid of months."""
    return _written(month and f"{month}-01", "MMM").rstrip(".")


def local_time(instant: datetime | None, zone: ZoneInfo) -> str:
    """ "09:50", the centre's wall clock at an aware instant."""
    return DASH if instant is None else months.local_time(instant, zone)


def hours(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """ "09:00–09:50", from one instant to another by the centre's clock."""
    return f"{local_time(starts_at, zone)}–{local_time(ends_at, zone)}"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """ "martes 24 de noviembre de 2026, 09:50": an instant by the centre's calendar and clock."""
    if at is None:
        return DASH
    return f"{long_day(months.local_day(at, zone), year=True)}, {local_time(at, zone)}"


def calendar_words() -> dict[str, Any]:
    """What a script needs to write a day as `long_day` does: {weekdays from Sunday on, months, long_day}."""
    weekdays, names = locale().days["format"]["wide"], locale().months["format"]["wide"]
    return {
        "weekdays": [weekdays[number] for number in (6, 0, 1, 2, 3, 4, 5)],
        "months": [names[number] for number in range(1, 13)],
        "long_day": _patterns().long_day,
    }


def language_tag() -> str:
    """ "es-PE" or "en", as HTML's `lang` has it."""
    return str(locale()).replace("_", "-")


def phone(number: str | None) -> str:
    """ "990 083 450" for a Peruvian phone in E.164, "+34 612 34 56 78" for any other."""
    if not number:
        return DASH
    parsed = phonenumbers.parse(number)
    home = parsed.country_code == phonenumbers.country_code_for_region(HOME_REGION)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form).replace(" ", NO_BREAK)


def register(app: "Flask", zone: ZoneInfo) -> None:
    """Makes every function above a template filter; the centre's `zone` is given here, once."""
    plain: tuple[Callable[..., Any], ...] = (
        money,
        percent,
        number,
        rounded,
        rate,
        short_day,
        weekday_letter,
        long_day,
        numeric_day,
        month_name,
        month_in_words,
        month_title,
        month_short,
        phone,
        months.shift_month,
    )
    app.jinja_env.filters.update({filter_.__name__: filter_ for filter_ in plain})
    zoned: tuple[Callable[..., Any], ...] = (local_time, hours)
    app.jinja_env.filters.update({filter_.__name__: partial(filter_, zone=zone) for filter_ in zoned})
    app.jinja_env.filters["instant"] = partial(moment, zone=zone)
    app.jinja_env.globals["language_tag"] = language_tag


def _written(day: str | date | None, pattern: str) -> str:
    if not day:
        return DASH
    return format_date(date.fromisoformat(day) if isinstance(day, str) else day, pattern, locale=locale())


def _patterns() -> Patterns:
    return PATTERNS[locale().language]
