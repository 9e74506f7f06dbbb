"""Weeks and days of the agenda: local days as text, the week from Monday on."""

from datetime import date, timedelta

from service.domain.months import month_of
from service.errors import InvalidInput
from service.texts import _

#: As far as sessions go (schemas.fields.Instant).
_FIRST, _LAST = date(1900, 1, 1), date(2200, 12, 31)


def parse_day(text: str, field: str = "day") -> str:
    """`text` if it is a local day such as "2026-07-31"; InvalidInput on `field` otherwise."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if day.isoformat() != text or not _FIRST <= day <= _LAST:
        raise InvalidInput({field: [_("Escriba la fecha como 2026-07-31: año, mes y día.")]})
    return text


def shift_day(day: str, by: int) -> str:
    """The local day `by` days after `day` (before it when negative), within what can be booked."""
    wanted = date.fromisoformat(day) + timedelta(days=by)
    return min(max(wanted, _FIRST), _LAST).isoformat()


def week_of(day: str) -> list[str]:
    """The seven days, Monday to Sunday, of the week that has `day`."""
    monday = date.fromisoformat(day) - timedelta(days=date.fromisoformat(day).weekday())
    return [(monday + timedelta(days=number)).isoformat() for number in range(7)]


def days_from(day: str, count: int) -> list[str]:
    """`day` and those after it, `count` in all."""
    return [(date.fromisoformat(day) + timedelta(days=number)).isoformat() for number in range(count)]


def weeks_of(month: str) -> list[list[str]]:
    """The weeks that have days of a month, whole: the first and the last may begin or end outside it."""
    weeks = [week_of(f"{month}-01")]
    while (
        month_of(next_monday := (date.fromisoformat(weeks[-1][6]) + timedelta(days=1)).isoformat()) == month
    ):
        weeks.append(week_of(next_monday))
    return weeks
