"""What direction sets for the centre: one document, `_id` "centre", {version, surveys: {…}, …}.

A part that was never set, or a name of it that came later, has its default.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from service.database import Db
from service.documents.store import Document
from service.domain.survey_schedule import Schedule
from service.errors import Stale

CENTRE = "centre"
#: `on_since`: when `on` was last set, None while off. `mails_per_day`: 0 is no limit.
SURVEYS: Document = {**Schedule()._asdict(), "on": False, "on_since": None, "mails_per_day": 0}
DEFAULTS: dict[str, Document] = {"surveys": SURVEYS}


def get(db: Db) -> Document:
    """{version (0: never set), surveys: {on, on_since, send_day, send_hour, remind_day, close_day,
    mails_per_day}}.
    """
    stored = db.settings.find_one({"_id": CENTRE}) or {"version": 0}
    parts = {part: {**defaults, **stored.get(part, {})} for part, defaults in DEFAULTS.items()}
    return {"version": stored["version"], **parts}


def schedule(db: Db) -> Schedule:
    """The days and hour of the surveys."""
    surveys = get(db)["surveys"]
    return Schedule(**{name: surveys[name] for name in Schedule._fields})


def change_surveys(db: Db, fields: Mapping[str, Any], version: int, now: datetime) -> Document:
    """Sets fields of `surveys`; Stale where the settings are no longer at `version`."""
    before = get(db)["surveys"]
    after = {**before, **fields}
    after["on_since"] = (before["on_since"] or now) if after["on"] else None
    return _change(db, "surveys", after, version)


def _change(db: Db, part: str, value: Document, version: int) -> Document:
    change = {"$set": {part: value}, "$inc": {"version": 1}}
    try:
        done = db.settings.update_one(
            {"_id": CENTRE, **({"version": version} if version else {"version": {"$exists": False}})},
            change,
            upsert=not version,
        )
    except DuplicateKeyError:  # somebody else's first settings are there
        raise Stale(get(db)) from None
    if version and not done.matched_count:
        raise Stale(get(db))
    return get(db)
