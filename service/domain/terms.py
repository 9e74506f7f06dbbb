"""A psychotherapist's terms: commission percent and default price, each holding from a local day on.

`terms` is a list sorted by `since`; the first entry holds from the beginning of time and has since None:
[{since: None | "2026-07-01", commission_bp, price_cents, currency}, …]
"""

from typing import Any

Terms = list[dict[str, Any]]


def terms_on(terms: Terms, local_date: str) -> dict[str, Any]:
    """The entry that holds on `local_date`."""
    return [entry for entry in terms if entry["since"] is None or entry["since"] <= local_date][-1]


def change_terms(terms: Terms, changes: dict[str, Any], effective_on: str) -> Terms:
    """`terms` with `changes` (of commission_bp, price_cents, currency) in force from `effective_on`.

    Later entries keep standing: a change already agreed for a later day is not undone by an earlier one.
    What holds on that day already makes no entry of its own.
    """
    in_force = terms_on(terms, effective_on)
    if all(in_force[name] == value for name, value in changes.items()):
        return terms
    entry = {**in_force, **changes, "since": effective_on}
    kept = [other for other in terms if other["since"] != effective_on]
    return sorted([*kept, entry], key=lambda other: other["since"] or "")
