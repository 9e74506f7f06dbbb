"""Centres with a month to ask about, put straight into the store, and by construction who is to be asked."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import clients
from service.documents.store import Document
from service.domain.booking import derived

LIMA = ZoneInfo("America/Lima")
MONTH = "2026-10"
#: The hour of the survey about MONTH.
SENDING = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
ADULT, CHILD = "1985-03-02", "2014-06-30"
THERAPISTS = [f"{number}" * 32 for number in "abc"]

Pairs = frozenset[tuple[str, str]]


@dataclass
class Centre:
    """What was made, and what must come of it: `expected` counts (address, pairs), `left_out` has reasons."""

    draw: random.Random
    clients: list[Document] = field(default_factory=list)
    sessions: list[Document] = field(default_factory=list)
    expected: Counter[tuple[str, Pairs]] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)

    def client(self, email: str | None, consent: bool = True, **more: Any) -> str:
        """One more client; the id."""
        number = len(self.clients)
        data = {"given_names": f"Nombre{number}", "family_names": "Ríos Ñahui", "email": email}
        unsubscribed = {"unsubscribed_at": SENDING} if more.pop("unsubscribed", False) else {}
        new = clients.new_document({**data, "survey_consent": consent, "birth_date": ADULT, **more}, SENDING)
        self.clients.append({**new, "_id": f"{number:032x}", **unsubscribed})
        return f"{number:032x}"

    def session(self, client_id: str, therapist: str, status: str = "done", month: int = 10) -> None:
        """One more session of fifty minutes."""
        starts_at = datetime(2026, month, 1, 12, tzinfo=UTC) + timedelta(hours=len(self.sessions) % 600)
        session = {
            "_id": f"{len(self.sessions):032x}",
            "version": 1,
            "client_id": client_id,
            "psychotherapist_id": therapist,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=50),
            "modality": "virtual",
            "status": status,
            "currency": "PEN",
            "price_cents": 15000,
            "charge_cents": 0,
            "commission_bp": 3750,
            "note": "",
            "overbooking_reason": "",
            "series_id": None,
            "created_at": SENDING,
            "updated_at": SENDING,
        }
        self.sessions.append(session | derived(session, LIMA))

    def attended(self, client_id: str) -> set[tuple[str, str]]:
        """Done sessions with one to three psychotherapists; the pairs."""
        therapists = self.draw.sample(THERAPISTS, self.draw.choice([1, 1, 2, 3]))
        for therapist in therapists:
            for _ in range(self.draw.choice([1, 2])):
                self.session(client_id, therapist)
        return {(client_id, therapist) for therapist in therapists}

    def store(self, db: Db) -> "Centre":
        """Puts everything into the store."""
        db.clients.insert_many(self.clients)
        db.sessions.insert_many(self.sessions)
        return self


def adults(db: Db, count: int, address: Callable[[int], str] = "c{}@example.com".format) -> Centre:
    """So many adults who are all to be asked."""
    centre = Centre(random.Random(count))
    for number in range(count):
        person = centre.client(address(number))
        centre.expected[(address(number), frozenset(centre.attended(person)))] += 1
    return centre.store(db)


def three_hundred(db: Db) -> Centre:
    """300 clients of every kind, 40 of them minors in families."""
    centre = Centre(random.Random(300))
    _of_one_kind(centre, 10, "no_email", email=None)
    _of_one_kind(centre, 12, "no_consent", consent=False)
    _of_one_kind(centre, 6, "unsubscribed", unsubscribed=True)
    for number in range(15):
        person = centre.client(f"away{number}@example.com")
        centre.session(person, THERAPISTS[0], ["scheduled", "cancelled", "no_show"][number % 3])
        centre.session(person, THERAPISTS[0], "done", month=9)
    families = [3, 2, 2, 1] * 5
    for number, children in enumerate(families):
        _family(centre, number, children)
    while len(centre.clients) < 300:
        number = len(centre.clients)
        person = centre.client(f"adult{number}@example.com")
        centre.expected[(f"adult{number}@example.com", frozenset(centre.attended(person)))] += 1
    assert sum(client["birth_date"] == CHILD for client in centre.clients) == 40
    return centre.store(db)


def _of_one_kind(centre: Centre, count: int, reason: str, **how: Any) -> None:
    for number in range(count):
        client_id = centre.client(**{"email": f"{reason}{number}@example.com", **how})
        centre.attended(client_id)
        centre.left_out[client_id] = reason


def _family(centre: Centre, number: int, children: int) -> None:
    """A grown-up, who may come too, with children; a few families are not to be asked for one reason each."""
    email = f"family{number // 2}@example.com"  # two families share an address
    odd = {16: "no_email", 17: "unsubscribed", 18: "minor_without_guardian", 19: "no_consent"}.get(number, "")
    parent = centre.client(None if odd == "no_email" else email, unsubscribed=odd == "unsubscribed")
    pairs = centre.attended(parent) if number % 3 == 0 else set()
    if odd in ("no_email", "unsubscribed") and pairs:
        centre.left_out[parent] = odd
        pairs = set()
    answers = odd != "minor_without_guardian"
    link = {"client_id": parent, "kind": "guardian" if number % 2 else "parent", "answers_surveys": answers}
    for _ in range(children):
        of_parent = {"psychotherapists": [], "clients": [link]}
        consent = odd != "no_consent"
        child = centre.client(None, consent, birth_date=CHILD, relationships=of_parent)
        own = centre.attended(child)
        if odd:
            centre.left_out[child] = odd
        else:
            pairs |= own
    if pairs:
        centre.expected[(email, frozenset(pairs))] += 1
