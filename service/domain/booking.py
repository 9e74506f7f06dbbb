"""A session's derived facts and the rule that nobody is in two places at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.commissions import commission_cents
from service.domain.months import local_day, month_of
from service.errors import InvalidInput
from service.texts import _

STATUSES = ("scheduled", "done", "cancelled", "no_show")
MODALITIES = ("virtual", "on_site")
#: These count as a session and with their price; the others count with their charge alone.
COUNTING = ("scheduled", "done")
#: No session is longer: what overlaps another one started at most a day before its end.
LONGEST = timedelta(hours=24)

Session = dict[str, Any]


def initial_status(ends_at: datetime, now: datetime) -> str:
    """A session entered after its end has been held; any other is still to come."""
    return "done" if ends_at <= now else "scheduled"


def check_times(session: Mapping[str, Any]) -> None:
    """InvalidInput unless a session ends after it starts and within a day."""
    if session["ends_at"] <= session["starts_at"]:
        raise InvalidInput({"ends_at": [_("El fin debe ser posterior al inicio.")]})
    if session["ends_at"] - session["starts_at"] > LONGEST:
        raise InvalidInput({"ends_at": [_("Una cita no dura más de 24 horas.")]})


def derived(session: Session, zone: ZoneInfo) -> Session:
    """What follows from a session's own fields: local day, month, whether it counts, income and commission.

    A charge only goes with a session that was cancelled or missed; it is 0 otherwise.
    """
    counts = session["status"] in COUNTING
    charge = 0 if counts else session["charge_cents"]
    income = session["price_cents"] if counts else charge
    day = local_day(session["starts_at"], zone)
    return {
        "local_date": day,
        "month": month_of(day),
        "counts": counts,
        "charge_cents": charge,
        "income_cents": income,
        "commission_cents": commission_cents(income, session["commission_bp"]),
    }


def overlapping(session: Mapping[str, Any], others: Iterable[Session]) -> list[Session]:
    """Those of `others` that take time of `session`; touching ends are no overlap, nor is the session
    itself.
    """
    return [
        other
        for other in others
        if other["_id"] != session["_id"]
        and other["counts"]
        and other["starts_at"] < session["ends_at"]
        and session["starts_at"] < other["ends_at"]
    ]
