"""A client's form: new, edited, again after a mistake or with what somebody else saved meanwhile."""

from typing import Any

from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import client_form, client_words, records, sending
from service.blueprints.pages import clients as client_pages
from service.blueprints.pages.client_form import FAMILY, THERAPISTS, Sent
from service.documents import clients, duplicates, psychotherapists
from service.documents.store import Document
from service.domain.names import split_full_name
from service.domain.people import full_name
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.clients import ClientSchema
from service.schemas.duplicates import typed_so_far
from service.schemas.form import Form

#: The same routes: a form is one of the pages of clients.
routes = client_pages.routes

_FORM = "pages/clients/form.html"
#: How many likely duplicates are shown beside the form.
SHOWN = 4
#: What a stale save compares, in the order of the form.
_COMPARED = (
    *("given_names", "family_names", "birth_date", "document", "email", "phone", "survey_consent"),
    *("language", "note"),
    *(THERAPISTS, FAMILY),
)


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
    same = duplicates.of_client(current.db(), client["_id"])[:1]
    for other in same:
        said = _("Puede ser la misma persona que %(name)s. Si lo es, use «Unir».", name=full_name(other))
        flash(said, "warning")
    return sending.see_other(".show", client_id=client["_id"])


@routes.post("/parecidos")
def likely() -> str:
    """Who may be the person that is being typed; a piece of the form's page. `?sin=` is who is edited."""
    sent = client_form.read(current.db(), current.today())
    return render_template("pages/clients/likely.html", **_likely(_so_far(sent, request.args.get("sin", ""))))


@routes.post("/encuesta")
def survey() -> str:
    """Whether the survey reaches somebody as the form is filled in so far; a piece of its page."""
    sent = client_form.read(current.db(), current.today())
    return render_template("pages/clients/survey.html", survey=_survey(_so_far(sent)))


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


def _page(form: Form, record: Document | None = None, sent: Sent | None = None) -> str:
    return records.form_page(_FORM, form, record=record, **_choices(form, sent, record))


def _again(
    error: InvalidInput | Conflict | Stale, sent: Sent, record: Document | None = None, **context: Any
) -> Response:
    form = Form.typed(ClientSchema(), sent.fields, records.messages(error))
    return records.form_again(_FORM, form, error, record=record, **_choices(form, sent, record), **context)


def _choices(form: Form, sent: Sent | None, record: Document | None) -> dict[str, Any]:
    """What the form's lists choose from: who attends now or is named already, and the rows of family.

    And what is to be said of whoever is in it: who they may be already, whom the survey reaches.
    """
    db = current.db()
    person = _so_far(sent, (record or {}).get("_id", "")) if sent else record or {}
    named = {row["psychotherapist_id"].text for row in form.rows(THERAPISTS)}
    offered = [person for person in psychotherapists.search(db) if person["active"] or person["_id"] in named]
    return {
        "therapists": [(person["_id"], full_name(person)) for person in offered],
        "therapist_rows": client_form.rows(form, THERAPISTS, sent),
        "family_rows": client_form.family_rows(db, form, sent),
        "added": request.form.get(client_form.ADD, ""),
        "today": current.today(),
        "survey": _survey(person),
        **_likely(person),
    }


def _so_far(sent: Sent, client_id: str = "") -> Document:
    """What of a sent form is right as it stands; `client_id` is who is edited."""
    typed = typed_so_far(Form.decode(sent.fields, ClientSchema()))
    return {**typed, "_id": client_id}


def _likely(person: Document) -> dict[str, Any]:
    """Who is probably the same person: {likely, details by id, reasons in words}."""
    found = duplicates.of_person(current.db(), person)[:SHOWN]
    details = {other["_id"]: client_words.details(other, current.today()) for other in found}
    return {"likely": found, "details": details, "reasons": client_words.REASONS}


def _survey(person: Document) -> tuple[str, bool]:
    lists = {**clients.NO_RELATIONSHIPS, **person.get("relationships", {})}
    people = clients.by_ids(current.db(), [link["client_id"] for link in lists["clients"]])
    return client_words.survey_line({**person, "relationships": lists}, people, current.today())


def _differences(wanted: Document, stored: Document) -> list[records.Difference]:
    """What somebody else stored since, against what was to be saved."""
    db, schema = current.db(), ClientSchema()
    linked = [link["client_id"] for one in (wanted, stored) for link in one["relationships"]["clients"]]
    people = {**clients.by_ids(db, linked), **psychotherapists.names(db)}
    names = {person_id: full_name(person) for person_id, person in people.items()}
    return records.differences(Form.of(schema, wanted), Form.of(schema, stored), _COMPARED, names)
