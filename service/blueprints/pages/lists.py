"""Lists of sessions: each with the names of its people, a month filtered and added up."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

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
#: `?estado=` that takes what is over and still says that it is to come.
UNMARKED = "pasadas"
#: `?clientes=` that takes the sessions of the clients behind one of a month's figures.
CLIENT_GROUPS = {"nuevos": "new", "recurrentes": "recurrent", "ambas": "both"}


def page_of_sessions(args: Mapping[str, str]) -> dict[str, Any]:
    """What the list of a month's sessions shows: one page of rows besides what every view shows."""
    common = shared(args)
    total = sum(common["totals"]["by_status"].values())
    page = min(page_number(args), max(1, -(-total // PER_PAGE)))
    skip = (page - 1) * PER_PAGE
    found = months.lines(current.db(), common["condition"], skip=skip, limit=PER_PAGE)
    return {**common, "rows": rows(current.db(), found), "total": total, "page": page, "per_page": PER_PAGE}


def shared(args: Mapping[str, str]) -> dict[str, Any]:
    """What every view of sessions shows: the period, the filters, and what its sessions add up to.

    `condition` is the store's, `here` the address's arguments. InvalidInput for a period or a filter that
    does not exist.
    """
    db = current.db()
    filters, shown = filters_in(args), period.of(args)
    condition = sessions.condition(db, filters)
    client_id = filters.get("client_id", "")
    return {
        "period": shown,
        "month": shown.month,
        "closed": shown.month in closings.closed_months(db),
        "here": shown.args | {name: value for name, value in args.items() if name not in period.ARGS},
        "condition": condition,
        "totals": months.totals(db, condition),
        "client": clients.by_ids(db, [client_id]).get(client_id),
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
    group_of_states = given.pop("status") if given.get("status") in (COUNTED, UNMARKED) else ""
    shown = period.of(args)
    filters = {**load_filters(given), **shown.filters}
    if group_of_states == COUNTED:
        filters["counts"] = True
    if group_of_states == UNMARKED:
        filters |= sessions.unmarked(current.now())
    group = args.get("clientes")
    if group:
        filters["client_ids"] = _client_group(group, shown.month)
    return filters


def history(db: Db, client_id: str, args: Mapping[str, str]) -> Document:
    """The condition for a client's sessions of all months, or for those of a state; InvalidInput for none."""
    status = {"status": args["estado"]} if args.get("estado") else {}
    return sessions.condition(db, load_filters({"client_id": client_id, **status}))


def page_number(args: Mapping[str, str]) -> int:
    """The page of a list that the address asks for, 1 where it says nothing usable."""
    text = args.get("pagina", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _client_group(group: str, month: str) -> set[str]:
    if group not in CLIENT_GROUPS:
        raise InvalidInput({"clientes": [_("Elija una de las opciones.")]})
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
