"""What was changed in a month after it was closed: the lines by which a later month makes up for it.

A month's ledger is what people were told about its sessions: the lines its closing kept, and the adjustments
that later closed months already carry for it. Whatever the sessions say now beyond that is still to be made
up for. One rule covers a month that was reopened too: its own lines are the sessions as they are now, so that
only what a later closed month has already carried for it is left, to be taken back.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from service.domain.money import CURRENCIES
from service.domain.months import shift_month

Line = dict[str, Any]
#: A session's money is one psychotherapist's, in one currency.
Key = tuple[str, str, str]

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_AMOUNTS = ("gross_cents", "commission_cents")
_SHOWN = ("client_id", "client_name", "local_date", "starts_at", "ends_at")


def differences(
    month: str,
    present: Iterable[Mapping[str, Any]],
    kept: Iterable[Mapping[str, Any]] | None,
    carried: Iterable[Mapping[str, Any]] = (),
) -> list[Line]:
    """The adjustment lines of a month, by start.

    `present`: its sessions now; `kept`: those its closing kept, None while it is open; `carried`: the
    adjustment lines for it that closed months have. One line: {session_id, month, psychotherapist_id,
    currency, kind: "added" | "removed" | "changed", gross_cents, commission_cents (by how much they differ,
    with sign), before_cents, after_cents (the gross income that people were told, and that of now),
    client_id, client_name (where known), local_date, starts_at, ends_at}.
    """
    now = _contributions(present)
    told = dict(now) if kept is None else _contributions(kept)
    for line in carried:
        key = line["session_id"], line["psychotherapist_id"], line["currency"]
        earlier = told.get(key, {"gross_cents": 0, "commission_cents": 0})
        told[key] = {**line, **{name: earlier[name] + line[name] for name in _AMOUNTS}}
    lines = [_line(month, key, now.get(key), told.get(key)) for key in sorted({*now, *told})]
    changed = [line for line in lines if any(line[name] for name in _AMOUNTS)]
    return sorted(changed, key=lambda line: (line["starts_at"], line["session_id"]))


def carrying_month(month: str, closed: Collection[str]) -> str:
    """The month that carries a month's adjustments: the earliest later one that is open."""
    later = shift_month(month, 1)
    while later in closed:
        later = shift_month(later, 1)
    return later


def sums(lines: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """{currency: {gross_cents, commission_cents, center_share_cents}} of adjustment lines, soles first."""
    by_currency: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_AMOUNTS, 0))
    for line in lines:
        for name in _AMOUNTS:
            by_currency[line["currency"]][name] += line[name]
    return {
        currency: {
            **by_currency[currency],
            "center_share_cents": by_currency[currency]["gross_cents"]
            - by_currency[currency]["commission_cents"],
        }
        for currency in CURRENCIES
        if currency in by_currency
    }


def _contributions(sessions: Iterable[Mapping[str, Any]]) -> dict[Key, Line]:
    """What each session brings; those that bring nothing (a free one, one cancelled) are left out."""
    return {
        (session["_id"], session["psychotherapist_id"], session["currency"]): {
            **{name: session[name] for name in _SHOWN if name in session},
            "gross_cents": session["income_cents"],
            "commission_cents": session["commission_cents"],
        }
        for session in sessions
        if session["income_cents"]
    }


def _line(month: str, key: Key, now: Line | None, told: Line | None) -> Line:
    session_id, psychotherapist_id, currency = key
    shown: Line = now or told or {}
    nothing = dict.fromkeys(_AMOUNTS, 0)
    before, after = told or nothing, now or nothing
    return {
        "session_id": session_id,
        "month": month,
        "psychotherapist_id": psychotherapist_id,
        "currency": currency,
        "kind": _kind(before, now),
        **{name: shown[name] for name in _SHOWN if name in shown},
        **{name: after[name] - before[name] for name in _AMOUNTS},
        "before_cents": before["gross_cents"],
        "after_cents": after["gross_cents"],
    }


def _kind(before: Line, now: Line | None) -> str:
    if now is None:
        return REMOVED
    return CHANGED if any(before[name] for name in _AMOUNTS) else ADDED
