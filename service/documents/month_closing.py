"""Closing a month and opening it again.

A closing is prepared as a document of its own: the lines, what the named aggregations make of these lines,
the adjustments that the month carries. Only then does `months` point at it, on condition that it still is as
it was read: of two people who close at once, one closes. What a crash leaves prepared is never pointed at,
and goes when the month is closed. A session written in between is found as an adjustment later.
"""

from collections.abc import Mapping
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import clients, closings, month_counts, months, psychotherapists, store
from service.documents.store import Document
from service.domain import closings as domain
from service.domain import figures
from service.domain.months import month_of
from service.domain.names import fold
from service.domain.people import full_name
from service.domain.statements import document_text
from service.errors import Conflict, InvalidInput, Stale
from service.texts import _

CLOSED, REOPENED = "closed", "reopened"


def close(
    db: Db, month: str, staff_id: str, today: str, now: datetime, version: int | None = None
) -> Document:
    """Closes a month; its state afterwards (documents.closings).

    InvalidInput before the month is over (`today` is the centre's), Conflict where it is closed, Stale where
    somebody else closed or opened it since `version`.
    """
    before = _read(db, month, version)
    if "closing" in before:
        raise Conflict(_("Este mes ya está cerrado."))
    if month >= month_of(today):
        raise InvalidInput({"month": [_("Un mes se cierra cuando ha terminado.")]})
    number = before["number"] + 1
    closing = _prepare(db, month, number, now)
    event = {"what": CLOSED, "number": number, "at": now, "by": staff_id}
    marked = {month, *(line["month"] for line in closing["adjustments"])}
    after = _point(db, before, {"number": number, "closing": closing["_id"]}, event, marked)
    # What others prepared, or a crash left, is never pointed at now: the state has another version.
    db.closings.delete_many({"month": month, "number": number, "_id": {"$ne": closing["_id"]}})
    return after


def reopen(
    db: Db, month: str, reason: str, staff_id: str, now: datetime, version: int | None = None
) -> Document:
    """Opens a closed month again; the next closing is a version higher. Conflict where it is open, else as
    `close`.
    """
    before = _read(db, month, version)
    closing = closings.in_force(db, month)
    if closing is None:
        raise Conflict(_("Este mes está abierto."))
    event = {"what": REOPENED, "number": before["number"], "at": now, "by": staff_id, "reason": reason}
    marked = {month, *(line["month"] for line in closing["adjustments"])}
    return _point(db, before, {"number": before["number"], "closing": None}, event, marked)


def _read(db: Db, month: str, version: int | None) -> Document:
    state = closings.state(db, month)
    if version not in (None, state["version"]):
        raise Stale(state)
    return state


def _prepare(db: Db, month: str, number: int, now: datetime) -> Document:
    """The closing, stored but not pointed at."""
    sessions = closings.rows_of(
        db, None, [{"$match": {"month": month}}, {"$sort": {"starts_at": 1, "_id": 1}}]
    )
    people = clients.by_ids(db, [session["client_id"] for session in sessions])
    names = {client_id: full_name(client) for client_id, client in people.items()}
    lines = [domain.kept_line(session, names.get(session["client_id"], "–")) for session in sessions]
    closing: Document = {"_id": store.new_id(), "month": month, "number": number, "created_at": now}
    closing |= {"adjustments": months.adjustments(db, month)}
    db.closings.insert_one({**closing, "lines": lines})
    counted = {
        **month_counts.money(db, month, closing["_id"]),
        "new_clients": sorted(
            figures.client_groups(month, *month_counts.clients(db, month, closing["_id"]))["new"]
        ),
        "people": _people(db, closing, {line["psychotherapist_id"] for line in lines}),
    }
    if not db.closings.update_one({"_id": closing["_id"]}, {"$set": counted}).matched_count:
        raise Conflict(_("Otra persona está cerrando este mes."))
    return {**closing, **counted}


def _people(db: Db, closing: Document, busy: set[str]) -> Mapping[str, Document]:
    """{id: {name, document_text, folio}} of all psychotherapists; who had sessions comes first, by name."""
    known = psychotherapists.names(db).values()
    ordered = sorted(known, key=lambda one: (one["_id"] not in busy, fold(full_name(one)), one["_id"]))
    before = {"month": closing["month"], "number": closing["number"] - 1}
    earlier = db.closings.find_one(before, {"people": 1})
    given = {person_id: kept["folio"] for person_id, kept in earlier["people"].items()} if earlier else {}
    folios = domain.folios(closing["month"], [person["_id"] for person in ordered], given)
    return {
        person["_id"]: {
            "name": full_name(person),
            "document_text": document_text(person.get("document")),
            "folio": folios[person["_id"]],
        }
        for person in ordered
    }


def _point(db: Db, before: Document, fields: Document, event: Document, marked: set[str]) -> Document:
    """Writes the state of a month if it still is as `before`; Stale where it is not."""
    change: Document = {
        "$set": {name: value for name, value in fields.items() if value is not None},
        "$push": {"history": event},
        "$inc": {"version": 1},
        "$addToSet": {"pending": {"$each": sorted(marked)}},
    }
    gone = {name: "" for name, value in fields.items() if value is None}
    change |= {"$unset": gone} if gone else {}
    same = {"_id": before["_id"], "version": before["version"]}
    try:
        changed = db.months.update_one(same, change, upsert=before["version"] == 0)
    except DuplicateKeyError:
        raise Stale(closings.state(db, before["_id"])) from None
    if not changed.matched_count and changed.upserted_id is None:
        raise Stale(closings.state(db, before["_id"]))
    return closings.state(db, before["_id"])
