"""Who may do what only one may do at a time: one document per lease, taken and renewed atomically.

`now` is the real instant (service.clock.system_now), never the frozen calendar.
"""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from service.database import Db


def acquire(db: Db, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Whether `holder` has lease `name` from now for `seconds`: it was free, run out, or its own already."""
    free = {"_id": name, "$or": [{"holder": holder}, {"until": {"$lte": now}}]}
    held = {"holder": holder, "until": now + timedelta(seconds=seconds)}
    try:
        db.leases.update_one(free, {"$set": held}, upsert=True)
    except DuplicateKeyError:  # somebody else's document is there and has not run out
        return False
    return True


def release(db: Db, name: str, holder: str) -> None:
    """Gives the lease back if `holder` still has it, so that the next one need not wait for it to run out."""
    db.leases.delete_one({"_id": name, "holder": holder})
