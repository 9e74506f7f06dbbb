"""The two mails of an invitation, the survey and its reminder: which wait, which were lost, what they say."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import clients, deliveries, invitations
from service.documents.deliveries import Mail
from service.documents.store import Document
from service.domain.months import local_day
from service.domain.surveys import NO_EMAIL, why_no_longer

SURVEY, REMINDER = "survey", "reminder"
#: Kind of mail → the part of the invitation that it stands under.
PARTS = {SURVEY: "", REMINDER: "reminder"}

#: `error` of a mail that waits for another day.
DAILY_LIMIT = "daily_limit"
CLOSED, ANSWERED, MERGED = "closed", "answered", "merged"


def mail(db: Db, invitation_id: str, kind: str) -> Mail:
    """One of an invitation's two mails. A survey that has gone changes its month's number of invited."""
    counted: Document = {"$addToSet": {"pending": invitation_id[:7]}} if kind == SURVEY else {}
    return Mail(db.invitations, invitation_id, PARTS[kind], counted)


def due(db: Db, now: datetime) -> list[tuple[str, str]]:
    """(kind, invitation id) of every mail that waits for a worker. `now` is the real instant."""
    return [
        (kind, each) for kind, part in PARTS.items() for each in deliveries.due(db.invitations, part, now)
    ]


def give_up_lost(db: Db, now: datetime, at: datetime) -> int:
    """Marks as unconfirmed what was being handed over by a worker that was killed; how many."""
    lost = [
        (kind, r["_id"]) for kind, part in PARTS.items() for r in deliveries.lost(db.invitations, part, now)
    ]
    for kind, invitation_id in lost:
        deliveries.give_up(mail(db, invitation_id, kind), now, at)
    return len(lost)


def retry(db: Db, invitation_id: str) -> bool:
    """Has an invitation's mail that failed or is unconfirmed sent again, to the person's address of now; of
    both the first.

    False where there is none, or nothing to send it to. NotFound without the invitation.
    """
    person = reader(db, invitations.get(db, invitation_id)) or {}
    kinds = PARTS if person.get("email") else ()
    return any(deliveries.again(mail(db, invitation_id, kind)) for kind in kinds)


def retry_refused(db: Db, month: str) -> int:
    """Has every mail of a month that failed sent again; how many."""
    return sum(
        deliveries.again(mail(db, each["_id"], kind))
        for each in invitations.find(db, month)
        for kind, part in PARTS.items()
        if (each.get(part, {}) if part else each).get("state") == "failed"
    )


def try_now(db: Db, month: str) -> None:
    """Has a month's mails that wait for their next attempt tried at once: what kept them back was mended."""
    for part in PARTS.values():
        _hurry(db, deliveries.path_of(part), {"month": month})


def free_limited(db: Db) -> None:
    """Has what the day's limit held back tried at once, since that was changed."""
    for part in PARTS.values():
        path = deliveries.path_of(part)
        _hurry(db, path, {f"{path}error": DAILY_LIMIT})


def reader(db: Db, invitation: Document) -> Document | None:
    """The client who reads an invitation's mails, also where that was another record when it was prepared;
    None where there is no such client any more.
    """
    asked = invitation["person_id"]
    return db.clients.find_one({"_id": clients.present_ids(db, [asked])[asked]}, {"search": 0})


def why_not(
    db: Db, invitation: Document, kind: str, person: Document | None, at: datetime, zone: ZoneInfo
) -> str:
    """Why a mail that was prepared must not go any more at the calendar's `at`; "" where it may."""
    if invitation["closes_at"] <= at:
        return CLOSED
    if kind == REMINDER and "answered_at" in invitation:
        return ANSWERED
    if person is None:
        return NO_EMAIL
    ids = clients.present_ids(db, [pair["client_id"] for pair in invitation["pairs"]]).values()
    people = invitations.people(db, ids)
    about = [people[client_id] for client_id in ids if client_id in people]
    reason = why_no_longer(person, about, people, local_day(invitation["prepared_at"], zone))
    return reason or (MERGED if _goes_to_a_twin(db, invitation, person) else "")


def readdress(db: Db, invitation: Document, email: str) -> None:
    """Keeps where an invitation's mail goes, where that is not the address it was prepared for."""
    if invitation["email"] != email:
        change = {"$set": {"email": email}, "$inc": {"version": 1}}
        db.invitations.update_one({"_id": invitation["_id"]}, change)


def _hurry(db: Db, path: str, which: Document) -> None:
    held = {**which, f"{path}state": "pending", f"{path}next_at": {"$exists": True}}
    db.invitations.update_many(held, {"$unset": {f"{path}next_at": ""}, "$inc": {"version": 1}})


def _goes_to_a_twin(db: Db, invitation: Document, person: Document) -> bool:
    """Whether somebody who was two clients until they were merged has their mail under the other one.

    That is the one that went out; of two that wait, the one of the client who stayed.
    """
    if "merges" not in person:
        return False
    shown = {"month": 1, "person_id": 1, "state": 1}
    others = db.invitations.find({"month": invitation["month"], "state": {"$ne": "withdrawn"}}, shown)
    month = {each["person_id"]: each for each in others}
    now = clients.present_ids(db, month)
    own = [each for person_id, each in month.items() if now[person_id] == person["_id"]]
    first = min(own, key=lambda each: (each["state"] not in deliveries.GONE, *_order(each, person)))
    return bool(first["_id"] != invitation["_id"])


def _order(invitation: Document, person: Document) -> tuple[bool, str]:
    return invitation["person_id"] != person["_id"], invitation["_id"]


def message_id(invitation: Mapping[str, Any], kind: str) -> str:
    """The left half of a mail's Message-ID: always the same for the same mail, and naming nobody."""
    made_of = f"{kind}\0{invitation['_id']}\0{invitation['nonce']}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]
