"""Every list as a file, CSV or Excel, with the filter that the list's own address has."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from service import current, formats
from service.blueprints.pages import lists, period, undo
from service.documents import client_search, clients, months, new_clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain import exported
from service.domain.exported import Table
from service.domain.months import month_of, parse_month
from service.errors import InvalidInput
from service.exports import FORMATS, MAX_ROWS
from service.languages import translated
from service.schemas.filters import load_span

routes = Blueprint("exports", __name__)

#: Behind a list's address: the ending says the format.
_FILE = "/exportar.<any(csv, xlsx):ending>"


@routes.get(f"/citas{_FILE}")
def session_list(ending: str) -> Response:
    """A month's sessions, all pages of the list with its filters."""
    db, filters = current.db(), lists.filters_in(request.args)
    found = months.lines(db, sessions.condition(db, filters), limit=MAX_ROWS + 1)
    return _sessions_file(_bounded(found), _("citas-%(month)s", month=period.of(request.args).name), ending)


@routes.post(f"/citas/varias{_FILE}")
def chosen_sessions(ending: str) -> Response:
    """The sessions that were ticked in a list, as they are now."""
    ids = [ref.id for ref in undo.refs()]
    return _sessions_file(
        sessions.find(current.db(), {"_id": {"$in": ids}, "counts": {"$exists": True}}), _("citas"), ending
    )


@routes.get(f"/clientes{_FILE}")
def client_list(ending: str) -> Response:
    """The clients that `?q=` and `?archivados=1` find."""
    db, archived = current.db(), request.args.get("archivados") == "1"
    found = _bounded(client_search.search(db, request.args.get("q", "").strip(), archived=archived))
    name = _("clientes-archivados") if archived else _("clientes")
    return file_answer(exported.clients(found, psychotherapists.names(db), current.today(), name), ending)


@routes.get(f"/clientes/historia{_FILE}")
def client_history(ending: str) -> Response:
    """A client's sessions (`?cliente=`) of all months, the latest first, or those of a state (`?estado=`)."""
    db = current.db()
    client = clients.get(db, request.args.get("cliente", ""))
    condition = lists.history(db, client["_id"], request.args)
    found = sessions.find(db, condition, limit=MAX_ROWS + 1, newest_first=True)
    return _sessions_file(_bounded(found), _("historia"), ending)


@routes.get(f"/clientes/nuevos{_FILE}")
def new_client_list(ending: str) -> Response:
    """The new clients of a month (`?mes=`), or of the months `?desde=` … `?hasta=`."""
    db = current.db()
    first, last = load_span(request.args, "mes", "desde", "hasta")
    found = new_clients.between(db, first, last)
    return file_answer(exported.new_clients(found, psychotherapists.names(db), first, last), ending)


@routes.get(f"/psicoterapeutas{_FILE}")
def psychotherapist_list(ending: str) -> Response:
    """The psychotherapists that `?q=` finds, with the terms of today."""
    found = _bounded(psychotherapists.search(current.db(), request.args.get("q", "").strip()))
    return file_answer(exported.psychotherapists(found, current.today()), ending)


@routes.get(f"/reportes/mensual{_FILE}")
def month_report(ending: str) -> Response:
    """A month's figures by psychotherapist and currency."""
    month = parse_month(request.args.get("mes") or month_of(current.today()), "mes")
    return file_answer(exported.month(months.figures(current.db(), month)), ending)


def _sessions_file(found: list[Document], name: str, ending: str) -> Response:
    db, zone = current.db(), current.settings().zone
    people = clients.by_ids(db, [session["client_id"] for session in found])
    return file_answer(exported.sessions(found, people, psychotherapists.names(db), zone, name), ending)


def _bounded(found: list[Document]) -> list[Document]:
    """The rows of a list; InvalidInput where they are too many for a file."""
    if len(found) > MAX_ROWS:
        most = formats.number(MAX_ROWS)
        raise InvalidInput({"q": [_("La lista tiene más de %(most)s filas. Acote el filtro.", most=most)]})
    return found


def file_answer(table: Table, ending: str) -> Response:
    """A list as the file that an ending stands for."""
    write, media_type = FORMATS[ending]
    response = Response(write(table), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{translated(table.name)}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response
