"""Invitations: one per answering person and month, written before any mail; its state is on the record.

    {_id: "<month>-<person>", version, month, person_id, email, language, nonce, link_hash,
     prepared_at, closes_at,
     pairs: [{client_id, psychotherapist_id}],
     state: "pending" | "claimed" | "handing" | "sent" | "unconfirmed" | "failed" | "withdrawn",
     attempts, next_at, lease {token, until}, error, sent_at     (documents.deliveries),
     reminder: {the same of the reminder's mail} once it is due,
     answered_at, answer, pending: [month] (the month's summary is to be made again)}

`withdrawn` was prepared and never sent: `error` says why (one of domain.surveys.REASONS, or
"not_responsible", "merged", "closed"). The secret of the link is not here: domain.survey_links makes it, and
`find_by_secret` looks for its hash. `email` is where the latest mail went, or is to go.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from service.database import Db
from service.documents import clients, store
from service.documents.store import Document
from service.domain import survey_links, surveys
from service.domain.surveys import Asked, LeftOut, Pair

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
    asked, left_out = unasked(db, month, day)
    new = [_invitation(month, each, key, now, closes_at) for each in asked]
    try:
        if new:
            db.invitations.insert_many(new, ordered=False)
    except BulkWriteError as error:
        if any(each["code"] != _DUPLICATE_KEY for each in error.details["writeErrors"]):
            raise
    return left_out


def unasked(db: Db, month: str, day: str) -> tuple[list[Asked], list[LeftOut]]:
    """Who is still to be asked about a month on a local day, and who is left out, with what is stored now.

    Whoever was asked as another record, since merged, was asked; what was withdrawn asked nobody.
    """
    done = db.sessions.find({"month": month, "status": "done"}, {"client_id": 1, "psychotherapist_id": 1})
    pairs = {(session["client_id"], session["psychotherapist_id"]) for session in done}
    asked, left_out = surveys.choose(sorted(pairs), people(db, {client_id for client_id, _ in pairs}), day)
    persons, asked_about = _asked(db, month)
    return surveys.unasked(asked, persons, asked_about), left_out


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


def people(db: Db, client_ids: Iterable[str]) -> dict[str, Document]:
    """These clients and those who answer for them, by id."""
    found = clients.by_ids(db, client_ids)
    others = {
        link["client_id"]
        for client in found.values()
        for link in client["relationships"]["clients"]
        if link["answers_surveys"]
    }
    return found | clients.by_ids(db, others - found.keys())


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


def _asked(db: Db, month: str) -> tuple[set[str], set[Pair]]:
    """Who has an invitation for a month, and about which pairs somebody was asked, as who they are now."""
    invited = list(db.invitations.find({"month": month}, {"state": 1, "person_id": 1, "pairs": 1}))
    out = [each for each in invited if each["state"] != "withdrawn"]
    persons = {each["person_id"] for each in out}
    pairs = [(pair["client_id"], pair["psychotherapist_id"]) for each in out for pair in each["pairs"]]
    now = clients.present_ids(db, persons | {client_id for client_id, _ in pairs})
    return (
        {each["person_id"] for each in invited} | {now[person_id] for person_id in persons},
        {(now[client_id], psychotherapist_id) for client_id, psychotherapist_id in pairs},
    )


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
