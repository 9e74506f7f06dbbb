"""Psicoterapeutas: list, form, deleting."""

from flask import Blueprint, Response, flash, render_template
from flask import request as http
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import records, sending
from service.documents import psychotherapists
from service.domain.people import full_name
from service.domain.terms import terms_on
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.psychotherapists import PsychotherapistSchema, psychotherapist_json

routes = Blueprint("psychotherapists", __name__, url_prefix="/psicoterapeutas")

_FORM = "pages/psychotherapists/form.html"


@routes.get("")
def index() -> str:
    """All psychotherapists with the terms of today."""
    people = psychotherapists.search(current.db(), http.args.get("q", ""))
    terms = {person["_id"]: terms_on(person["terms"], current.today()) for person in people}
    return render_template("pages/psychotherapists/index.html", people=people, terms=terms, q=http.args.get("q", ""))


@routes.get("/nuevo")
def new() -> str:
    """An empty form."""
    return records.form_page(_FORM, Form(PsychotherapistSchema(exclude=("effective_on",)), {"active": True}))


@routes.post("/nuevo")
def create() -> Response:
    """Saves a new psychotherapist."""
    schema = PsychotherapistSchema(exclude=("effective_on",))
    try:
        data = records.loaded(schema)
        person = psychotherapists.create(current.db(), data, current.now(), sending.creation(http.form))
    except (InvalidInput, Conflict) as error:
        return records.form_again(_FORM, schema, error)
    return _saved(full_name(person))


@routes.get("/<psychotherapist_id>")
def edit(psychotherapist_id: str) -> str:
    """A psychotherapist's form, with the terms of today and when others begin."""
    person = psychotherapists.get(current.db(), psychotherapist_id)
    shown = {**psychotherapist_json(person, current.today()), "effective_on": None}
    return records.form_page(_FORM, Form(PsychotherapistSchema(), shown), record=person)


@routes.post("/<psychotherapist_id>")
def update(psychotherapist_id: str) -> Response:
    """Saves changes; a new percent or price needs the day from which it holds."""
    person = psychotherapists.get(current.db(), psychotherapist_id)
    try:
        changes = _changes(records.loaded(PsychotherapistSchema()), terms_on(person["terms"], current.today()))
        version = sending.version(http.form)
        psychotherapists.update(current.db(), psychotherapist_id, changes, version, current.now())
    except (InvalidInput, Conflict, Stale) as error:
        return records.form_again(_FORM, PsychotherapistSchema(), error, record=person)
    return _saved(full_name(person))


@routes.post("/<psychotherapist_id>/eliminar")
def delete(psychotherapist_id: str) -> Response:
    """Removes a psychotherapist; one with history becomes inactive."""
    removed = psychotherapists.delete(
        current.db(), psychotherapist_id, sending.version(http.form), current.now()
    )
    flash(_("Psicoterapeuta eliminado.") if removed else _("Tiene citas: quedó inactivo y su historia se conserva."), "success")
    return sending.see_other(".index")


def _changes(data: dict, terms: dict) -> dict:  # type: ignore[type-arg]
    """What of the form is a change: terms that read as before are none."""
    price = data.get("default_price")
    if data.get("commission_bp") == terms["commission_bp"]:
        data.pop("commission_bp")
    if price and (price.cents, price.currency) == (terms["price_cents"], terms["currency"]):
        data.pop("default_price")
    return data


def _saved(name: str) -> Response:
    flash(_("Guardado: %(name)s.", name=name), "success")
    return sending.see_other(".index")
