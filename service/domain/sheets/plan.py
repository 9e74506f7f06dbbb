"""What importing a sheet of sessions will do, decided without a store; preview and applying share it.

The storage side looks up what `known.wanted` asks for, hands it over as `Known`, and inserts what is planned.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from service.domain.booking import COUNTING
from service.domain.names import fold
from service.domain.sheets.doubts import Doubt, doubts
from service.domain.sheets.duplicates import AlreadyThere, PlannedSession, sorted_out
from service.domain.sheets.faults import Fault, Rejection
from service.domain.sheets.identity import NewClient, match_clients
from service.domain.sheets.known import Known
from service.domain.sheets.overlaps import Overlap, Span, overlaps
from service.domain.sheets.read import Sheet
from service.domain.sheets.rows import Parsed, rejected
from service.domain.sheets.sessions import SessionRow
from service.texts import _

_UNCLEAR = Fault("client_unclear", _("Más de un cliente puede ser este: escriba su documento."))


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows add up: sessions + duplicates + ignored + rejections are all rows below the headings.

    `duplicates` holds the rows that differ too; `new_clients` go by first row, the other lists by row.
    """

    new_clients: list[NewClient] = field(default_factory=list)
    sessions: list[PlannedSession] = field(default_factory=list)
    duplicates: list[AlreadyThere] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    ignored: int = 0

    @property
    def different(self) -> list[AlreadyThere]:
        """Those of the duplicates whose values are not all the same."""
        return [there for there in self.duplicates if there.differences]


def plan_sessions(sheet: Sheet, parsed: Parsed[SessionRow], known: Known, zone: ZoneInfo) -> Plan:
    """The plan for a parsed sheet of sessions; `zone` only shows times in differences."""
    persons = {row.row: row.person for row in parsed.rows}
    matching = match_clients(persons, known.clients, _settled(parsed.rows, known))
    rows = [row for row in parsed.rows if row.row in matching.clients]
    planned, duplicates = sorted_out(rows, matching.clients, known.sessions, sheet.headings, zone)
    unclear = [rejected(sheet, row, "full_name", _UNCLEAR) for row in matching.unclear]
    return Plan(
        new_clients=matching.new,
        sessions=planned,
        duplicates=duplicates,
        overlaps=overlaps(list(_spans(planned, known))),
        doubts=doubts(persons, known.clients, matching),
        rejections=sorted([*parsed.rejections, *unclear], key=lambda rejection: rejection.row),
        ignored=parsed.ignored,
    )


def _settled(rows: Iterable[SessionRow], known: Known) -> dict[int, str]:
    """Row without document → whose session is stored with its psychotherapist, start and client's name."""
    rows = list(rows)
    names = _names(rows, known)
    stored: dict[tuple[str, datetime], set[str]] = defaultdict(set)
    for there in known.sessions:
        stored[there.psychotherapist_id, there.starts_at].add(there.client_id)
    found: dict[int, str] = {}
    for row in rows:
        name = fold(row.person.name)
        clients = [id for id in stored[row.psychotherapist_id, row.starts_at] if name in names[id]]
        if row.person.document is None and len(clients) == 1:
            found[row.row] = clients[0]
    return found


def _names(rows: Iterable[SessionRow], known: Known) -> dict[str, set[str]]:
    """Known client → folded names, in the store and in rows with the client's document."""
    names: dict[str, set[str]] = defaultdict(set)
    documents = {client.person.document: client.id for client in known.clients if client.person.document}
    for client in known.clients:
        names[client.id].add(fold(client.person.name))
    for person in (row.person for row in rows):
        if person.document and person.document in documents:
            names[documents[person.document]].add(fold(person.name))
    return names


def _spans(planned: Iterable[PlannedSession], known: Known) -> Iterator[Span]:
    """The time that is taken: by rows to be added and by stored sessions, unless cancelled."""
    for item in planned:
        row = item.session
        if row.status is None or row.status in COUNTING:
            yield Span(row.psychotherapist_id, item.client, row.starts_at, row.ends_at, row=row.row)
    for there in known.sessions:
        if there.counts:
            who = there.psychotherapist_id, there.client_id
            yield Span(*who, there.starts_at, there.ends_at, session_id=there.id)
