"""What a plan must know of the store, and how it is asked for; the storage side looks it up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.domain.money import Money
from service.domain.names import fold
from service.domain.sheets.identity import KnownClient
from service.domain.sheets.persons import Document
from service.domain.sheets.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Clients with one of these documents or folded full names, sessions starting on one of these days.

    `first_day` to `last_day` (local, both included; None without rows) leaves room for overlaps.
    """

    documents: frozenset[Document]
    names: frozenset[str]
    first_day: str | None
    last_day: str | None


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session of the store that is not deleted; one that does not count (cancelled) takes nobody's time."""

    id: str
    client_id: str
    psychotherapist_id: str
    starts_at: datetime
    ends_at: datetime
    modality: str
    price: Money
    status: str
    note: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has, at least what `wanted` asks for; more does no harm."""

    clients: Sequence[KnownClient] = ()
    sessions: Sequence[KnownSession] = ()


def wanted(rows: Iterable[SessionRow]) -> Wanted:
    """What has to be looked up before `plan_sessions`."""
    rows = list(rows)
    days = [date.fromisoformat(row.local_date) for row in rows]
    return Wanted(
        documents=frozenset(row.person.document for row in rows if row.person.document),
        names=frozenset(fold(row.person.name) for row in rows),
        first_day=(min(days) - timedelta(days=1)).isoformat() if days else None,
        last_day=max(days).isoformat() if days else None,
    )
