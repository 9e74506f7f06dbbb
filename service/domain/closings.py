"""Closing a month: what is kept of it, and the folio of each psychotherapist's statement."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

#: What a closing keeps of a session: all that lists, figures and statements show; no notes, rooms or links.
KEPT = (
    "_id",
    "version",
    "client_id",
    "psychotherapist_id",
    "starts_at",
    "ends_at",
    "local_date",
    "month",
    "modality",
    "status",
    "counts",
    "currency",
    "price_cents",
    "charge_cents",
    "income_cents",
    "commission_bp",
    "commission_cents",
    "series_id",
    "exchange",
)


def kept_line(session: Mapping[str, Any], client_name: str) -> dict[str, Any]:
    """A session as its month's closing keeps it, with the name that the statement prints."""
    return {**{name: session[name] for name in KEPT if name in session}, "client_name": client_name}


def folios(month: str, psychotherapist_ids: Iterable[str], earlier: Mapping[str, str]) -> dict[str, str]:
    """{psychotherapist id: "2026-07-003"}: numbered in the order given; who had a folio keeps it.

    `earlier` are the folios of the month's closing before this one; a new one takes a number not yet used.
    """
    given = dict(earlier)
    for person_id in psychotherapist_ids:
        given.setdefault(person_id, f"{month}-{len(given) + 1:03d}")
    return given


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of what a statement says: the same data always gives the same."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
