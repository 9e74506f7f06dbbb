"""A psychotherapist's form: new or edited, with what a change of terms would alter before it is saved."""

from typing import Any

from flask import Response, flash, make_response, render_template
from flask import request as http
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import lists, records, sending, term_change
from service.blueprints.pages import psychotherapists as psychotherapist_pages
from service.blueprints.pages.term_change import TermChange
from service.documents import psychotherapists, term_changes
from service.documents.store import Document
from service.domain.months import parse_month
from service.domain.people import full_name
from service.domain.term_changes import with_percent
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.psychotherapists import (
    PsychotherapistChangeSchema,
    PsychotherapistSchema,
    psychotherapist_json,
)

#: The same routes: a form is one of the pages of psychotherapists.
routes = psychotherapist_pages.routes

_FORM = "pages/psychotherapists/form.html"
#: What a stale save compares, in the order of the form.
_COMPARED = (
    *("given_names", "family_names", "license_number", "document", "email", "phone", "active"),
    *("commission_percent", "default_price"),
)
_TERMS = ("commission_bp", "default_price")


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
    return _saved(person)


@routes.get("/<psychotherapist_id>/editar")
def edit(psychotherapist_id: str) -> str:
    """A psychotherapist's form, with the terms of today and when others begin."""
    person = psychotherapists.get(current.db(), psychotherapist_id)
    return _page(_form_of(person), person)


@routes.post("/<psychotherapist_id>/editar")
def update(psychotherapist_id: str) -> Response:
    """Saves changes; a new percent or price needs the day from which it holds.

    Where registered sessions could take a new percent over, what that alters is shown first.
    """
    person = psychotherapists.get(current.db(), psychotherapist_id)
    schema, fields = PsychotherapistChangeSchema(), records.sent()
    context: dict[str, Any] = {"record": person, "today": current.today(), "change": None}
    try:
        data = records.loaded(schema, fields)
        version = sending.version(http.form)
        if version != person["version"]:
            raise Stale(person)  # what of the terms is a change can only be said of those that were read
        context["change"] = change = term_change.of(person, data)
        if change.awaits_decision(http.form, data.get("existing_sessions")):
            return make_response(records.form_page(_FORM, Form.typed(schema, fields), asked=True, **context))
        wanted = {name: value for name, value in data.items() if name not in _TERMS} | change.changes
        saved = psychotherapists.update(current.db(), psychotherapist_id, wanted, version, current.now())
    except (InvalidInput, Conflict) as error:
        return records.form_again(
            _FORM, Form.typed(schema, fields, records.messages(error)), error, **context
        )
    except Stale as error:
        found = records.differences(_form_of(_stored(data)), _form_of(error.current), _COMPARED)
        return records.form_again(_FORM, Form.typed(schema, fields), error, **context, differences=found)
    return _saved(saved)


@routes.get("/<psychotherapist_id>/cambio")
def show_change(psychotherapist_id: str) -> str:
    """What the terms in the form would alter, as it is filled in so far; a piece of its page."""
    person = psychotherapists.get(current.db(), psychotherapist_id)
    change = term_change.typed(person, http.args)
    return render_template(
        "pages/psychotherapists/change.html", record=person, change=change, choice=term_change.choice()
    )


@routes.get("/<psychotherapist_id>/cambio/<month>")
def changed_sessions(psychotherapist_id: str, month: str) -> str:
    """The sessions of a month that a percent (`?comision=`) from a day on (`?desde=`) would alter.

    `?moneda=` takes those in one currency. Nothing is written. InvalidInput for a percent or a day of none.
    """
    db, person = current.db(), psychotherapists.get(current.db(), psychotherapist_id)
    percent, since = term_change.in_address(http.args)
    currency = http.args.get("moneda", "PEN")
    found = term_changes.differing(db, person, percent, since, parse_month(month, "mes"))
    shown = [session for session in found if session["currency"] == currency]
    return render_template(
        "pages/psychotherapists/changed_sessions.html",
        person=person,
        percent=percent,
        month=month,
        rows=lists.rows(db, shown),
        after=[with_percent(session, percent) for session in shown],
    )


def _page(form: Form, record: Document | None = None, change: TermChange | None = None) -> str:
    return records.form_page(_FORM, form, record=record, today=current.today(), change=change)


def _form_of(person: Document) -> Form:
    """A stored psychotherapist's form, with the terms of today."""
    return Form(
        PsychotherapistChangeSchema(), {**psychotherapist_json(person, current.today()), "effective_on": None}
    )


def _new_schema() -> PsychotherapistSchema:
    """The first terms hold from ever: nobody is asked since when."""
    return PsychotherapistSchema(exclude=("effective_on",))


def _stored(data: Document) -> Document:
    """What was to be saved as if it were stored, for comparing."""
    price = data["default_price"]
    terms = {"since": None, "commission_bp": data["commission_bp"]}
    return {
        "active": False,
        **data,
        "terms": [{**terms, "price_cents": price.cents, "currency": price.currency}],
    }


def _saved(person: Document) -> Response:
    flash(_("Guardado: %(name)s.", name=full_name(person)), "success")
    return sending.see_other(".show", psychotherapist_id=person["_id"])
