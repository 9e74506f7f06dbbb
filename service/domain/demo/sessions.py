"""Two years of sessions of the invented centre: cases that take a weekly hour for some months.

The centre grows from month to month, and is quieter in January, February and the holidays of July.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.demo.names import NOTES
from service.domain.demo.people import PSYCHOTHERAPISTS
from service.domain.money import Money
from service.domain.months import at
from service.domain.terms import Terms, terms_on

LENGTH = timedelta(minutes=50)
#: Weeks that are planned beyond today.
AHEAD = 5
#: What part of the clients comes in the first week and in the last.
_AT_FIRST, _AT_LAST = 0.2, 0.46
_SUMMER = (1, 2)
_CLOSED_DAYS = ("01-01", "05-01", "07-28", "07-29", "12-24", "12-25", "12-31")
_ABROAD = Money(45_00, "USD")


@dataclass
class Case:
    """A client who comes to a psychotherapist at an hour of the week, from one week to another."""

    number: int
    client: int
    psychotherapist: int
    weekday: int
    hour: int
    last_week: int
    every: int
    is_virtual: bool
    is_series: bool
    is_reduced: bool
    is_abroad: bool


@dataclass
class _Centre:
    """Where the planning of weeks stands."""

    chance: random.Random
    fresh: list[int]
    clients: int
    weeks: int
    former: list[int] = field(default_factory=list)
    active: list[Case] = field(default_factory=list)
    taken_until: dict[tuple[int, int, int], int] = field(default_factory=dict)
    opened: int = 0


def planned(
    chance: random.Random, clients: Sequence[int], first: date, today: date
) -> Iterator[tuple[Case, str]]:
    """(case, local day) of every session, week after week, from the Monday of `first` on."""
    monday = first - timedelta(days=first.weekday())
    weeks = (today - monday).days // 7 + 1
    centre = _Centre(chance, list(reversed(clients)), len(clients), weeks)
    for week in range(weeks + AHEAD):
        starts_on = monday + timedelta(days=7 * week)
        _close_cases(centre, week)
        if week < weeks:
            _open_cases(centre, week, _demand(len(clients), week / weeks, starts_on.month))
        for case in centre.active:
            day = starts_on + timedelta(days=case.weekday)
            if day >= first and (week + case.number) % case.every == 0 and not _is_skipped(chance, day):
                yield case, day.isoformat()


def session_data(
    chance: random.Random, case: Case, day: str, terms: Terms, now: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """The session of a case on a local day, as SessionSchema loads it."""
    starts_at = at(day, f"{case.hour:02d}:00", zone)
    price = _price(case, terms_on(terms, day))
    status = _status(chance, starts_at + LENGTH, now)
    is_virtual = case.is_virtual if chance.random() < 0.92 else not case.is_virtual
    place = {"link": f"https://example.com/sala/{case.number}"} if is_virtual else {"room": _room(case)}
    return {
        "starts_at": starts_at,
        "ends_at": starts_at + LENGTH,
        "modality": "virtual" if is_virtual else "on_site",
        "status": status,
        "price": price,
        "charge": Money(_charge(chance, status, price.cents), price.currency),
        "note": chance.choice(NOTES) if chance.random() < 0.03 else "",
        **place,
    }


def _demand(clients: int, passed: float, month: int) -> int:
    """How many cases there should be, after this part of the time."""
    part = _AT_FIRST + (_AT_LAST - _AT_FIRST) * passed
    return round(clients * part * (0.7 if month in _SUMMER else 1))


def _close_cases(centre: _Centre, week: int) -> None:
    centre.former += [case.client for case in centre.active if case.last_week < week]
    centre.active = [case for case in centre.active if case.last_week >= week]


def _open_cases(centre: _Centre, week: int, wanted: int) -> None:
    while len(centre.active) < wanted:
        free = _free_hours(centre.taken_until, week)
        if not free or not (centre.fresh or centre.former):
            return
        centre.active.append(_case(centre, week, free))


def _case(centre: _Centre, week: int, free: Sequence[tuple[int, int, int]]) -> Case:
    chance = centre.chance
    person, weekday, hour = chance.choice(free)
    every = chance.choice((1, 1, 1, 2, 2))
    last = week + chance.choice((6, 10, 14, 20, 28, 40, 60))
    centre.taken_until[person, weekday, hour] = last
    centre.opened += 1
    return Case(
        number=centre.opened,
        client=_next_client(centre, week),
        psychotherapist=person,
        weekday=weekday,
        hour=hour,
        last_week=last,
        every=every,
        is_virtual=chance.random() < 0.55,
        is_series=chance.random() < 0.2,
        is_reduced=chance.random() < 0.1,
        is_abroad=chance.random() < 0.05,
    )


def _next_client(centre: _Centre, week: int) -> int:
    """Somebody new while enough of them remain for the weeks to come, else one who returns."""
    kept_back = (1 - _AT_FIRST) * centre.clients * (centre.weeks - 1 - week) / centre.weeks
    if centre.former and len(centre.fresh) <= kept_back:
        return centre.former.pop(centre.chance.randrange(len(centre.former)))
    return centre.fresh.pop() if centre.fresh else centre.former.pop()


def _free_hours(taken_until: Mapping[tuple[int, int, int], int], week: int) -> list[tuple[int, int, int]]:
    """(psychotherapist, weekday, hour) that no case has in this week or later."""
    hours = (
        (number, weekday, hour)
        for number, person in enumerate(PSYCHOTHERAPISTS)
        for weekday in person.weekdays
        for hour in range(*person.hours)
    )
    return [each for each in hours if taken_until.get(each, -1) < week]


def _is_skipped(chance: random.Random, day: date) -> bool:
    """Whether somebody leaves a week out: now and then, more often in summer and in the July holidays."""
    away = day.month in _SUMMER or "07-22" <= day.isoformat()[5:] <= "07-31"
    return chance.random() < (0.3 if away else 0.06) or day.isoformat()[5:] in _CLOSED_DAYS


def _status(chance: random.Random, ends_at: datetime, now: datetime) -> str:
    """Nobody has said yet how some of the last two days' sessions went."""
    if ends_at > now:
        return "cancelled" if chance.random() < 0.02 else "scheduled"
    if now - ends_at < timedelta(days=2) and chance.random() < 0.3:
        return "scheduled"
    return chance.choices(("done", "cancelled", "no_show"), (88, 7, 5))[0]


def _price(case: Case, terms: Mapping[str, Any]) -> Money:
    if case.is_abroad:
        return _ABROAD
    part = 70 if case.is_reduced else 100
    return Money(terms["price_cents"] * part // 100, terms["currency"])


def _charge(chance: random.Random, status: str, price_cents: int) -> int:
    """Céntimos: of some sessions that were missed or cancelled late, half of the price."""
    likely = {"cancelled": 0.12, "no_show": 0.5}.get(status, 0.0)
    return price_cents // 2 if chance.random() < likely else 0


def _room(case: Case) -> str:
    return f"Sala {case.psychotherapist % 5 + 1}"
