"""How far a mail is, on the record it belongs to, so that a crash neither loses it nor sends it twice.

    pending → claimed (lease, token) → handing (just before the content goes out) → sent

A `claimed` whose lease ran out is taken again. A `handing` whose lease ran out is `unconfirmed`: nobody can
know, and it is not sent again by itself. `failed` was refused for good, `withdrawn` is not to be sent any
more. Fields: {state, attempts, next_at, lease {token, until}, error, sent_at}, at the top of the record or
under `part`.

`now` is the real instant (service.clock.system_now), never the frozen calendar; `at` is the calendar's.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from pymongo import ReturnDocument
from pymongo.collection import Collection

from service.documents import store
from service.documents.store import Document

#: Longer than a slow server may take for one mail; a worker that was killed is followed by another after it.
LEASE = timedelta(seconds=180)
#: The pause after the first failed attempt; each further one is three times as long, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)

#: It has left us, for all we know.
GONE = ("sent", "unconfirmed")
#: Nothing more happens to it by itself.
SETTLED = (*GONE, "failed", "withdrawn")


class Mail(NamedTuple):
    """One mail: the record, the field it stands under ("" for the record itself), and what else to write when
    it has gone, or has not after all.
    """

    records: Collection[Document]
    id: str
    part: str = ""
    when_gone: Document = {}

    @property
    def path(self) -> str:
        """What the names of its fields begin with."""
        return path_of(self.part)


def path_of(part: str) -> str:
    """What the names of a mail's fields begin with, where it stands under `part` of its record."""
    return f"{part}." if part else ""


class Claim(NamedTuple):
    """A mail that one worker has until its lease runs out."""

    mail: Mail
    token: str
    record: Document
    attempts: int


def claim(mail: Mail, now: datetime) -> Claim | None:
    """The mail, for the caller alone; None where it is gone, not due yet or another's."""
    token = store.new_id()
    record = _write(
        mail,
        _free(mail.path, now),
        {"state": "claimed", "lease": {"token": token, "until": now + LEASE}},
        more={"$inc": {"version": 1, f"{mail.path}attempts": 1}},
    )
    if record is None:
        return None
    return Claim(mail, token, record, (record[mail.part] if mail.part else record)["attempts"])


def handing(claim: Claim, now: datetime) -> bool:
    """Says that the content goes out now; False where the lease ran out and another worker has the mail."""
    lease = {"token": claim.token, "until": now + LEASE}
    return _mine(claim, ("claimed",), {"state": "handing", "lease": lease}) is not None


def sent(claim: Claim, at: datetime) -> None:
    """The server has it; also where that is known only after the lease ran out."""
    gone = {"state": "sent", "sent_at": at, "error": None, "lease": None}
    _mine(claim, ("handing", "unconfirmed"), gone, claim.mail.when_gone)


def unconfirmed(claim: Claim, at: datetime) -> None:
    """Nobody can know whether the server has it."""
    _mine(claim, ("handing",), {"state": "unconfirmed", "sent_at": at, "error": None}, claim.mail.when_gone)


def later(claim: Claim, words: str, next_at: datetime) -> None:
    """It was not taken for now; `words` say why."""
    waits = {"state": "pending", "next_at": next_at, "error": words, "lease": None}
    _mine(claim, ("claimed", "handing"), waits)


def failed(claim: Claim, words: str) -> None:
    """It was refused for good."""
    _mine(claim, ("claimed", "handing"), {"state": "failed", "error": words, "lease": None})


def withdrawn(claim: Claim, reason: str) -> None:
    """It is not to be sent any more."""
    _mine(claim, ("claimed",), {"state": "withdrawn", "error": reason, "lease": None})


def again(mail: Mail) -> bool:
    """Has a mail that failed or is unconfirmed sent again, because somebody asked for it; whether it was
    one.
    """
    fresh = {"state": "pending", "attempts": 0, **dict.fromkeys(("next_at", "error", "lease", "sent_at"))}
    known = {f"{mail.path}state": {"$in": ["failed", "unconfirmed"]}}
    return _write(mail, known, fresh, more=mail.when_gone) is not None


def due(records: Collection[Document], part: str, now: datetime) -> list[str]:
    """Ids of the records whose mail waits for a worker, in their order."""
    path = path_of(part)
    return [each["_id"] for each in records.find(_free(path, now), {"_id": 1}).sort("_id", 1)]


def lost(records: Collection[Document], part: str, now: datetime) -> list[Document]:
    """The records whose mail was being handed over by a worker that is no more."""
    path = path_of(part)
    return list(records.find({f"{path}state": "handing", f"{path}lease.until": {"$lte": now}}))


def give_up(mail: Mail, now: datetime, at: datetime) -> None:
    """Marks one of `lost` as unconfirmed."""
    run_out = {f"{mail.path}state": "handing", f"{mail.path}lease.until": {"$lte": now}}
    _write(mail, run_out, {"state": "unconfirmed", "sent_at": at, "error": None}, mail.when_gone)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    times: int = 3 ** min(attempts - 1, 10)
    return min(FIRST_PAUSE * times, LONGEST_PAUSE)


def _free(path: str, now: datetime) -> Document:
    waits = {f"{path}state": "pending", f"{path}next_at": {"$not": {"$gt": now}}}
    return {"$or": [waits, {f"{path}state": "claimed", f"{path}lease.until": {"$lte": now}}]}


def _mine(
    claim: Claim, states: tuple[str, ...], fields: Document, more: Document | None = None
) -> Document | None:
    path = claim.mail.path
    held = {f"{path}state": {"$in": list(states)}, f"{path}lease.token": claim.token}
    return _write(claim.mail, held, fields, more)


def _write(
    mail: Mail, condition: Document, fields: Document, more: Document | None = None
) -> Document | None:
    """Sets `fields` of the mail (None removes one) where `condition` holds; the record, or None."""
    kept = {f"{mail.path}{name}": value for name, value in fields.items() if value is not None}
    gone = {f"{mail.path}{name}": "" for name, value in fields.items() if value is None}
    change: Document = {"$inc": {"version": 1}, **(more or {}), "$set": kept}
    if gone:
        change["$unset"] = gone
    return mail.records.find_one_and_update(
        {"_id": mail.id, **condition}, change, return_document=ReturnDocument.AFTER
    )
