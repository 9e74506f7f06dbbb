"""The status of one or of several sessions changed in a list, and the way back of what was done."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from service import current
from service.blueprints.pages import back, records, sending, session_words, undo
from service.blueprints.statuses import status_of
from service.documents import session_status, sessions
from service.documents.session_status import Outcome, Ref, Refused
from service.documents.store import Document
from service.errors import Conflict, InvalidInput, NotFound, Stale
from service.languages import said
from service.schemas.form import Form
from service.schemas.session_form import SessionFormSchema

routes = Blueprint("session_statuses", __name__, url_prefix="/citas")

_SCHEMA = SessionFormSchema(only=("status", "charge"), partial=False)
_TEMPLATE = "pages/sessions/status.html"


@routes.post("/<session_id>/estado")
def change(session_id: str) -> Response:
    """Gives a session a status, with what is charged where it does not count.

    What keeps it from that is said on a page of its own, with what is stored and what was asked for.
    """
    session = sessions.get(current.db(), session_id)
    ref = Ref(session_id, sending.version(request.form))
    fields = _fields(session["currency"])
    try:
        wanted = _wanted(fields)
        changed = session_status.change(current.db(), ref, *wanted, current.now(), current.settings().zone)
    except (InvalidInput, Conflict, Stale) as error:
        return _again(error, fields, session)
    what = session_words.in_words(changed)
    if changed["version"] == ref.version:
        flash(_("Ya estaba así: %(what)s.", what=what), "info")
    else:
        undo.offer(_("%(status)s: %(what)s.", status=_status(changed), what=what), [changed])
    return back.to_list()


@routes.post("/varias")
def change_several() -> Response:
    """Gives the chosen sessions a status; each that could not be changed is named."""
    try:
        refs, wanted = undo.refs(), _wanted(_fields("PEN"))
        outcome = session_status.change_all(
            current.db(), refs, *wanted, current.now(), current.settings().zone
        )
    except InvalidInput as error:
        flash(said(error), "error")
        return back.to_list()
    done = ngettext(
        "%(num)s cita cambió de estado.", "%(num)s citas cambiaron de estado.", len(outcome.changed)
    )
    if not outcome.changed and not outcome.refused:
        flash(_("Las citas elegidas ya estaban así."), "info")
        return back.to_list()
    return _report(outcome, done)


@routes.post("/deshacer")
def take_back() -> Response:
    """Takes back changes of status and deletions; each that could not be taken back is named."""
    outcome = session_status.undo_all(current.db(), undo.refs(), current.now(), current.settings().zone)
    if outcome.refused:
        done = ngettext("Se deshizo %(num)s cambio.", "Se deshicieron %(num)s cambios.", len(outcome.changed))
        return _report(outcome._replace(changed=[]), done if outcome.changed else _("No se deshizo nada."))
    words = session_words.in_words(outcome.changed[0])
    many = ngettext(
        "Deshecho: %(num)s cita está como antes.",
        "Deshecho: %(num)s citas están como antes.",
        len(outcome.changed),
    )
    flash(many if len(outcome.changed) > 1 else _("Deshecho: %(what)s.", what=words), "success")
    return back.to_list()


def _fields(currency: str) -> MultiDict[str, str]:
    """The form's fields; the charge is in the session's own currency."""
    fields = records.sent()
    fields["charge.currency"] = currency
    return fields


def _wanted(fields: MultiDict[str, str]) -> tuple[str, int]:
    """(status, charge in céntimos); nothing typed is 0."""
    data = records.loaded(_SCHEMA, fields)
    if not data.get("status"):
        raise InvalidInput({"status": [_("Elija una de las opciones.")]})
    return data["status"], data["charge"].cents if data.get("charge") else 0


def _status(session: Document) -> str:
    return str(dict(Form(_SCHEMA, {})["status"].choices)[session["status"]])


def _again(
    error: InvalidInput | Conflict | Stale, fields: MultiDict[str, str], session: Document
) -> Response:
    """The change as it was asked for, to send again over what is stored now."""
    messages = error.errors if isinstance(error, InvalidInput) else {}
    stored = error.current if isinstance(error, Stale) else session
    html = render_template(
        _TEMPLATE,
        form=Form.typed(_SCHEMA, fields, messages),
        session=stored,
        what=session_words.in_words(stored),
        stale=isinstance(error, Stale),
        conflict=error.message if isinstance(error, Conflict) else "",
        back=request.form.get(back.BACK, ""),
        leave=back.address(),
    )
    return make_response(html, status_of(error))


def _report(outcome: Outcome, done: str) -> Response:
    """Back to the list where all went well, or else a page that names what did not."""
    if not outcome.refused:
        undo.offer(done, outcome.changed)
        return back.to_list()
    names = session_words.all_in_words([refused.session for refused in outcome.refused])
    left = [{"what": what, **_why(refused)} for what, refused in zip(names, outcome.refused, strict=True)]
    if outcome.changed:
        undo.offer(done, outcome.changed)
    html = render_template(
        "pages/sessions/left.html",
        done=done,
        changed=outcome.changed,
        left=left,
        back=request.form.get(back.BACK, ""),
        leave=back.address(),
    )
    return make_response(html, 409)


def _why(refused: Refused) -> dict[str, Any]:
    """{why, id}: a sentence, and the session that can be opened ("" where it is gone)."""
    error, session_id = refused.error, refused.session.get("_id", "")
    if isinstance(error, NotFound):
        return {"why": _("Ya no está: se eliminó."), "id": ""}
    if isinstance(error, Stale):
        status = _status(dict(error.current))
        return {"why": _("Otra persona la cambió. Está: %(status)s.", status=status), "id": session_id}
    return {"why": said(error), "id": "" if isinstance(error, InvalidInput) else session_id}
