"""Clientes: list and search, a client's page with family and history, form, archiving."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import lists, records, sending
from service.documents import clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain.people import age_on, full_name
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.clients import ClientSchema
from service.schemas.form import Form

routes = Blueprint("clients", __name__, url_prefix="/clientes")

_FORM = "pages/clients/form.html"
OFFERED = 8


@routes.get("")
def index() -> str:
    """Clients by family name; `?q=` searches, `?archivados=1` shows the archived ones."""
    q, archived = request.args.get("q", ""), request.args.get("archivados") == "1"
    found, page = clients.search(current.db(), q, archived=archived), lists.page_number(request.args)
    shown = found[(page - 1) * lists.PER_PAGE : page * lists.PER_PAGE]
    context = {"q": q, "archived": archived, "total": len(found), "page": page, "per_page": lists.PER_PAGE}
    return render_template("pages/clients/index.html", people=shown, ages=_ages(shown), **context)


@routes.get("/buscar")
def suggest() -> Response:
    """For typing ahead: [{id, name, detail}] of the first clients found; none without a query."""
    query = request.args.get("q", "")
    found = clients.search(current.db(), query)[:OFFERED] if query.strip() else []
    ages = _ages(found)
    return jsonify([_suggestion(person, ages[person["_id"]]) for person in found])


@routes.get("/nuevo")
def new() -> str:
    """An empty form."""
    return _page(Form(ClientSchema(), {"given_names": request.args.get("nombre", "")}))


@routes.post("/nuevo")
def create() -> Response:
    """Saves a new client."""
    try:
        data = records.loaded(ClientSchema())
        client = clients.create(current.db(), data, current.now(), sending.creation(request.form))
    except (InvalidInput, Conflict) as error:
        return records.form_again(_FORM, ClientSchema(), error, **_choices())
    flash(_("Guardado: %(name)s.", name=full_name(client)), "success")
    return sending.see_other(".show", client_id=client["_id"])


@routes.get("/<client_id>")
def show(client_id: str) -> str:
    """A client's page: data, family, psychotherapists, sessions."""
    db = current.db()
    client = clients.get(db, client_id)
    condition = {"client_id": client_id}
    page = lists.page_number(request.args)
    found = sessions.find(db, condition, skip=(page - 1) * lists.PER_PAGE, limit=lists.PER_PAGE, newest_first=True)
    return render_template(
        "pages/clients/show.html",
        client=client,
        age=_ages([client])[client_id],
        family=clients.by_ids(db, [link["client_id"] for link in client["relationships"]["clients"]]),
        psychotherapists=psychotherapists.names(db),
        rows=lists.rows(db, found),
        total=sessions.count(db, condition),
        page=page,
        per_page=lists.PER_PAGE,
    )


@routes.get("/<client_id>/editar")
def edit(client_id: str) -> str:
    """A client's form."""
    client = clients.get(current.db(), client_id)
    return _page(Form.of(ClientSchema(), client), client)


@routes.post("/<client_id>/editar")
def update(client_id: str) -> Response:
    """Saves changes."""
    client = clients.get(current.db(), client_id)
    try:
        changes = _cleared(records.loaded(ClientSchema()))
        clients.update(current.db(), client_id, changes, sending.version(request.form), current.now())
    except (InvalidInput, Conflict, Stale) as error:
        return records.form_again(_FORM, ClientSchema(), error, record=client, **_choices(client))
    flash(_("Cambios guardados."), "success")
    return sending.see_other(".show", client_id=client_id)


@routes.post("/<client_id>/eliminar")
def delete(client_id: str) -> Response:
    """Removes a client; one with sessions is archived."""
    removed = clients.delete(current.db(), client_id, sending.version(request.form), current.now())
    flash(_("Cliente eliminado.") if removed else _("Tiene citas: quedó archivado y su historia se conserva."), "success")
    return sending.see_other(".index")


@routes.post("/<client_id>/recuperar")
def restore(client_id: str) -> Response:
    """Brings an archived client back."""
    clients.restore(current.db(), client_id, sending.version(request.form), current.now())
    flash(_("Cliente recuperado."), "success")
    return sending.see_other(".show", client_id=client_id)


def _page(form: Form, client: Document | None = None) -> str:
    return records.form_page(_FORM, form, record=client, **_choices(client))


def _choices(client: Document | None = None) -> dict[str, Any]:
    """What the form's lists choose from: psychotherapists, and the clients already named as family."""
    db = current.db()
    named = [link["client_id"] for link in (client or {}).get("relationships", {}).get("clients", [])]
    typed = [value for name, value in request.form.items() if name.endswith(".client_id") and value]
    return {"psychotherapists": psychotherapists.search(db), "family": clients.by_ids(db, [*named, *typed])}


def _cleared(data: dict[str, Any]) -> dict[str, Any]:
    """The form shows every field, so what it leaves out was emptied."""
    lists_ = {"psychotherapists": [], "clients": [], **data.get("relationships", {})}
    empty = dict.fromkeys(("document", "email", "phone", "birth_date"))
    return {**empty, "survey_consent": False, **data, "relationships": lists_}


def _ages(people: list[Document]) -> dict[str, int | None]:
    today = current.today()
    return {p["_id"]: age_on(p["birth_date"], today) if p.get("birth_date") else None for p in people}


def _suggestion(person: Document, age: int | None) -> dict[str, str]:
    document = person.get("document")
    details = [f"{document['type']} {document['number']}" if document else _("sin documento")]
    if age is not None:
        details.append(_("%(age)s años", age=age))
    return {"id": person["_id"], "name": full_name(person), "detail": " · ".join(details)}
