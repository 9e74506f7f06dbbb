"""The public pages of the monthly survey: whoever has a link answers it, once, without login or cookie.

The link's secret stands in the address and nowhere else: the log has the route's pattern, pages send no
referrer, and what looks for it hashes it first. Every link, also one that nobody made, goes the same way: one
hash and one look-up.
"""

from typing import Any, NoReturn

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale

from service import current
from service.documents import invitations, survey_answers
from service.documents.store import Document
from service.domain.survey_schedule import last_day
from service.errors import InvalidInput, NotFound
from service.languages import LOCALES
from service.limits import UNKNOWN_LINKS, limiter
from service.schemas.form import Form
from service.schemas.loading import load
from service.schemas.survey_answer import LONGEST_COMMENT, answer, answer_schema
from service.texts import _

routes = Blueprint("survey", __name__, url_prefix="/encuesta")

#: A form of ten pairs and the longest comment is far below.
_MOST_BYTES = 64 * 1024
_GONE = 410


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(routes)


@routes.before_request
def _bound_size() -> None:
    request.max_content_length = _MOST_BYTES


@routes.after_request
def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@routes.get("/<token>")
def show(token: str) -> Response:
    """The form; opening it records nothing, as mail scanners open links."""
    invitation = _invitation(token)
    return _over(invitation) or _form(invitation, token)


@routes.post("/<token>")
def send(token: str) -> Response:
    """Records the answer once, and says thank you; a form with mistakes comes back as it was filled in."""
    invitation = _invitation(token)
    schema = answer_schema(len(invitation["pairs"]))
    try:
        loaded = load(schema, Form.decode(request.form, schema))
    except InvalidInput as error:
        typed = Form.typed(schema, request.form, error.errors)
        return _over(invitation) or _form(invitation, token, typed, 422)
    given = answer(loaded, invitation["pairs"])
    if not survey_answers.record(current.db(), invitation, given, current.now()):
        return _over(_invitation(token)) or _said(invitation, "closed", _GONE)
    return make_response(redirect(url_for(".thank", token=token), 303))


@routes.get("/<token>/gracias")
def thank(token: str) -> Response:
    """Thanks whoever has answered; anybody else gets the form."""
    invitation = _invitation(token)
    if "answer" not in invitation:
        return make_response(redirect(url_for(".show", token=token), 303))
    return _said(invitation, "thanks")


@routes.get("/<token>/baja")
def confirm_unsubscribing(token: str) -> Response:
    """Asks before; opening it changes nothing."""
    return _said(_invitation(token), "unsubscribe", action=url_for(".unsubscribe", token=token))


@routes.post("/<token>/baja")
def unsubscribe(token: str) -> Response:
    """No more surveys for this person, also by a mail reader's one click [RFC 8058], which has no redirect.

    It works after answering and after closing too, and with the link of any month.
    """
    invitation = _invitation(token)
    survey_answers.unsubscribe(current.db(), invitation, current.now())
    return _said(invitation, "unsubscribed")


def _invitation(token: str) -> Document:
    invitation = invitations.find_by_secret(current.db(), token)
    if invitation is None:
        _refuse()
    g.survey_locale = LOCALES[invitation["language"]]
    return invitation


@limiter.shared_limit(UNKNOWN_LINKS, scope="unknown survey link")
def _refuse() -> NoReturn:
    """Counted by address; whoever has a link of ours is never held up by somebody who guesses."""
    raise NotFound(_("Este enlace no existe. Puede que esté incompleto: ábralo otra vez desde el correo."))


def _over(invitation: Document) -> Response | None:
    """The page that says why a link can no longer be answered; None while it can."""
    if "answer" in invitation:
        return _said(invitation, "used", _GONE)
    return _said(invitation, "closed", _GONE) if invitation["closes_at"] <= current.now() else None


def _form(invitation: Document, token: str, form: Form | None = None, status: int = 200) -> Response:
    rows = survey_answers.rows(current.db(), invitation)
    shown = {"form": form or Form(answer_schema(len(rows))), "rows": rows, "longest": LONGEST_COMMENT}
    leave = url_for(".confirm_unsubscribing", token=token)
    return _page("survey/form.html", invitation, status, leave=leave, **shown)


def _said(invitation: Document, what: str, status: int = 200, **shown: str) -> Response:
    return _page("survey/said.html", invitation, status, what=what, **shown)


def _page(template: str, invitation: Document, status: int, **shown: Any) -> Response:
    """A page in the language of the invitation."""
    until = last_day(invitation["closes_at"], current.settings().zone)
    with force_locale(g.survey_locale):
        page = render_template(template, invitation=invitation, last_day=until, **shown)
    return make_response(page, status)
