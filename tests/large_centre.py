"""Ten years of a large centre: 60,000 sessions of 1,200 clients with 12 psychotherapists, made from nothing.

Each client comes once a week for about a year, as people do: what a report has to look at does not grow with
the centre's age.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import client_search
from service.documents.store import Document
from service.domain.booking import derived
from tests.peruvian_names import FAMILY, GIVEN

SESSIONS, CLIENTS, PSYCHOTHERAPISTS = 60_000, 1_200, 12
FIRST = datetime(2016, 1, 4, 13, tzinfo=UTC)
WEEKS = 520
LIMA = ZoneInfo("America/Lima")
_BATCH = 5_000


def fill(db: Db) -> None:
    """Stores the whole centre, in a few large writes."""
    db.psychotherapists.insert_many([_psychotherapist(n) for n in range(PSYCHOTHERAPISTS)])
    db.clients.insert_many([_client(n) for n in range(CLIENTS)])
    batch: list[Document] = []
    for session in _sessions():
        batch.append(session)
        if len(batch) == _BATCH:
            db.sessions.insert_many(batch)
            batch = []


def _sessions() -> Iterator[Document]:
    """In the order in which they took place."""
    chance = random.Random(7)
    visits = SESSIONS // CLIENTS
    begins = [(n * (WEEKS - visits)) // CLIENTS for n in range(CLIENTS)]
    slots = sorted((begin + visit, n) for n, begin in enumerate(begins) for visit in range(visits))
    for number, (week, n) in enumerate(slots):
        starts_at = FIRST + timedelta(weeks=week, days=n % 6, hours=n // 6 % 10)
        session: Document = {
            "_id": f"{number:032x}",
            "version": 1,
            "client_id": f"{n:032x}",
            "psychotherapist_id": f"{n % PSYCHOTHERAPISTS:032x}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=50),
            "modality": chance.choice(("virtual", "on_site")),
            "status": chance.choices(("done", "cancelled"), (9, 1))[0],
            "currency": chance.choices(("PEN", "USD"), (9, 1))[0],
            "price_cents": chance.randrange(80, 250) * 100,
            "charge_cents": 0,
            "commission_bp": 3750,
            "note": "",
            "overbooking_reason": "",
        }
        yield {**session, **derived(session, LIMA)}


def _client(n: int) -> Document:
    """Names that many share in part, and nobody altogether; the rest is theirs alone, but for birth dates."""
    family = FAMILY[n // len(GIVEN) % len(FAMILY)], FAMILY[n * 7 % len(FAMILY)]
    names = {"given_names": GIVEN[n % len(GIVEN)], "family_names": " ".join(family)}
    lists: Document = {"psychotherapists": [], "clients": []}
    reached = {"phone": f"+519{n:08d}", "email": f"c{n}@example.com"}
    client = {**names, **reached, "birth_date": f"{1960 + n % 50}-0{1 + n % 9}-1{n % 10}"}
    more = {"survey_consent": False, "relationships": lists, **client_search.fields(client)}
    return {"_id": f"{n:032x}", "version": 1, **client, **more}


def _psychotherapist(n: int) -> Document:
    terms = [{"since": None, "commission_bp": 3750, "price_cents": 15000, "currency": "PEN"}]
    names = {"given_names": f"Psico{n}", "family_names": "Terapeuta", "search": []}
    return {"_id": f"{n:032x}", "version": 1, "active": True, "terms": terms, **names}
