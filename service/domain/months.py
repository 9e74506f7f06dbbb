"""Local days and months of the centre: "2026-07-31" and "2026-07", and the half-open ranges they stand
for.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.errors import InvalidInput
from service.texts import _

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)


def parse_month(text: str, field: str = "month") -> str:
    """`text` if it is a month such as "2026-07"; InvalidInput on `field` otherwise."""
    if not _MONTH.fullmatch(text) or text.startswith("0000"):
        raise InvalidInput({field: [_("Escriba el mes como 2026-07: año, guion y un mes de 01 a 12.")]})
    return text


def parse_year(text: str, field: str = "year") -> int:
    """The year that `text` such as "2026" says; InvalidInput on `field` otherwise."""
    if not _YEAR.fullmatch(text) or text == "0000":
        raise InvalidInput({field: [_("Escriba el año con cuatro cifras, como 2026.")]})
    return int(text)


def month_of(local_date: str) -> str:
    """The month of a local day."""
    return local_date[:7]


def shift_month(month: str, by: int) -> str:
    """The month `by` months after (before, when negative) `month`; stays within years 1 to 9999."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    index = min(max(index, 12), 9999 * 12 + 11)
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """The months from `first` to `last`, both among them."""
    count = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1
    return [shift_month(first, by) for by in range(count)]


def days_of(month: str) -> list[str]:
    """Every local day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return [(first + timedelta(days=n)).isoformat() for n in range(monthrange(first.year, first.month)[1])]


def local_day(instant: datetime, zone: ZoneInfo) -> str:
    """The centre's day on which `instant` falls."""
    return instant.astimezone(zone).date().isoformat()


def local_time(instant: datetime, zone: ZoneInfo) -> str:
    """The centre's wall clock at `instant`, "09:50"."""
    return instant.astimezone(zone).strftime("%H:%M")


def at(local_date: str, wall_time: str, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a wall clock time on a local day; the first of two when the clock goes back.

    ValueError for a time that the day skips when the clock goes forward, or that is no time at all.
    """
    naive = datetime.combine(date.fromisoformat(local_date), time.fromisoformat(wall_time))
    instant = naive.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError("the clock skips this time")
    return instant


def days_around(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> list[str]:
    """The local days on which a session may start that overlaps [starts_at, ends_at).

    The day before is among them: no session lasts longer than a day.
    """
    first = starts_at.astimezone(zone).date() - timedelta(days=1)
    last = ends_at.astimezone(zone).date()
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
