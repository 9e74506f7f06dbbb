"""Logins: one document for each time somebody logged in; every token names it, so revoking it ends them all.

Stored in MongoDB and not in Redis: a revoked login stays revoked whatever happens to the queue.
"""

from datetime import datetime, timedelta

from service.database import Db
from service.documents import store

LIFETIME = timedelta(days=30)


def start(db: Db, staff_id: str, now: datetime) -> str:
    """Records a login and gives its id; logins of this person that are over go."""
    db.logins.delete_many({"staff_id": staff_id, "expires_at": {"$lte": now}})
    login = {"_id": store.new_id(), "staff_id": staff_id, "started_at": now, "expires_at": now + LIFETIME}
    db.logins.insert_one(login)
    return str(login["_id"])


def is_live(db: Db, login_id: str, staff_id: str, now: datetime) -> bool:
    """Whether the login was neither revoked nor has run out."""
    return db.logins.find_one({"_id": login_id, "staff_id": staff_id, "expires_at": {"$gt": now}}) is not None


def revoke(db: Db, login_id: str) -> None:
    """Ends a login and all its tokens."""
    db.logins.delete_one({"_id": login_id})


def revoke_all(db: Db, staff_id: str) -> None:
    """Ends every login of a person."""
    db.logins.delete_many({"staff_id": staff_id})
