"""Lists of sessions: each with the names of its people, a month filtered and added up."""

from collections.abc import Mapping, Sequence
from typing import Any

from service import current
from service.database import Db
from service.documents import clients, months, psychotherapists, sessions
from service.documents.store import Document
from service.domain.months import month_of
from service.domain.people import full_name
from service.schemas.filters import load_filters

PER_PAGE = 50
#: What the address of a page calls each filter, in Spanish, as DOMAIN's words do.
FILTERS = {
    "mes": "month",
    "psicoterapeuta": "psychotherapist_id",
    "cliente": "client_id",
    "q": "q",
    "estado": "status",
    "tipo": "modality",
    "moneda": "currency",
}


def month_of_sessions(args: Mapping[str, str]) -> dict[str, Any]:
    """What the list of a month's sessions shows: one page of rows, what all of them add up to, and the filters."""
    db = current.db()
    filters = load_filters({name: args[spanish] for spanish, name in FILTERS.items() if args.get(spanish)})
    filters.setdefault("month", month_of(current.today()))
    condition = sessions.condition(db, filters)
    total, page = sessions.count(db, condition), page_number(args)
    found = sessions.find(db, condition, skip=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return {
        "filters": filters,
        "rows": rows(db, found),
        "totals": months.totals(db, condition),
        "total": total,
        "page": page,
        "per_page": PER_PAGE,
        "psychotherapists": psychotherapists.search(db),
    }


def rows(db: Db, sessions: Sequence[Document]) -> list[dict[str, Any]]:
    """[{session, client_name, psychotherapist_name}], in the order given."""
    people = clients.by_ids(db, [session["client_id"] for session in sessions])
    therapists = psychotherapists.names(db)
    return [
        {
            "session": session,
            "client_name": _name(people.get(session["client_id"])),
            "psychotherapist_name": _name(therapists.get(session["psychotherapist_id"])),
        }
        for session in sessions
    ]


def page_number(args: Mapping[str, str]) -> int:
    """The page of a list that the address asks for, 1 where it says nothing usable."""
    text = args.get("pagina", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _name(person: Document | None) -> str:
    return full_name(person) if person else "–"
