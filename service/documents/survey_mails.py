"""The two mails of an invitation, the survey and its reminder: which wait, which were lost, what they say."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import clients, deliveries, invitations
from service.documents.deliveries import Mail
from service.documents.store import Document
from service.domain.surveys import NO_CONSENT, NO_EMAIL, UNSUBSCRIBED

SURVEY, REMINDER = "survey", "reminder"
#: Kind of mail → the part of the invitation that it stands under.
PARTS = {SURVEY: "", REMINDER: "reminder"}

CLOSED, ANSWERED = "closed", "answered"


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
    """Has an invitation's mails that failed or are unconfirmed sent again, to the person's address of now.

    False where there is none, or nothing to send it to. NotFound without the invitation.
    """
    invitation = invitations.get(db, invitation_id)
    person = db.clients.find_one({"_id": invitation["person_id"]}, {"email": 1}) or {}
    address = {"email": person["email"]} if person.get("email") else {}
    tried = [deliveries.again(mail(db, invitation_id, kind), address) for kind in PARTS if address]
    return any(tried)


def reader(db: Db, invitation: Document) -> Document | None:
    """The client who reads an invitation's mails; None where there is no such client any more."""
    return db.clients.find_one({"_id": invitation["person_id"]}, {"search": 0})


def why_not(db: Db, invitation: Document, kind: str, person: Mapping[str, Any] | None, at: datetime) -> str:
    """Why a mail that was prepared must not go any more at the calendar's `at`; "" where it may."""
    if invitation["closes_at"] <= at:
        return CLOSED
    if kind == REMINDER and "answered_at" in invitation:
        return ANSWERED
    if person is None:
        return NO_EMAIL
    if person.get("unsubscribed_at"):
        return UNSUBSCRIBED
    about = clients.by_ids(db, [pair["client_id"] for pair in invitation["pairs"]])
    return "" if any(client.get("survey_consent") for client in about.values()) else NO_CONSENT


def message_id(invitation: Mapping[str, Any], kind: str) -> str:
    """The left half of a mail's Message-ID: always the same for the same mail, and naming nobody."""
    made_of = f"{kind}\0{invitation['_id']}\0{invitation['nonce']}"
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]
