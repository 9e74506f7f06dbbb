"""Psicoterapeutas: list, form with dated terms, deleting or making inactive."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template
from flask import request as http
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import records, sending
from service.documents import psychotherapists
from service.documents.store import Document
from service.domain.people import full_name
from service.domain.terms import terms_on
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.psychotherapists import PsychotherapistSchema, psychotherapist_json

routes = Blueprint("psychotherapists", __name__, url_prefix="/psicoterapeutas")

_FORM = "pages/psychotherapists/form.html"
#: What a stale save compares, in the order of the form.
_COMPARED = (
    *("given_names", "family_names", "license_number", "document", "email", "phone", "active"),
    *("commission_percent", "default_price"),
)


@routes.get("")
def index() -> str:
    """All psychotherapists with the terms of today, those who attend first; `?q=` searches names."""
    q = http.args.get("q", "").strip()
    people = sorted(psychotherapists.search(current.db(), q), key=lambda person: not person["active"])
    return render_template(
        "pages/psychotherapists/index.html",
        people=people,
        terms={person["_id"]: terms_on(person["terms"], current.today()) for person in people},
        coming={person["_id"]: _next_terms(person) for person in people},
        q=q,
    )


@routes.get("/nuevo")
def new() -> str:
    """An empty form."""
    return _page(Form(_new_schema(), {"active": True}))


@routes.post("/nuevo")
def create() -> Response:
    """Saves a new psychotherapist."""
    schema, fields = _new_schema(), records.sent()
    try:
        data = records.loaded(schema, fields)
        person = psychotherapists.create(current.db(), data, current.now(), sending.creation(http.form))
    except (InvalidInput, Conflict) as error:
        return records.form_again(_FORM, Form.typed(schema, fields, records.messages(error)), error)
    return _saved(full_name(person))


@routes.get("/<psychotherapist_id>")
def edit(psychotherapist_id: str) -> str:
    """A psychotherapist's form, with the terms of today and when others begin."""
    person = psychotherapists.get(current.db(), psychotherapist_id)
    return _page(_form_of(person), person)


@routes.post("/<psychotherapist_id>")
def update(psychotherapist_id: str) -> Response:
    """Saves changes; a new percent or price needs the day from which it holds."""
    person, schema, fields = (
        psychotherapists.get(current.db(), psychotherapist_id),
        PsychotherapistSchema(),
        records.sent(),
    )
    context: dict[str, Any] = {"record": person, "today": current.today()}
    try:
        data = records.loaded(schema, fields)
        version = sending.version(http.form)
        if version != person["version"]:
            raise Stale(person)  # what of the terms is a change can only be said of those that were read
        changes = _changes(data, person["terms"], current.today())
        psychotherapists.update(current.db(), psychotherapist_id, changes, version, current.now())
    except (InvalidInput, Conflict) as error:
        return records.form_again(
            _FORM, Form.typed(schema, fields, records.messages(error)), error, **context
        )
    except Stale as error:
        found = records.differences(_form_of(_stored(data)), _form_of(error.current), _COMPARED)
        return records.form_again(_FORM, Form.typed(schema, fields), error, **context, differences=found)
    return _saved(full_name(person))


@routes.get("/<psychotherapist_id>/eliminar")
def confirm(psychotherapist_id: str) -> str:
    """Asks before a psychotherapist is removed, or made inactive where there is history."""
    return _confirmation(psychotherapists.get(current.db(), psychotherapist_id))


@routes.post("/<psychotherapist_id>/eliminar")
def delete(psychotherapist_id: str) -> Response:
    """Removes a psychotherapist; one with history becomes inactive."""
    db = current.db()
    name = full_name(psychotherapists.get(db, psychotherapist_id))
    try:
        removed = psychotherapists.delete(db, psychotherapist_id, sending.version(http.form), current.now())
    except Stale as error:
        return make_response(_confirmation(error.current, stale=True), 412)
    kept = _("%(name)s ya no atiende. Su historia se conserva.", name=name)
    flash(_("%(name)s fue eliminado.", name=name) if removed else kept, "success")
    return sending.see_other(".index")


def _page(form: Form, record: Document | None = None) -> str:
    return records.form_page(_FORM, form, record=record, today=current.today())


def _form_of(person: Document) -> Form:
    """A stored psychotherapist's form, with the terms of today."""
    return Form(
        PsychotherapistSchema(), {**psychotherapist_json(person, current.today()), "effective_on": None}
    )


def _new_schema() -> PsychotherapistSchema:
    """The first terms hold from ever: nobody is asked since when."""
    return PsychotherapistSchema(exclude=("effective_on",))


def _changes(data: Document, terms: list[Document], today: str) -> Document:
    """What of the form is a change: terms that read as they hold today are none.

    With a day, terms that read as today's are wanted where others would hold from that day on.
    """
    wanted = {"commission_bp": data["commission_bp"], "default_price": data["default_price"]}
    day = data.get("effective_on")
    changed = _unlike(wanted, terms_on(terms, today))
    if day and not changed:
        changed = _unlike(wanted, terms_on(terms, day))
    return {name: value for name, value in data.items() if name not in wanted} | changed


def _unlike(wanted: Document, terms: Document) -> Document:
    """The entries of `wanted` that are not as in `terms`."""
    price = wanted["default_price"]
    same = {
        "commission_bp": wanted["commission_bp"] == terms["commission_bp"],
        "default_price": (price.cents, price.currency) == (terms["price_cents"], terms["currency"]),
    }
    return {name: value for name, value in wanted.items() if not same[name]}


def _stored(data: Document) -> Document:
    """What was to be saved as if it were stored, for comparing."""
    price = data["default_price"]
    terms = {"since": None, "commission_bp": data["commission_bp"]}
    return {
        "active": False,
        **data,
        "terms": [{**terms, "price_cents": price.cents, "currency": price.currency}],
    }


def _next_terms(person: Document) -> Document | None:
    """The terms that come next, if any are agreed."""
    return next((terms for terms in person["terms"] if (terms["since"] or "") > current.today()), None)


def _confirmation(person: Document, stale: bool = False) -> str:
    kept = psychotherapists.has_history(current.db(), person["_id"])
    return render_template("pages/psychotherapists/confirm.html", person=person, kept=kept, stale=stale)


def _saved(name: str) -> Response:
    flash(_("Guardado: %(name)s.", name=name), "success")
    return sending.see_other(".index")
