"""Of what time a page of sessions is: a month's list, a week, a day; all of it stands in the address.

`?vista=` is semana or dia (left out: the list), `?mes=` the list's month, `?fecha=` a day of the week or the
day itself. Each view takes what another one's address says, so that changing the view stays where it was.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _

from service import current
from service.domain.months import month_of, parse_month, shift_month
from service.domain.periods import parse_day, shift_day, week_of, weeks_of
from service.errors import InvalidInput

LIST, WEEK, DAY = "lista", "semana", "dia"
VIEWS = (LIST, WEEK, DAY)
#: What of an address says the period.
ARGS = ("vista", "mes", "fecha")


class Period(NamedTuple):
    """What is shown: `view` of VIEWS and the local days; `day` is the one to go on from in other views."""

    view: str
    month: str
    day: str
    days: Sequence[str] = ()

    @property
    def filters(self) -> dict[str, Any]:
        """For documents.sessions.condition."""
        if self.view == LIST:
            return {"month": self.month}
        days = {"local_date": self.day if self.view == DAY else {"$in": list(self.days)}}
        # Of one month its name goes along: what was kept of a closed one is found by it.
        return days if {month_of(day) for day in self.days} != {self.month} else {"month": self.month, **days}

    @property
    def args(self) -> dict[str, str]:
        """How an address says it."""
        return {"mes": self.month} if self.view == LIST else {"vista": self.view, "fecha": self.day}

    @property
    def name(self) -> str:
        """For a file: "2026-10", or the day (a week's first)."""
        return self.month if self.view == LIST else self.days[0]

    @property
    def today(self) -> str:
        """The centre's today."""
        return current.today()

    @property
    def calendar(self) -> list[list[str]]:
        """The weeks of the month, to jump to a day."""
        return weeks_of(self.month)

    def as_view(self, view: str) -> "Period":
        """The same time in another view."""
        return _period(view, self.month, self.day)

    def step(self, by: int) -> "Period":
        """The one before (-1) or after (1)."""
        if self.view == LIST:
            month = shift_month(self.month, by)
            return _period(LIST, month, f"{month}-01")
        day = shift_day(self.day, by * len(self.days))
        return _period(self.view, month_of(day), day)

    def at(self, day: str) -> "Period":
        """The one of the same kind that has a day."""
        return _period(self.view, month_of(day), day)

    def has(self, day: str) -> bool:
        """Whether a local day is in it."""
        return day in self.days if self.days else month_of(day) == self.month


def of(args: Mapping[str, str]) -> Period:
    """The period in an address; the running month where it says nothing. InvalidInput for none."""
    view = args.get("vista") or LIST
    if view not in VIEWS:
        raise InvalidInput({"vista": [_("Elija una de las opciones.")]})
    day = parse_day(args["fecha"], "fecha") if args.get("fecha") else ""
    month = parse_month(args["mes"], "mes") if args.get("mes") else ""
    today = current.today()
    if view == LIST:
        month = month or month_of(day or today)
        return _period(LIST, month, day if month_of(day) == month else _day_in(month, today))
    day = day or (_day_in(month, today) if month else today)
    return _period(view, month_of(day), day)


def _period(view: str, month: str, day: str) -> Period:
    days: Sequence[str] = {LIST: (), WEEK: week_of(day), DAY: (day,)}[view]
    return Period(view, month, day, days)


def _day_in(month: str, today: str) -> str:
    """Where one lands in a month: on today in the running one, else on its first day."""
    return today if month_of(today) == month else f"{month}-01"
