"""What a new commission percent makes of sessions that are registered already, should it be theirs too.

Only sessions of open months on days of the span change, and of them only the percent: a price is what was
agreed with the client. A commission is rounded per session, so rows of equal amounts are rounded once and
multiplied.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from service.domain.commissions import commission_cents
from service.domain.terms import Terms

#: After every day that can be written.
FOREVER = "9999-12-31"

Row = Mapping[str, Any]
Effect = dict[str, Any]

#: The effect of a change that leaves the percent as it is.
NOTHING: Effect = {"sessions": 0, "registered": 0, "closed_months": [], "months": []}


def span_end(terms: Terms, since: str) -> str:
    """The day on which terms agreed for later begin, FOREVER without any."""
    return min(
        (entry["since"] for entry in terms if entry["since"] and entry["since"] > since), default=FOREVER
    )


def effect(rows: Iterable[Row], commission_bp: int, closed: Collection[str]) -> Effect:
    """What `commission_bp` would change; `rows` are those of commission_by_percent, `closed` closed months.

    {sessions: how many would change, registered: how many there are on these days, closed_months: those that
    keep what they have, months: [{month, currency, sessions, commission_cents: {before, after},
    center_share_cents: {before, after}}]}: per month and currency what its report says of the psychotherapist
    now and would say then, where any session changes; by month, soles first.
    """
    rows = list(rows)
    within = [row for row in rows if row["_id"]["within"]]
    differing = [row for row in within if row["_id"]["commission_bp"] != commission_bp]
    months = [found for found in _by_month(rows, commission_bp, closed) if found["sessions"]]
    return {
        "sessions": sum(found["sessions"] for found in months),
        "registered": sum(row["sessions"] for row in within),
        "closed_months": sorted({row["_id"]["month"] for row in differing} & set(closed)),
        "months": months,
    }


def fingerprint(effect: Effect, commission_bp: int, since: str) -> str:
    """A short text that is another one as soon as a change or what it would alter is."""
    said = json.dumps([commission_bp, since, effect], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def with_percent(session: Mapping[str, Any], commission_bp: int) -> dict[str, Any]:
    """A session at another percent."""
    commission = commission_cents(session["income_cents"], commission_bp)
    return {**session, "commission_bp": commission_bp, "commission_cents": commission}


def _by_month(rows: Iterable[Row], commission_bp: int, closed: Collection[str]) -> Iterable[Effect]:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        key = row["_id"]
        own = sums.setdefault(
            (key["month"], key["currency"]), {"sessions": 0, "gross": 0, "before": 0, "after": 0}
        )
        changes = key["within"] and key["month"] not in closed and key["commission_bp"] != commission_bp
        then = row["sessions"] * commission_cents(key["income_cents"], commission_bp)
        own["sessions"] += row["sessions"] if changes else 0
        own["gross"] += row["sessions"] * key["income_cents"]
        own["before"] += row["commission_cents"]
        own["after"] += then if changes else row["commission_cents"]
    for (month, currency), own in sorted(sums.items()):
        yield {
            "month": month,
            "currency": currency,
            "sessions": own["sessions"],
            "commission_cents": {when: own[when] for when in ("before", "after")},
            "center_share_cents": {when: own["gross"] - own[when] for when in ("before", "after")},
        }
