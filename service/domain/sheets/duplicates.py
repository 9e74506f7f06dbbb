"""Rows whose session is already there, stored or in an earlier row, and in what they differ from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from service.domain.money import Money, decimal_text
from service.domain.sheets.headings import Headings
from service.domain.sheets.known import KnownSession
from service.domain.sheets.sessions import SessionRow
from service.domain.sheets.words import SHOWN


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session to add, for the client with this id, or for the new one with this key."""

    client: str
    session: SessionRow


@dataclass(frozen=True, slots=True)
class Difference:
    """A column in which a row differs from what is already there, both as text."""

    column: str
    value: str
    there: str


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """A row not added: an earlier row or a stored session has its client, psychotherapist and start."""

    row: int
    other_row: int | None = None
    session_id: str | None = None
    differences: tuple[Difference, ...] = ()


def sorted_out(
    rows: Iterable[SessionRow],
    clients: Mapping[int, str],
    stored: Sequence[KnownSession],
    headings: Headings,
    zone: ZoneInfo,
) -> tuple[list[PlannedSession], list[AlreadyThere]]:
    """The rows to add and those already there; `clients` says whose each row is, `zone` only shows times."""
    there: dict[tuple[str, str, datetime], SessionRow | KnownSession] = {
        (session.client_id, session.psychotherapist_id, session.starts_at): session for session in stored
    }
    planned, duplicates = [], []
    for row in rows:
        client = clients[row.row]
        other = there.setdefault((client, row.psychotherapist_id, row.starts_at), row)
        if other is row:
            planned.append(PlannedSession(client, row))
        else:
            differences = tuple(_differences(row, other, headings, zone))
            duplicates.append(_already_there(row, other, differences))
    return planned, duplicates


def _already_there(
    row: SessionRow, other: SessionRow | KnownSession, differences: tuple[Difference, ...]
) -> AlreadyThere:
    if isinstance(other, SessionRow):
        return AlreadyThere(row.row, other_row=other.row, differences=differences)
    return AlreadyThere(row.row, session_id=other.id, differences=differences)


def _differences(
    row: SessionRow, other: SessionRow | KnownSession, headings: Headings, zone: ZoneInfo
) -> Iterable[Difference]:
    """Status and note are compared only where the row says something."""
    shown = {
        "end_time": (_time_text(row.ends_at, zone), _time_text(other.ends_at, zone)),
        "modality": (SHOWN[row.modality], SHOWN[other.modality]),
        "price": (_money_text(row.price), _money_text(other.price)),
        "status": (SHOWN.get(row.status or "", ""), SHOWN.get(other.status or "", "")),
        "note": (row.note or "", " ".join((other.note or "").split())),
    }
    for name, (value, there) in shown.items():
        if value and value != there:
            yield Difference(headings.title(name), value, there)


def _time_text(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%d/%m/%Y %H:%M:%S").removesuffix(":00")


def _money_text(price: Money) -> str:
    return f"{decimal_text(price.cents)} {price.currency}"
