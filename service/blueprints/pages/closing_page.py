"""The page of a month's closing: pendientes, state, history, and what is made up for."""

from typing import Any

from flask import render_template

from service import current
from service.blueprints.pages import lists
from service.database import Db
from service.documents import adjustments, closings, months, needs_look, psychotherapists, staff
from service.domain import needs_look as kinds
from service.domain.adjustments import sums
from service.domain.months import month_of

_OF_SESSIONS = (kinds.STILL_SCHEDULED, kinds.ODD_PRICES)


def page(month: str, **context: Any) -> str:
    """The page, with what a form that was not accepted adds to it: errors, reason, mistake."""
    db = current.db()
    state = closings.state(db, month)
    closed = "closing" in state
    return render_template(
        "pages/closing/show.html",
        month=month,
        state=state,
        closed=closed,
        over=month < month_of(current.today()),
        groups={} if closed else groups(db, month),
        left=adjustments.of_month(db, month) if closed else [],
        carried=months.adjustments(db, month),
        sums=sums,
        therapists=psychotherapists.names(db),
        staff=staff.names(db),
        **{"errors": {}, "reason": "", "mistake": {}, **context},
    )


def groups(db: Db, month: str) -> dict[str, list[Any]]:
    """{kind: rows}: sessions as lists.rows, overlaps as pairs of these, people as documents.needs_look."""
    found = needs_look.of_month(db, month, current.today(), current.now())
    shown: dict[str, list[Any]] = {
        kind: lists.rows(db, items) for kind, items in found.items() if kind in _OF_SESSIONS
    }
    if kinds.OVERLAPS in found:
        flat = lists.rows(db, [one for pair in found[kinds.OVERLAPS] for one in pair])
        shown[kinds.OVERLAPS] = list(zip(flat[::2], flat[1::2], strict=True))
    return {kind: shown.get(kind, items) for kind, items in found.items()}
