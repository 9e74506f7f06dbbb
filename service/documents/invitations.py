"""Invitations: one per answering person and month, written before any mail; its state is on the record.

    {_id: "<month>-<person>", version, month, person_id, email, language, nonce, link_hash,
     prepared_at, closes_at,
     pairs: [{client_id, psychotherapist_id}],
     state: "pending" | "claimed" | "handing" | "sent" | "unconfirmed" | "failed" | "withdrawn",
     attempts, next_at, lease {token, until}, error, sent_at     (documents.deliveries),
     reminder: {the same of the reminder's mail} once it is due,
     answered_at, answer, pending: [month] (the month's summary is to be made again)}

`withdrawn` was prepared and never sent: `error` says why (one of domain.surveys.REASONS, or "closed"). The
secret of the link is not here: domain.survey_links makes it, and `find_by_secret` looks for its hash.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from service.database import Db
from service.documents import store
from service.documents.store import Document
from service.domain import survey_links
from service.domain.surveys import Asked, LeftOut, choose

#: What counts as invited in a response rate.
INVITED = ("sent", "unconfirmed")
DEFAULT_LANGUAGE = "es"
#: A mail that nobody has tried to send yet.
WAITING: Document = {"state": "pending", "attempts": 0}

_DUPLICATE_KEY = 11000


def prepare(db: Db, month: str, key: bytes, day: str, now: datetime, closes_at: datetime) -> list[LeftOut]:
    """Writes an invitation for everybody who is to be asked about `month` and has none yet; who is left out.

    `day` is the local day of `now`. Doing it again, or several at once, adds nothing twice.
    """
    asked, left_out = chosen(db, month, day)
    new = [_invitation(month, each, key, now, closes_at) for each in asked]
    try:
        if new:
            db.invitations.insert_many(new, ordered=False)
    except BulkWriteError as error:
        if any(each["code"] != _DUPLICATE_KEY for each in error.details["writeErrors"]):
            raise
    return left_out


def chosen(db: Db, month: str, day: str) -> tuple[list[Asked], list[LeftOut]]:
    """Who would be asked about a month on a local day, and who would not, with what is stored now."""
    done = db.sessions.find({"month": month, "status": "done"}, {"client_id": 1, "psychotherapist_id": 1})
    pairs = {(session["client_id"], session["psychotherapist_id"]) for session in done}
    return choose(sorted(pairs), _people(db, {client_id for client_id, _ in pairs}), day)


def get(db: Db, invitation_id: str) -> Document:
    """One invitation; NotFound without it."""
    return store.get(db.invitations, invitation_id)


def find(db: Db, month: str) -> list[Document]:
    """The invitations of a month, in the order of their ids."""
    return list(db.invitations.find({"month": month}).sort("_id", 1))


def find_by_secret(db: Db, secret: str) -> Document | None:
    """The invitation of a link's secret: one hash, one look-up, whatever is wrong with it."""
    if len(secret) > survey_links.LONGEST_SECRET:
        secret = ""
    return db.invitations.find_one({"link_hash": survey_links.secret_hash(secret)})


def mark_reminders(db: Db, month: str, now: datetime, sent_until: datetime) -> int:
    """Says that who has not answered is to be reminded, once; how many it now said it of.

    That is everybody whose mail left us until `sent_until` and whose link still works at `now`. Who wants no
    more mails is found when the reminder is about to go.
    """
    unanswered = {"answered_at": {"$exists": False}, "closes_at": {"$gt": now}}
    gone = {"state": {"$in": list(INVITED)}, "sent_at": {"$lte": sent_until}}
    marked = db.invitations.update_many(
        {"month": month, **gone, **unanswered, "reminder": {"$exists": False}},
        {"$set": {"reminder": WAITING}, "$inc": {"version": 1}},
    )
    return marked.modified_count


def _people(db: Db, client_ids: set[str]) -> dict[str, Document]:
    """These clients and those who answer for them, by id."""
    people = _by_id(db, client_ids)
    others = {
        link["client_id"]
        for client in people.values()
        for link in client["relationships"]["clients"]
        if link["answers_surveys"]
    }
    return people | _by_id(db, others - people.keys())


def _by_id(db: Db, client_ids: Iterable[str]) -> dict[str, Document]:
    found = db.clients.find({"_id": {"$in": sorted(client_ids)}}, {"search": 0})
    return {client["_id"]: client for client in found}


def _invitation(month: str, asked: Asked, key: bytes, now: datetime, closes_at: datetime) -> Document:
    invitation_id, nonce = f"{month}-{asked.person['_id']}", survey_links.new_nonce()
    pairs: list[dict[str, Any]] = [
        {"client_id": client_id, "psychotherapist_id": psychotherapist_id}
        for client_id, psychotherapist_id in asked.pairs
    ]
    return {
        "_id": invitation_id,
        "version": 1,
        "month": month,
        "person_id": asked.person["_id"],
        "email": asked.person["email"],
        "language": asked.person.get("language") or DEFAULT_LANGUAGE,
        "pairs": pairs,
        "nonce": nonce,
        "link_hash": survey_links.secret_hash(survey_links.secret(key, invitation_id, nonce)),
        "prepared_at": now,
        "closes_at": closes_at,
        **WAITING,
    }
