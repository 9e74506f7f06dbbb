"""What is in the way of a session: the other sessions of its psychotherapist and of its client."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from service.database import Db
from service.documents import clients, psychotherapists
from service.documents.store import Document
from service.domain.booking import overlapping
from service.domain.months import days_around, local_time
from service.domain.people import full_name
from service.errors import Conflict
from service.texts import _

_WHO = (("psychotherapist_id", "psychotherapist"), ("client_id", "client"))
_IDS = [who for who, _overlap in _WHO]
Wanted = Mapping[str, Any]


def slot_conflict(db: Db, session: Wanted, zone: ZoneInfo) -> Conflict | None:
    """What is in the way of a session: its psychotherapist's other sessions, or else its client's.

    `session` needs _id, starts_at, ends_at, psychotherapist_id and client_id; who is "" is not looked for.
    """
    taken = overlaps(db, [session], zone)[session["_id"]]
    if not taken:
        return None
    first = taken[0]["overlap"]
    named = [item for item in taken if item["overlap"] == first]
    return Conflict(
        named[0]["message"], [_without_message(item) for item in named], field="overbooking_reason"
    )


def overlaps(db: Db, wanted: Sequence[Wanted], zone: ZoneInfo) -> dict[str, list[Document]]:
    """For each of `wanted`, by its id, the stored sessions in its way, by start, ready for JSON.

    [{session_id, overlap: "psychotherapist" | "client", starts_at, ends_at, message}], each once, the
    psychotherapist's first. All of `wanted` have the same people; none of them is in another's way here, nor
    is one in the way as it is stored now.
    """
    days = {session["_id"]: days_around(session["starts_at"], session["ends_at"], zone) for session in wanted}
    found: dict[str, dict[str, Document]] = {session["_id"]: {} for session in wanted}
    for who, overlap in _WHO:
        by_day = _by_day(db, wanted, who, days)
        for session in wanted:
            others = (other for day in days[session["_id"]] for other in by_day[day])
            for other in sorted(overlapping(session, others), key=lambda taken: taken["starts_at"]):
                found[session["_id"]].setdefault(other["_id"], {"session": other, "overlap": overlap})
    return _described(db, found, zone)


def _by_day(
    db: Db, wanted: Sequence[Wanted], who: str, days: Mapping[str, Iterable[str]]
) -> dict[str, list[Document]]:
    """The sessions of one person on the days that matter, without those that are wanted themselves."""
    by_day: dict[str, list[Document]] = defaultdict(list)
    if wanted and wanted[0][who]:
        every = sorted({day for around in days.values() for day in around})
        for session in db.sessions.find({"local_date": {"$in": every}, who: wanted[0][who]}):
            if session["_id"] not in days:
                by_day[session["local_date"]].append(session)
    return by_day


def _described(
    db: Db, found: Mapping[str, Mapping[str, Document]], zone: ZoneInfo
) -> dict[str, list[Document]]:
    taken = [item["session"] for items in found.values() for item in items.values()]
    people = psychotherapists.names(db) if taken else {}
    people |= clients.by_ids(db, [session["client_id"] for session in taken]) if taken else {}
    return {
        wanted_id: [_in_the_way(item["session"], item["overlap"], people, zone) for item in items.values()]
        for wanted_id, items in found.items()
    }


def _in_the_way(session: Document, overlap: str, people: Mapping[str, Document], zone: ZoneInfo) -> Document:
    therapist, client = (
        full_name(people[session[who]]) if session[who] in people else "" for who, _name in _WHO
    )
    starts, ends = (local_time(session[name], zone) for name in ("starts_at", "ends_at"))
    names = {"therapist": therapist, "client": client, "starts": starts, "ends": ends}
    message = (
        _("%(therapist)s ya atiende a %(client)s de %(starts)s a %(ends)s.", **names)
        if overlap == "psychotherapist"
        else _("%(client)s ya tiene una cita con %(therapist)s de %(starts)s a %(ends)s.", **names)
    )
    instants = {name: session[name].isoformat() for name in ("starts_at", "ends_at")}
    return {"session_id": session["_id"], "overlap": overlap, **instants, "message": message}


def _without_message(item: Document) -> Document:
    return {name: value for name, value in item.items() if name != "message"}
