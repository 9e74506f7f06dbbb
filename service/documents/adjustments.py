"""What was changed in a month after it was closed (domain.adjustments)."""

from service.database import Db
from service.documents import clients, closings
from service.documents.store import Document
from service.domain import adjustments as domain
from service.domain.adjustments import Line
from service.domain.people import full_name


def of_month(db: Db, month: str) -> list[Line]:
    """The lines that are still to be made up for of one month, comparing all its sessions."""
    closing_id = closings.state(db, month).get("closing")
    carried = closings.carried(db, month)
    if closing_id is None and not carried:
        return []
    everything = [{"$match": {"month": month}}]
    kept = closings.rows_of(db, closing_id, everything) if closing_id else None
    lines = domain.differences(month, closings.rows_of(db, None, everything), kept, carried)
    return _named(db, lines)


def _named(db: Db, lines: list[Line]) -> list[Line]:
    """The lines with the name of each client, which those of present sessions lack."""
    people: dict[str, Document] = clients.by_ids(db, [line["client_id"] for line in lines])
    names = {client_id: full_name(client) for client_id, client in people.items()}
    return [{"client_name": names.get(line["client_id"], "–"), **line} for line in lines]
