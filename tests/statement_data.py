"""A month of invented sessions of one psychotherapist, put straight into the store, and its PDF read back."""

import io
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from service.database import Db
from service.domain.booking import derived

LIMA = ZoneInfo("America/Lima")
NOW = datetime(2026, 10, 15, 17, 0, tzinfo=UTC)
FIRST = datetime(2026, 10, 1, 13, 0, tzinfo=UTC)
#: A request for the statement of the psychotherapist that `person` makes.
OCTOBER = {"psychotherapist_id": "e" * 32, "month": "2026-10"}
NAMES = ["José Ángel Ríos", "Íñigo Núñez O'Donnell", '<b>&" Quispe', "{{ 7*7 }} Ñahui"]


def person(db: Db, psychotherapist_id: str = "e" * 32, names: str = "Ronald") -> str:
    """A psychotherapist; their id."""
    terms = [{"since": None, "commission_bp": 3750, "price_cents": 15000, "currency": "PEN"}]
    fields = {"given_names": names, "family_names": "Emard", "active": True, "terms": terms, "search": []}
    fields["document"] = {"type": "DNI", "number": f"0123456{int(psychotherapist_id[0], 16) % 10}"}
    times = {"created_at": NOW, "updated_at": NOW}
    db.psychotherapists.insert_one({"_id": psychotherapist_id, "version": 1, **fields, **times})
    return psychotherapist_id


def month(db: Db, psychotherapist_id: str, count: int) -> list[dict[str, Any]]:
    """`count` sessions of October 2026, with clients, in both currencies and every state."""
    draw = random.Random(count)
    clients: list[dict[str, Any]] = [
        {"_id": f"{n:032x}", "version": 1, "given_names": name, "family_names": f"C{n}", "search": []}
        for n, name in enumerate(NAMES)
    ]
    for client in clients:
        db.clients.replace_one({"_id": client["_id"]}, client, upsert=True)
    sessions = [_session(n, psychotherapist_id, clients[n % len(clients)]["_id"], draw) for n in range(count)]
    if sessions:
        db.sessions.insert_many(sessions)
    return sessions


def listed(sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that belong on the statement."""
    return [session for session in sessions if session["counts"] or session["income_cents"]]


def text_of(pdf: bytes) -> str:
    """The words of a PDF, one blank between them."""
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def hours_of(text: str) -> list[str]:
    """The hours of each line of a statement, "09:00–09:50"."""
    return re.findall(r"\d\d:\d\d–\d\d:\d\d", text)


def _session(number: int, psychotherapist_id: str, client_id: str, draw: random.Random) -> dict[str, Any]:
    starts_at = FIRST + timedelta(minutes=17 * number)
    session: dict[str, Any] = {
        "_id": f"{number:08x}{psychotherapist_id[8:]}",
        "version": 1,
        "client_id": client_id,
        "psychotherapist_id": psychotherapist_id,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=17),
        "modality": draw.choice(["virtual", "on_site"]),
        "status": draw.choices(["done", "scheduled", "cancelled", "no_show"], [8, 2, 1, 1])[0],
        "currency": draw.choices(["PEN", "USD"], [5, 1])[0],
        "price_cents": draw.choice([7500, 12000, 15000]),
        "charge_cents": draw.choice([0, 4000]),
        "commission_bp": draw.choice([3750, 4000, 3333]),
        "note": "",
        "overbooking_reason": "",
        "series_id": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return session | derived(session, LIMA)
