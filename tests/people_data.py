"""People and sessions that tests of pages begin with."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain.money import Money
from tests.conftest import NOW

LIMA = ZoneInfo("America/Lima")


def client(db: Db, given: str, family: str, **fields: object) -> Document:
    """A client, stored."""
    return clients.create(db, {"given_names": given, "family_names": family, **fields}, NOW)


def psychotherapist(db: Db, given: str, family: str, **fields: object) -> Document:
    """A psychotherapist at 37.5 % and S/ 180.00, stored."""
    terms = {"commission_bp": 3750, "default_price": Money(18000, "PEN")}
    return psychotherapists.create(db, {"given_names": given, "family_names": family, **terms, **fields}, NOW)


def book(db: Db, client: Document, psychotherapist: Document, day: int, status: str = "done") -> Document:
    """A virtual session on a day of October 2026, from 09:00 to 09:50 in Lima."""
    start, end = (datetime(2026, 10, day, 9, minute, tzinfo=LIMA).astimezone(UTC) for minute in (0, 50))
    people = {"client_id": client["_id"], "psychotherapist_id": psychotherapist["_id"]}
    data = {**people, "starts_at": start, "ends_at": end, "modality": "virtual", "status": status}
    return sessions.create(db, data, NOW, LIMA)
