"""Citas: a month's list, entering a session, changing and deleting it."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from service import current
from service.blueprints.pages import lists, sending
from service.documents import clients, psychotherapists, sessions
from service.documents.store import Document
from service.domain.months import local_time
from service.domain.people import full_name
from service.domain.terms import terms_on
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.loading import load
from service.schemas.session_form import SessionFormSchema, form_errors, form_values, with_instants

routes = Blueprint("sessions", __name__, url_prefix="/citas")

#: How many clients are offered for what was typed; whoever sees more than these types another letter.
OFFERED = 8
_OWN = (*sending.ENVELOPE, "client_query")
#: Beside which of the form's fields a conflict is shown.
_BESIDE = {"overbooking_reason": "starts"}


@routes.get("")
def index() -> str:
    """A month's sessions, filtered; the filter stays in the address."""
    return render_template("pages/sessions/index.html", **lists.month_of_sessions(request.args))


@routes.get("/nueva")
def new() -> str:
    """An empty form, with what the address already says filled in."""
    args = request.args
    values = {"client_id": args.get("cliente"), "psychotherapist_id": args.get("psicoterapeuta")}
    values |= {"day": args.get("fecha", current.today()), "modality": "on_site", "status": ""}
    return _form_page(Form(SessionFormSchema(), {name: value for name, value in values.items() if value}))


@routes.post("/nueva")
def create() -> Response:
    """Saves a new session, or shows the form again with what was typed and what is wrong."""
    try:
        data = _loaded(request.form)
        session = sessions.create(
            current.db(), data, current.now(), current.settings().zone, sending.creation(request.form)
        )
    except (InvalidInput, Conflict) as error:
        return _form_again(error)
    flash(_("Cita guardada: %(who)s.", who=_who(session)), "success")
    if request.form.get("then") == "another":
        again = {"psicoterapeuta": session["psychotherapist_id"], "fecha": session["local_date"]}
        return sending.see_other(".new", **again)
    return sending.see_other(".index", mes=session["month"])


@routes.get("/<session_id>")
def edit(session_id: str) -> str:
    """A session's form."""
    session = sessions.get(current.db(), session_id)
    form = Form(SessionFormSchema(), form_values(session, current.settings().zone))
    return _form_page(form, session=session)


@routes.post("/<session_id>")
def update(session_id: str) -> Response:
    """Saves a session's changes, or shows the form again."""
    session = sessions.get(current.db(), session_id)
    version = sending.version(request.form)
    try:
        data = _loaded(request.form)
        data.setdefault("overbooking_reason", "")
        saved = sessions.update(
            current.db(), session_id, data, version, current.now(), current.settings().zone
        )
    except (InvalidInput, Conflict, Stale) as error:
        return _form_again(error, session)
    flash(_("Cambios guardados."), "success")
    return sending.see_other(".index", mes=saved["month"])


@routes.post("/<session_id>/eliminar")
def delete(session_id: str) -> Response:
    """Deletes a session."""
    session = sessions.get(current.db(), session_id)
    try:
        sessions.delete(current.db(), session_id, sending.version(request.form), current.now())
    except Stale as error:
        return _form_again(error, session, Form(SessionFormSchema(), form_values(session, current.settings().zone)))
    flash(_("Cita eliminada."), "success")
    return sending.see_other(".index", mes=session["month"])


def _loaded(typed: MultiDict[str, str]) -> dict[str, Any]:
    """The form's data as documents.sessions takes it."""
    fields = MultiDict((name, value) for name, value in typed.items(multi=True) if name not in _OWN)
    offered = _offered(typed)
    if len(offered) == 1:
        fields["client_id"] = offered[0]["_id"]
    data = load(SessionFormSchema(), Form.decode(fields, SessionFormSchema()))
    return with_instants(data, current.settings().zone)


def _offered(typed: MultiDict[str, str]) -> list[Document]:
    """The clients that what was typed may mean, while none is chosen."""
    query = typed.get("client_query", "").strip()
    return clients.search(current.db(), query)[:OFFERED] if query and not typed.get("client_id") else []


def _form_again(
    error: InvalidInput | Conflict | Stale, session: Document | None = None, form: Form | None = None
) -> Response:
    """The form with what was typed; a stale one carries the version that is stored now, so it can be saved again."""
    errors = form_errors(error) if isinstance(error, InvalidInput) else {}
    if isinstance(error, Conflict):
        errors = {_BESIDE.get(error.field, error.field): [error.message]}
    page = _form_page(
        form or Form.typed(SessionFormSchema(), request.form, errors),
        session=session,
        newer=error.current if isinstance(error, Stale) else None,
        taken=isinstance(error, Conflict),
    )
    return make_response(page, 422 if isinstance(error, InvalidInput) else 409)


def _form_page(form: Form, session: Document | None = None, newer: Document | None = None, taken: bool = False) -> str:
    db, therapists = current.db(), psychotherapists.search(current.db())
    offered = _offered(request.form)
    chosen = offered[0]["_id"] if len(offered) == 1 else form["client_id"].text
    return render_template(
        "pages/sessions/form.html",
        form=form,
        session=session,
        newer=lists.rows(db, [newer])[0] if newer else None,
        taken=taken,
        client=clients.by_ids(db, [chosen]).get(chosen),
        offered=offered,
        psychotherapists=[person for person in therapists if person["active"] or _is_of(session, person)],
        terms={person["_id"]: terms_on(person["terms"], current.today()) for person in therapists},
        version=(newer or session or {}).get("version", ""),
        key=request.form.get(sending.KEY) or sending.new_key(),
    )


def _is_of(session: Document | None, person: Document) -> bool:
    return session is not None and session["psychotherapist_id"] == person["_id"]


def _who(session: Document) -> str:
    client = clients.get(current.db(), session["client_id"])
    return f"{full_name(client)}, {local_time(session['starts_at'], current.settings().zone)}"
