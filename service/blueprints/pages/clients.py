"""Clientes: list and search, a client's page with family and history, form, archiving and bringing back."""

from flask import Blueprint, Response, flash, jsonify, make_response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import client_words, lists, sending
from service.documents import client_search, clients, months, psychotherapists, sessions
from service.documents.store import Document
from service.domain.months import month_of
from service.domain.names import query_words
from service.domain.people import full_name, is_minor
from service.errors import Stale

routes = Blueprint("clients", __name__, url_prefix="/clientes")

#: How many clients typing ahead offers.
OFFERED = 8


@routes.get("")
def index() -> str:
    """Clients by family name; `?q=` searches, `?archivados=1` shows the archived ones."""
    db, q, archived = current.db(), request.args.get("q", "").strip(), request.args.get("archivados") == "1"
    found = client_search.search(db, q, archived=archived)
    page = min(lists.page_number(request.args), max(-(-len(found) // lists.PER_PAGE), 1))
    shown = found[(page - 1) * lists.PER_PAGE : page * lists.PER_PAGE]
    return render_template(
        "pages/clients/index.html",
        people=shown,
        ages={client["_id"]: client_words.age(client, current.today()) for client in shown},
        responsible=_responsible(shown),
        psychotherapists=psychotherapists.names(db),
        q=q,
        archived=archived,
        elsewhere=len(client_search.search(db, q, archived=not archived)) if q and not found else 0,
        total=len(found),
        page=page,
        per_page=lists.PER_PAGE,
        month=month_of(current.today()),
    )


@routes.get("/buscar")
def suggest() -> Response:
    """For typing ahead: {"items": [{id, name, detail, note}]} of the first found; without `?sin=`."""
    db, query = current.db(), request.args.get("q", "")
    found = client_search.search(db, query) if query_words(query) else []
    offered = [client for client in found if client["_id"] != request.args.get("sin")][:OFFERED]
    return jsonify(items=[client_words.suggestion(db, client, current.today()) for client in offered])


@routes.get("/<client_id>")
def show(client_id: str) -> str:
    """A client's page: data, family, psychotherapists, sessions with their totals; `?estado=` filters these.

    InvalidInput for a state of none.
    """
    db = current.db()
    client, status = clients.get(db, client_id), request.args.get("estado", "")
    condition = lists.history(db, client_id, request.args)
    of_all = months.totals(db, {"client_id": client_id})
    totals = months.totals(db, condition) if status else of_all
    total, page = sum(totals["by_status"].values()), lists.page_number(request.args)
    found = sessions.find(
        db, condition, skip=(page - 1) * lists.PER_PAGE, limit=lists.PER_PAGE, newest_first=True
    )
    family = clients.by_ids(db, [link["client_id"] for link in client["relationships"]["clients"]])
    return render_template(
        "pages/clients/show.html",
        client=client,
        age=client_words.age(client, current.today()),
        family=family,
        responsible=client_words.responsible(client, family),
        survey=client_words.survey_line(client, family, current.today()),
        psychotherapists=psychotherapists.names(db),
        rows=lists.rows(db, found),
        by_status=of_all["by_status"],
        chosen=status,
        gross={currency: own["gross_cents"] for currency, own in totals["by_currency"].items()},
        total=total,
        page=page,
        per_page=lists.PER_PAGE,
    )


@routes.get("/<client_id>/eliminar")
def confirm(client_id: str) -> str:
    """Asks before a client is removed, or archived where there are sessions."""
    return _confirmation(clients.get(current.db(), client_id))


@routes.post("/<client_id>/eliminar")
def delete(client_id: str) -> Response:
    """Removes a client; one with sessions is archived."""
    client = clients.get(current.db(), client_id)
    try:
        removed = clients.delete(current.db(), client_id, sending.version(request.form), current.now())
    except Stale as error:
        return make_response(_confirmation(error.current, stale=True), 412)
    if removed:
        flash(_("%(name)s fue eliminado.", name=full_name(client)), "success")
        return sending.see_other(".index")
    flash(_("%(name)s quedó archivado. Su historia se conserva.", name=full_name(client)), "success")
    return sending.see_other(".show", client_id=client_id)


@routes.post("/<client_id>/recuperar")
def restore(client_id: str) -> Response:
    """Brings an archived client back."""
    try:
        clients.restore(current.db(), client_id, sending.version(request.form), current.now())
    except Stale:
        flash(_("Otra persona guardó cambios en este cliente. Revíselo y vuelva a pulsar."), "warning")
    else:
        flash(_("Cliente recuperado."), "success")
    return sending.see_other(".show", client_id=client_id)


def _confirmation(client: Document, stale: bool = False) -> str:
    db = current.db()
    family = clients.by_ids(db, [link["client_id"] for link in client["relationships"]["clients"]])
    total = sessions.count(db, {"client_id": client["_id"]})
    return render_template(
        "pages/clients/confirm.html", client=client, total=total, family=family, stale=stale
    )


def _responsible(people: list[Document]) -> dict[str, Document]:
    """Who answers for those of `people` who are minors, by the client's id."""
    minors = [client for client in people if is_minor(client.get("birth_date"), current.today())]
    links = [link["client_id"] for client in minors for link in client["relationships"]["clients"]]
    family = clients.by_ids(current.db(), links)
    found = {client["_id"]: client_words.responsible(client, family) for client in minors}
    return {client_id: other for client_id, other in found.items() if other}
