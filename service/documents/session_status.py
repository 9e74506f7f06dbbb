"""The status of sessions changed at the desk: of one, or of several with a report of those that could not be.

Each session is changed by itself and under the version that was read, so that a change of many never
overwrites what somebody else has just written in one of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import session_undo, sessions
from service.documents.store import Document
from service.domain.booking import COUNTING
from service.domain.money import Money
from service.errors import Conflict, InvalidInput, NotFound, Stale
from service.texts import _

_TWO_CURRENCIES = _("Hay citas en soles y en dólares: cámbielas por separado si hay un monto a cobrar.")


class Ref(NamedTuple):
    """A session as it was read: its id and version."""

    id: str
    version: int


class Refused(NamedTuple):
    """A session that was left as it is, and why; an empty `session` where there is no trace of it."""

    session: Document
    error: NotFound | Stale | Conflict | InvalidInput


class Outcome(NamedTuple):
    """What became of several sessions: `changed` as stored now, and those left as they are.

    One that already was as wanted is in neither.
    """

    changed: list[Document]
    refused: list[Refused]


def change(db: Db, ref: Ref, status: str, charge_cents: int, now: datetime, zone: ZoneInfo) -> Document:
    """Gives one session a status and, where that does not count, a charge in its own currency.

    NotFound, Stale, or Conflict where a session that counts again finds its hour taken. One that is so
    already stays untouched.
    """
    current = sessions.get(db, ref.id)
    if current["version"] != ref.version:
        raise Stale(current)
    charge = 0 if status in COUNTING else charge_cents
    if (current["status"], current["charge_cents"]) == (status, charge):
        return current
    changes = {"status": status, "charge": Money(charge, current["currency"])}
    return sessions.update(db, ref.id, changes, ref.version, now, zone, undoable=session_undo.STATUS_FIELDS)


def change_all(
    db: Db, refs: Sequence[Ref], status: str, charge_cents: int, now: datetime, zone: ZoneInfo
) -> Outcome:
    """Gives several sessions a status.

    InvalidInput, and nothing is changed, for an amount over sessions of both currencies: it cannot mean both.
    """
    _check_currencies(db, refs, charge_cents)
    outcome = Outcome([], [])
    for ref in refs:
        try:
            session = change(db, ref, status, charge_cents, now, zone)
        except (NotFound, Stale, Conflict, InvalidInput) as error:
            outcome.refused.append(Refused(session_undo.last_known(db, ref.id), error))
        else:
            if session["version"] != ref.version:
                outcome.changed.append(session)
    return outcome


def undo_all(db: Db, refs: Sequence[Ref], now: datetime, zone: ZoneInfo) -> Outcome:
    """Takes back the changes of status and the deletions that wrote `refs`."""
    outcome = Outcome([], [])
    for ref in refs:
        try:
            outcome.changed.append(session_undo.undo(db, ref.id, ref.version, now, zone))
        except (NotFound, Stale, Conflict, InvalidInput) as error:
            outcome.refused.append(Refused(session_undo.last_known(db, ref.id), error))
    return outcome


def _check_currencies(db: Db, refs: Sequence[Ref], charge_cents: int) -> None:
    ids = [ref.id for ref in refs]
    if charge_cents and len(db.sessions.distinct("currency", {"_id": {"$in": ids}})) > 1:
        raise InvalidInput({"charge": [_TWO_CURRENCIES]})
