"""How many mails went out on a local day, one counter each, so that a provider's daily limit is kept."""

from pymongo.errors import DuplicateKeyError

from service.database import Db


def take(db: Db, day: str, most: int) -> bool:
    """Whether one more mail may go out on local `day`, which it then counts; `most` 0 is no limit."""
    if not most:
        return True
    try:
        db.mail_days.update_one({"_id": day, "count": {"$lt": most}}, {"$inc": {"count": 1}}, upsert=True)
    except DuplicateKeyError:  # the day's document is there and full
        return False
    return True


def give_back(db: Db, day: str) -> None:
    """One of the day's mails did not go out after all."""
    db.mail_days.update_one({"_id": day, "count": {"$gt": 0}}, {"$inc": {"count": -1}})
