"""With whom, how and how long a client usually comes: what a new session of theirs begins with.

Bounded: one look-up by index, the client's latest session.
"""

from typing import Any, NamedTuple

from service.database import Db
from service.documents import sessions
from service.documents.store import Document


class Habit(NamedTuple):
    """`last` is the client's latest session that counts, up to today; {} without one.

    `psychotherapist_id` is who attends them: the latest of their relationships, else who did the last time;
    "" where nobody does. `attends` says that it stands in the relationships.
    """

    psychotherapist_id: str
    attends: bool
    last: Document

    @property
    def defaults(self) -> dict[str, Any]:
        """What a new session takes over: {psychotherapist_id, modality, minutes, room, link}, some of them.

        The place is the last one's only where it was with the same psychotherapist.
        """
        who = {"psychotherapist_id": self.psychotherapist_id} if self.psychotherapist_id else {}
        if not self.last:
            return who
        length = self.last["ends_at"] - self.last["starts_at"]
        how = {"modality": self.last["modality"], "minutes": int(length.total_seconds()) // 60}
        same = self.last["psychotherapist_id"] == self.psychotherapist_id
        places = {name: self.last[name] for name in ("room", "link") if same and self.last.get(name)}
        return {**who, **how, **places}


def of(db: Db, client: Document, today: str) -> Habit:
    """A client's habit on a local day."""
    held = {"client_id": client["_id"], "counts": True, "local_date": {"$lte": today}}
    latest = sessions.find(db, held, limit=1, newest_first=True)
    last = latest[0] if latest else {}
    links = sorted(client["relationships"]["psychotherapists"], key=lambda link: str(link["since"]))
    if links:
        return Habit(links[-1]["psychotherapist_id"], True, last)
    return Habit(last.get("psychotherapist_id", ""), False, last)
