"""What an import adds and takes back: every document carries its `batch`, the import's id.

The id of each follows from the import and the row, so that an import that was interrupted can be done again
from its beginning and still adds each row once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from service.database import Db
from service.documents import clients, closings, exchange_rates, psychotherapists, store
from service.documents.store import Document
from service.domain.booking import derived, initial_status
from service.domain.marks import marked
from service.domain.sheets.duplicates import PlannedSession
from service.domain.sheets.identity import NewClient
from service.domain.sheets.persons import Person
from service.domain.sheets.plan import Plan
from service.domain.sheets.psychotherapists import PsychotherapistPlan, PsychotherapistRow
from service.domain.terms import terms_on

#: Told how many documents are written, of how many; may raise to stop.
Progress = Callable[[int, int], None]

#: What a batch may hold, in the order in which it is taken back: nothing goes while something refers to it.
COLLECTIONS = ("sessions", "clients", "psychotherapists")

#: By which field a session refers to a document of the collection.
_SESSION_FIELDS = {"clients": "client_id", "psychotherapists": "psychotherapist_id"}
_AT_ONCE = 500
_VERSIONS = {"version": 1, "batch_version": 1}
#: What is kept of a session that is taken back.
_BURIED = ("client_id", "month", "local_date", "batch")


class PlanOutdated(Exception):
    """Somebody registered a person of the file meanwhile: it has to be planned again."""


def add_sessions(db: Db, batch: str, plan: Plan, now: datetime, zone: ZoneInfo, progress: Progress) -> None:
    """Writes the planned clients and sessions. PlanOutdated, with nothing of it counted as done."""
    ids = {client.key: _id(batch, client.row) for client in plan.new_clients}
    people = [_client(batch, ids[client.key], client, now) for client in plan.new_clients]
    terms = {person_id: person["terms"] for person_id, person in psychotherapists.names(db).items()}
    sessions = [
        _session(batch, planned, ids.get(planned.client, planned.client), terms, now, zone)
        for planned in plan.sessions
    ]
    sessions = exchange_rates.frozen(db, sessions)
    total = len(people) + len(sessions)
    for done in _insert(db.clients, people):
        progress(done, total)
    for done in _insert(db.sessions, sessions):
        progress(len(people) + done, total)


def add_psychotherapists(
    db: Db, batch: str, plan: PsychotherapistPlan, now: datetime, progress: Progress
) -> None:
    """Writes the planned psychotherapists."""
    people = [_psychotherapist(batch, row, now) for row in plan.new]
    for done in _insert(db.psychotherapists, people):
        progress(done, len(people))


def in_the_way(db: Db, batch: str) -> list[Document]:
    """What keeps a batch from being taken back: [{type, id, reason: "edited" | "used" | "closed"}]; closed is
    a session's month.
    """
    found = [
        {"type": name, "id": document["_id"], "reason": "edited"}
        for name in COLLECTIONS
        for document in db[name].find({"batch": batch, "version": {"$ne": 1}}, _VERSIONS)
        if not _is_as_added(document)
    ]
    closed = {"batch": batch, "month": {"$in": sorted(closings.closed_months(db))}}
    found += [
        {"type": "sessions", "id": session["_id"], "reason": "closed"}
        for session in db.sessions.find(closed, {"_id": 1})
    ]
    return found + _used(db, batch)


def remove(db: Db, batch: str, now: datetime, progress: Progress) -> None:
    """Takes back what is still as the import left it, and whom nothing refers to.

    A session leaves a tombstone without money or note, which the month's summary waits for.
    """
    ids = {name: [one["_id"] for one in db[name].find({"batch": batch}, {"_id": 1})] for name in COLLECTIONS}
    total, done = sum(map(len, ids.values())), 0
    for name in COLLECTIONS:
        for some in _pieces(ids[name]):
            kept = _with_sessions(db, name, some, {})
            gone = [one for one in some if one not in kept]
            for as_added in _as_added(db, name, batch, gone):
                if name == "sessions":
                    _bury(db, as_added, now)
                else:
                    db[name].delete_many(as_added)
            done += len(some)
            progress(done, total)


def _as_added(db: Db, name: str, batch: str, ids: Sequence[str]) -> Iterator[Document]:
    """Conditions for those of the documents that are still as the import left them, one a version."""
    by_version: dict[int, list[str]] = {}
    for document in db[name].find({"_id": {"$in": list(ids)}, "batch": batch}, _VERSIONS):
        if _is_as_added(document):
            by_version.setdefault(document["version"], []).append(document["_id"])
    for version, those in by_version.items():
        yield {"_id": {"$in": those}, "batch": batch, "version": version}


def _is_as_added(document: Document) -> bool:
    """Whether nobody has written it since, but for a merge that was undone and gave it back as it was."""
    return bool(document["version"] == document.get("batch_version", 1))


def _bury(db: Db, condition: Document, now: datetime) -> None:
    shown = dict.fromkeys(("version", "pending", *_BURIED), 1)
    graves = [
        ReplaceOne({"_id": session["_id"], "version": session["version"]}, _tombstone(session, now))
        for session in db.sessions.find(condition, shown)
    ]
    if graves:
        db.sessions.bulk_write(graves, ordered=False)


def _tombstone(session: Document, now: datetime) -> Document:
    deleted = {name: session[name] for name in _BURIED}
    gone = {"_id": session["_id"], "version": session["version"] + 1, "deleted_at": now, "deleted": deleted}
    return marked(gone, session)


def _used(db: Db, batch: str) -> list[Document]:
    """Clients and psychotherapists of the batch that something outside of it refers to."""
    used = []
    for name in _SESSION_FIELDS:
        ids = [one["_id"] for one in db[name].find({"batch": batch}, {"_id": 1})]
        for some in _pieces(ids):
            found = _with_sessions(db, name, some, {"batch": {"$ne": batch}})
            used += [{"type": name, "id": one, "reason": "used"} for one in sorted(found)]
    link = "relationships.psychotherapists"
    for person in db.psychotherapists.find({"batch": batch}, {"_id": 1}):
        if db.clients.find_one({f"{link}.psychotherapist_id": person["_id"]}, {"_id": 1}):
            used.append({"type": "psychotherapists", "id": person["_id"], "reason": "used"})
    return used


def _with_sessions(db: Db, name: str, ids: Sequence[str], condition: Document) -> set[str]:
    """Who of these clients or psychotherapists has sessions of a condition; nobody of anything else."""
    field = _SESSION_FIELDS.get(name)
    if field is None:
        return set()
    return {
        session[field] for session in db.sessions.find({field: {"$in": list(ids)}, **condition}, {field: 1})
    }


def _insert(collection: Collection[Document], documents: Sequence[Document]) -> Iterator[int]:
    """Inserts what is not there yet; gives how many are written after each piece."""
    done = 0
    for some in _pieces(documents):
        try:
            collection.insert_many(some, ordered=False)
        except BulkWriteError as error:
            if any(list(wrong.get("keyPattern", {})) != ["_id"] for wrong in error.details["writeErrors"]):
                raise PlanOutdated() from None
        done += len(some)
        yield done


def _pieces(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def _id(batch: str, row: int) -> str:
    return store.derived_id(batch, str(row))


def _person(person: Person) -> Document:
    fields: Document = {"given_names": person.given_names, "family_names": person.family_names}
    optional = {"email": person.email, "phone": person.phone, "birth_date": person.birth_date}
    document = person.document._asdict() if person.document else None
    return fields | {name: value for name, value in {**optional, "document": document}.items() if value}


def _client(batch: str, id: str, new: NewClient, now: datetime) -> Document:
    return {**clients.new_document(_person(new.person), now), "_id": id, "batch": batch}


def _psychotherapist(batch: str, row: PsychotherapistRow, now: datetime) -> Document:
    terms = {
        "commission_bp": row.commission_bp,
        "default_price": row.price,
        "license_number": row.license_number,
    }
    document = psychotherapists.new_document({**_person(row.person), **terms}, now)
    return {**document, "_id": _id(batch, row.row), "batch": batch}


def _session(
    batch: str, planned: PlannedSession, client_id: str, terms: dict[str, Any], now: datetime, zone: ZoneInfo
) -> Document:
    row = planned.session
    session: Document = {
        "_id": _id(batch, row.row),
        "version": 1,
        "client_id": client_id,
        "psychotherapist_id": row.psychotherapist_id,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "modality": row.modality,
        "status": row.status or initial_status(row.ends_at, now),
        "currency": row.price.currency,
        "price_cents": row.price.cents,
        "charge_cents": 0,
        "commission_bp": terms_on(terms[row.psychotherapist_id], row.local_date)["commission_bp"],
        "series_id": None,
        "note": row.note or "",
        "overbooking_reason": "",
        "batch": batch,
        "created_at": now,
        "updated_at": now,
    }
    return marked({**session, **derived(session, zone)})
