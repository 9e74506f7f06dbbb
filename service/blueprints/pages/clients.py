"""Clientes: list and search, a client's page with family and history, form, archiving and bringing back."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import client_form, client_words, lists, records, sending
from service.blueprints.pages.client_form import FAMILY, THERAPISTS, Sent
from service.documents import clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain.names import query_words, split_full_name
from service.domain.people import full_name
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.clients import ClientSchema
from service.schemas.form import Form

routes = Blueprint("clients", __name__, url_prefix="/clientes")

_FORM = "pages/clients/form.html"
OFFERED = 8
#: What a stale save compares, in the order of the form.
_COMPARED = (
    *("given_names", "family_names", "birth_date", "document", "email", "phone", "survey_consent"),
    *(THERAPISTS, FAMILY),
)


@routes.get("")
def index() -> str:
    """Clients by family name; `?q=` searches, `?archivados=1` shows the archived ones."""
    db, q, archived = current.db(), request.args.get("q", "").strip(), request.args.get("archivados") == "1"
    found = clients.search(db, q, archived=archived)
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
        elsewhere=len(clients.search(db, q, archived=not archived)) if q and not found else 0,
        total=len(found),
        page=page,
        per_page=lists.PER_PAGE,
    )


@routes.get("/buscar")
def suggest() -> Response:
    """For typing ahead: {"items": [{id, name, detail, note}]} of the first clients found, without the one of `?sin=`."""
    db, query = current.db(), request.args.get("q", "")
    found = clients.search(db, query) if query_words(query) else []
    offered = [client for client in found if client["_id"] != request.args.get("sin")][:OFFERED]
    return jsonify(items=[client_words.suggestion(db, client, current.today()) for client in offered])


@routes.get("/nuevo")
def new() -> str:
    """An empty form; `?nombre=` is what was searched when nobody was found."""
    given, family = split_full_name(request.args.get("nombre", "")[:200])
    names = {"given_names": given, "family_names": family} if given else {"given_names": family}
    return _page(Form(ClientSchema(), names))


@routes.post("/nuevo")
def create() -> Response | str:
    """Saves a new client."""
    sent = client_form.read(current.db(), current.today())
    if client_form.changes_rows(request.form):
        return _page(Form.typed(ClientSchema(), sent.fields), sent=sent)
    try:
        data = client_form.load(sent)
        client = clients.create(current.db(), data, current.now(), sending.creation(request.form))
    except (InvalidInput, Conflict) as error:
        return _again(error, sent)
    flash(_("Guardado: %(name)s.", name=full_name(client)), "success")
    return sending.see_other(".show", client_id=client["_id"])


@routes.get("/<client_id>")
def show(client_id: str) -> str:
    """A client's page: data, family, psychotherapists, sessions."""
    db = current.db()
    client = clients.get(db, client_id)
    condition = {"client_id": client_id}
    total, page = sessions.count(db, condition), lists.page_number(request.args)
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
        total=total,
        page=page,
        per_page=lists.PER_PAGE,
    )


@routes.get("/<client_id>/editar")
def edit(client_id: str) -> str:
    """A client's form."""
    client = clients.get(current.db(), client_id)
    return _page(Form.of(ClientSchema(), client), record=client)


@routes.post("/<client_id>/editar")
def update(client_id: str) -> Response | str:
    """Saves changes."""
    client = clients.get(current.db(), client_id)
    sent = client_form.read(current.db(), current.today())
    if client_form.changes_rows(request.form):
        return _page(Form.typed(ClientSchema(), sent.fields), record=client, sent=sent)
    try:
        data = client_form.load(sent)
        clients.update(current.db(), client_id, data, sending.version(request.form), current.now())
    except (InvalidInput, Conflict) as error:
        return _again(error, sent, client)
    except Stale as error:
        return _again(error, sent, client, differences=_differences(data, error.current))
    flash(_("Cambios guardados."), "success")
    return sending.see_other(".show", client_id=client_id)


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


def _page(form: Form, record: Document | None = None, sent: Sent | None = None) -> str:
    return records.form_page(_FORM, form, record=record, **_choices(form, sent))


def _again(
    error: InvalidInput | Conflict | Stale, sent: Sent, record: Document | None = None, **context: Any
) -> Response:
    form = Form.typed(ClientSchema(), sent.fields, records.messages(error))
    return records.form_again(_FORM, form, error, record=record, **_choices(form, sent), **context)


def _choices(form: Form, sent: Sent | None) -> dict[str, Any]:
    """What the form's lists choose from: who attends now or is named already, and the rows of family."""
    db = current.db()
    named = {row["psychotherapist_id"].text for row in form.rows(THERAPISTS)}
    offered = [person for person in psychotherapists.search(db) if person["active"] or person["_id"] in named]
    return {
        "therapists": [(person["_id"], full_name(person)) for person in offered],
        "therapist_rows": client_form.rows(form, THERAPISTS, sent),
        "family_rows": client_form.family_rows(db, form, sent),
        "today": current.today(),
    }


def _differences(wanted: Document, stored: Document) -> list[records.Difference]:
    """What somebody else stored since, against what was to be saved."""
    db, schema = current.db(), ClientSchema()
    linked = [link["client_id"] for one in (wanted, stored) for link in one["relationships"]["clients"]]
    people = {**clients.by_ids(db, linked), **psychotherapists.names(db)}
    names = {person_id: full_name(person) for person_id, person in people.items()}
    return records.differences(Form.of(schema, wanted), Form.of(schema, stored), _COMPARED, names)


def _confirmation(client: Document, stale: bool = False) -> str:
    db = current.db()
    family = clients.by_ids(db, [link["client_id"] for link in client["relationships"]["clients"]])
    total = sessions.count(db, {"client_id": client["_id"]})
    return render_template(
        "pages/clients/confirm.html", client=client, total=total, family=family, stale=stale
    )


def _responsible(people: list[Document]) -> dict[str, Document]:
    """Who answers for those of `people` who are minors, by the client's id."""
    minors = [client for client in people if client_words.is_minor(client.get("birth_date"), current.today())]
    links = [link["client_id"] for client in minors for link in client["relationships"]["clients"]]
    family = clients.by_ids(current.db(), links)
    found = {client["_id"]: client_words.responsible(client, family) for client in minors}
    return {client_id: other for client_id, other in found.items() if other}
