"""Lists of sessions: each with the names of its people, a month filtered and added up."""

from collections.abc import Mapping, Sequence
from typing import Any

from service import current
from service.blueprints.pages import client_words, period
from service.database import Db
from service.documents import clients, closings, months, psychotherapists, sessions
from service.documents.store import Document
from service.domain.people import full_name, is_minor
from service.errors import InvalidInput
from service.schemas.filters import load_filters

PER_PAGE = 50
#: What the address of a page calls each filter, in Spanish, as DOMAIN's words do.
FILTERS = {
    "psicoterapeuta": "psychotherapist_id",
    "cliente": "client_id",
    "q": "q",
    "estado": "status",
    "tipo": "modality",
    "moneda": "currency",
}
#: `?estado=` that takes what a report counts as a session: programadas y realizadas.
COUNTED = "cuentan"
#: `?clientes=` that takes the sessions of the clients behind one of a month's figures.
CLIENT_GROUPS = {"nuevos": "new", "recurrentes": "recurrent", "ambas": "both"}


def month_of_sessions(args: Mapping[str, str]) -> dict[str, Any]:
    """What the list of a month's sessions shows: one page of rows, what all of them add up to, the filters.

    InvalidInput for a month or a filter that does not exist.
    """
    db = current.db()
    filters, shown = filters_in(args), period.of(args)
    condition = sessions.condition(db, filters)
    totals = months.totals(db, condition)
    total = sum(totals["by_status"].values())
    page = min(page_number(args), max(1, -(-total // PER_PAGE)))
    found = months.lines(db, condition, skip=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return {
        "period": shown,
        "month": shown.month,
        "closed": shown.month in closings.closed_months(db),
        "client": clients.by_ids(db, [filters["client_id"]]).get(filters["client_id"])
        if "client_id" in filters
        else None,
        "rows": rows(db, found),
        "totals": totals,
        "total": total,
        "page": page,
        "per_page": PER_PAGE,
        "psychotherapists": [(person["_id"], full_name(person)) for person in psychotherapists.search(db)],
    }


def rows(db: Db, sessions: Sequence[Document]) -> list[dict[str, Any]]:
    """[{session, kept, client_name, guardian_name, psychotherapist_name}], in the order given.

    `kept` says that it is a closed month's line, which no change of the session reaches. `guardian_name` is
    "" for whoever was of age on the day of the session or has nobody responsible.
    """
    people = clients.by_ids(db, [session["client_id"] for session in sessions])
    family = clients.by_ids(db, [other for person in people.values() for other in _links(person)])
    therapists = psychotherapists.names(db)
    return [
        {
            "session": session,
            "kept": "client_name" in session,
            "client_name": session.get("client_name") or _name(people.get(session["client_id"])),
            "guardian_name": _guardian(people.get(session["client_id"]), family, session["local_date"]),
            "psychotherapist_name": _name(therapists.get(session["psychotherapist_id"])),
        }
        for session in sessions
    ]


def filters_in(args: Mapping[str, str]) -> dict[str, Any]:
    """The filters of a list of sessions out of its address, always of one period (see pages.period).

    InvalidInput for a month, a day or a filter that does not exist.
    """
    given = {name: args[spanish] for spanish, name in FILTERS.items() if args.get(spanish)}
    counted = given.get("status") == COUNTED
    if counted:
        del given["status"]
    shown = period.of(args)
    filters = {**load_filters(given), **shown.filters}
    if counted:
        filters["counts"] = True
    group = args.get("clientes")
    if group:
        filters["client_ids"] = _client_group(group, shown.month)
    return filters


def page_number(args: Mapping[str, str]) -> int:
    """The page of a list that the address asks for, 1 where it says nothing usable."""
    text = args.get("pagina", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _client_group(group: str, month: str) -> set[str]:
    if group not in CLIENT_GROUPS:
        raise InvalidInput({"clientes": ["Elija una de las opciones."]})
    return months.client_groups(current.db(), month)[CLIENT_GROUPS[group]]


def _links(person: Document) -> list[str]:
    return [link["client_id"] for link in person.get("relationships", {}).get("clients", [])]


def _guardian(person: Document | None, family: Mapping[str, Document], day: str) -> str:
    if person is None or not is_minor(person.get("birth_date"), day):
        return ""
    other = client_words.responsible(person, family)
    return full_name(other) if other else ""


def _name(person: Document | None) -> str:
    return full_name(person) if person else "–"
