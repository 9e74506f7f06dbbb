"""A small centre in October 2026: both currencies, every state, two percents, a child, an odd name."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service import database
from service.database import Db
from service.documents import clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain.money import Money
from tests.conftest import NOW

LIMA = ZoneInfo("America/Lima")
MONTH, TODAY = "2026-10", "2026-10-15"


@dataclass(frozen=True)
class SmallCentre:
    """Ids of its people."""

    db: Db
    emard: str
    roberts: str
    fisher: str
    ana: str
    #: Without sessions, and nobody's family.
    bruno: str
    rosa: str
    mateo: str
    jose: str
    lucia: str
    luciano: str

    def session(self, day: str, start: str, client: str, therapist: str, **more: Any) -> Document:
        """A session of 50 minutes, as it is stored; virtual unless `more` says otherwise."""
        starts_at = datetime.fromisoformat(f"{day}T{start}").replace(tzinfo=LIMA)
        data = {
            "client_id": client,
            "psychotherapist_id": therapist,
            "modality": "virtual",
            "starts_at": starts_at,
        }
        data |= {"ends_at": starts_at + timedelta(minutes=more.pop("minutes", 50)), **more}
        return sessions.create(self.db, data, NOW, LIMA)


def fill(db: Db) -> SmallCentre:
    """Stores people and 16 sessions: 2 of September, 14 of October of which 3 were missed or cancelled.

    One after the other they are stored once a run, and copied from then on.
    """
    if not _FILLED:
        _FILLED.append(_fill_empty(db))
    [(centre, stored)] = _FILLED
    for name, documents in stored.items():
        db[name].insert_many(documents)
    return replace(centre, db=db)


#: What `_fill_empty` gave.
_FILLED: list[tuple[SmallCentre, dict[str, list[Document]]]] = []


def _fill_empty(beside: Db) -> tuple[SmallCentre, dict[str, list[Document]]]:
    """The centre in a database of its own beside this one, and all documents of it by collection."""
    db = database.open_database(beside.client, f"{beside.name}_first")
    database.ensure_indexes(db)
    centre = _people(db)
    _month(centre)
    stored = {name: documents for name in db.list_collection_names() if (documents := list(db[name].find()))}
    beside.client.drop_database(db.name)
    return centre, stored


def _people(db: Db) -> SmallCentre:
    def therapist(names: str, bp: int, cents: int, currency: str) -> str:
        given, family = names.split()
        data = {"given_names": given, "family_names": family, "commission_bp": bp}
        person = psychotherapists.create(
            db, {**data, "default_price": Money(cents, currency), "active": True}, NOW
        )
        return str(person["_id"])

    def client(given: str, family: str, **more: Any) -> str:
        return str(clients.create(db, {"given_names": given, "family_names": family, **more}, NOW)["_id"])

    emard, roberts = (
        therapist("Ronald Emard", 3750, 18000, "PEN"),
        therapist("Hellen Roberts", 3000, 6000, "USD"),
    )
    fisher = therapist("Logan Fisher", 4000, 20000, "PEN")
    later = {"commission_bp": 4250, "effective_on": "2026-10-12"}
    psychotherapists.update(db, fisher, later, None, NOW)
    rosa = client("Rosa", "Quispe Mamani")
    guardian = {"clients": [{"client_id": rosa, "kind": "guardian", "answers_surveys": True}]}
    return SmallCentre(
        db,
        emard,
        roberts,
        fisher,
        ana=client("Ana <b>", "Ñahui & Hijos"),
        bruno=client("Bruno", "Castillo Díaz"),
        rosa=rosa,
        mateo=client("Mateo", "Quispe", birth_date="2016-05-01", relationships=guardian),
        jose=client("José Ángel", "Ríos"),
        lucia=client("Lucía", "Fernández Ñahui", document={"type": "DNI", "number": "45310882"}),
        luciano=client("Luciano", "Fernández"),
    )


def _month(centre: SmallCentre) -> None:
    ana, mateo, jose, lucia = centre.ana, centre.mateo, centre.jose, centre.lucia
    on_site = {"modality": "on_site"}
    centre.session("2026-09-03", "09:00", lucia, centre.emard)
    centre.session("2026-09-10", "09:00", jose, centre.roberts)
    centre.session("2026-10-01", "09:00", lucia, centre.emard)
    centre.session("2026-10-02", "09:00", lucia, centre.emard, price=Money(7500, "PEN"), **on_site)
    centre.session("2026-10-05", "10:00", mateo, centre.emard, **on_site)
    centre.session("2026-10-05", "11:00", jose, centre.roberts)
    centre.session(
        "2026-10-06", "15:00", ana, centre.fisher, status="no_show", charge=Money(10000, "PEN"), **on_site
    )
    centre.session("2026-10-07", "16:00", ana, centre.fisher)
    centre.session("2026-10-08", "08:30", mateo, centre.emard, status="cancelled")
    centre.session("2026-10-09", "12:00", jose, centre.roberts, status="cancelled", charge=Money(3000, "USD"))
    centre.session("2026-10-14", "17:00", ana, centre.fisher, **on_site)
    centre.session(TODAY, "09:00", lucia, centre.emard)
    centre.session(TODAY, "11:30", mateo, centre.emard, **on_site)
    centre.session(TODAY, "16:00", jose, centre.emard)
    centre.session(TODAY, "16:00", ana, centre.fisher)
    centre.session("2026-10-30", "09:00", ana, centre.roberts)
