"""Calendar feeds: the secret addresses by which psychotherapists read their sessions; only hashes are kept.

One document a psychotherapist, `_id` theirs: {secret_hash, version, created_at}. Writing another secret over
it is what revokes the former one.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents import clients, psychotherapists, store
from service.documents.store import Document
from service.domain import calendar_feed
from service.domain.people import full_name
from service.errors import NotFound, Stale

#: 256 bits.
_SECRET_BYTES = 32
#: Longer is no secret of ours, and is not even hashed.
_LONGEST_SECRET = 100


def find(db: Db, psychotherapist_id: str) -> Document | None:
    """A psychotherapist's feed; None where there is none. It does not know its secret."""
    return db.calendar_feeds.find_one({"_id": psychotherapist_id})


def renew(db: Db, psychotherapist_id: str, version: int, now: datetime) -> str:
    """A new secret, which nobody can be told again; a former one is worth nothing from here on.

    `version` is that of the feed that was seen, 0 for none; Stale where somebody was faster.
    """
    psychotherapists.get(db, psychotherapist_id)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    feed = {"secret_hash": _hash(secret), "version": version + 1, "created_at": now}
    if version:
        seen = {"_id": psychotherapist_id, "version": version}
        if not db.calendar_feeds.update_one(seen, {"$set": feed}).matched_count:
            raise Stale(find(db, psychotherapist_id))
        return secret
    try:
        db.calendar_feeds.insert_one({"_id": psychotherapist_id, **feed})
    except DuplicateKeyError as error:
        raise Stale(find(db, psychotherapist_id)) from error
    return secret


def revoke(db: Db, psychotherapist_id: str) -> None:
    """Takes the feed away; nothing where there is none."""
    db.calendar_feeds.delete_one({"_id": psychotherapist_id})


def owner(db: Db, secret: str) -> Document:
    """The psychotherapist of a secret; NotFound for an unknown or revoked one, or if they attend no more."""
    known = len(secret) <= _LONGEST_SECRET
    feed = db.calendar_feeds.find_one({"secret_hash": _hash(secret)}) if known else None
    if feed is None:
        raise NotFound()
    person = store.get(db.psychotherapists, feed["_id"])
    if not person["active"]:
        raise NotFound()
    return person


def content(
    db: Db, psychotherapist: Document, today: str, zone: ZoneInfo, modalities: Mapping[str, str]
) -> bytes:
    """The iCalendar file of a psychotherapist around the local day `today`, with a word for each modality.

    It looks at no more than that psychotherapist's sessions near it; a store whose indexes have one field
    takes the months, MongoDB the psychotherapist and the start.
    """
    window = calendar_feed.window(today, zone)
    near: dict[str, Any] = {
        "psychotherapist_id": psychotherapist["_id"],
        "starts_at": {"$gte": window.since, "$lt": window.before},
        "month": {"$in": window.months},
    }
    found = list(db.sessions.find(near).sort([("starts_at", 1), ("_id", 1)]))
    people = clients.by_ids(db, [session["client_id"] for session in found])
    given_names = {client_id: person["given_names"] for client_id, person in people.items()}
    return calendar_feed.calendar(full_name(psychotherapist), found, given_names, modalities)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
