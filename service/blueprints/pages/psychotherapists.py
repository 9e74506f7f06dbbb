"""Psicoterapeutas: list, a psychotherapist's month and activity, deleting or making inactive."""

from flask import Blueprint, Response, flash, make_response, render_template
from flask import request as http
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import lists, sending
from service.documents import activity, psychotherapists
from service.documents.store import Document
from service.domain.months import month_of, parse_month
from service.domain.people import full_name
from service.domain.terms import terms_on
from service.errors import Stale

routes = Blueprint("psychotherapists", __name__, url_prefix="/psicoterapeutas")


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


@routes.get("/<psychotherapist_id>")
def show(psychotherapist_id: str) -> str:
    """A psychotherapist's month (`?mes=`), activity and terms; every number opens its sessions."""
    db, today = current.db(), current.today()
    person = psychotherapists.get(db, psychotherapist_id)
    present = month_of(today)
    month = parse_month(http.args.get("mes") or present, "mes")
    return render_template(
        "pages/psychotherapists/show.html",
        person=person,
        month=month,
        figures=activity.figures(db, psychotherapist_id, month),
        days=activity.by_day(db, psychotherapist_id, month),
        coming=lists.rows(db, activity.coming(db, psychotherapist_id, current.now())),
        activity=activity.until(db, psychotherapist_id, present),
        today=today,
    )


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


def _next_terms(person: Document) -> Document | None:
    """The terms that come next, if any are agreed."""
    return next((terms for terms in person["terms"] if (terms["since"] or "") > current.today()), None)


def _confirmation(person: Document, stale: bool = False) -> str:
    kept = psychotherapists.has_history(current.db(), person["_id"])
    return render_template("pages/psychotherapists/confirm.html", person=person, kept=kept, stale=stale)
