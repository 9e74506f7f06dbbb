"""A session's form: what was sent, as data; its page, empty, filled, or again with its mistakes in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from service import current, formats
from service.blueprints.pages import client_choice, client_in_place, day, records, sending, series_form
from service.blueprints.pages.client_choice import Choice
from service.blueprints.statuses import status_of
from service.documents import clients, closings, habits, psychotherapists, series
from service.documents.store import Document
from service.domain.people import full_name
from service.domain.terms import terms_on
from service.errors import Conflict, InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.form_input import loadable
from service.schemas.series_form import NewSessionFormSchema
from service.schemas.session_form import SessionFormSchema, form_errors, form_values, load_form

_TEMPLATE = "pages/sessions/form.html"
#: Where documents/ says that an idempotency key came again with other data.
_KEY_USED = "Idempotency-Key"
#: What a stale save compares, in the order of the form.
_COMPARED = (
    *("client_id", "psychotherapist_id", "day", "starts", "ends", "modality", "link", "room"),
    *("price", "status", "charge", "note", "overbooking_reason"),
)


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: its fields under the schema's names, and who was meant by the client's."""

    fields: MultiDict[str, str]
    choice: Choice


def read() -> Sent:
    """The form of this request."""
    fields = records.sent()
    typed = fields.get("client_query", "")
    choice = Choice(text=typed)
    if not client_in_place.is_open(fields):
        choice = client_choice.sent(current.db(), fields.getlist("client_id"), typed)
    fields["client_id"] = choice.client_id
    # The charge is in the price's currency; a currency that nobody chose stays unchosen.
    fields.setdefault("price.currency", "")
    fields["charge.currency"] = fields["price.currency"] or _default_currency(fields) or "PEN"
    return Sent(fields, choice)


def load(sent: Sent, session: Document | None = None) -> dict[str, Any]:
    """The data as documents.sessions takes it, or documents.series where a new one is repeated; InvalidInput
    names every field that is wrong.
    """
    errors = {"client_id": [sent.choice.error]} if sent.choice.error else {}
    errors |= _price_errors(sent.fields, session)
    try:
        if session is None and is_series(sent):
            data = series_form.load(sent.fields)
        else:
            data = load_form(Form.decode(sent.fields, SessionFormSchema()), current.settings().zone)
    except InvalidInput as error:
        raise InvalidInput({**error.errors, **errors}) from error
    if errors:
        raise InvalidInput(errors)
    return data


def is_series(sent: Sent) -> bool:
    """Whether a new session is to be repeated."""
    return series_form.is_wanted(sent.fields)


def changed(data: Mapping[str, Any], session: Document) -> dict[str, Any]:
    """What of a form's data differs from the session that it was opened with."""
    zone = current.settings().zone
    before = load_form(loadable(form_values(session, zone), SessionFormSchema()), zone)
    return {name: value for name, value in data.items() if value != before.get(name)}


def usual(client_id: str) -> dict[str, Any]:
    """With whom and how a client comes (documents.habits), and `why` in words; empty for an unknown one."""
    client = clients.by_ids(current.db(), [client_id]).get(client_id) if client_id else None
    if client is None:
        return {}
    habit = habits.of(current.db(), client, current.today())
    who = client["given_names"]
    said = (
        _("Es quien atiende a %(name)s.", name=who)
        if habit.attends
        else _("Atendió a %(name)s la última vez.", name=who)
    )
    why = {"why": said} if habit.psychotherapist_id else {}
    return {**habit.defaults, **why}


def empty(args: Mapping[str, str]) -> str:
    """The page for a new session, with what the address says filled in, and what its client last had."""
    choice = client_choice.of(current.db(), args.get("cliente", ""))
    last = usual(choice.client_id)
    values = {
        "client_id": choice.client_id,
        "psychotherapist_id": args.get("psicoterapeuta") or last.get("psychotherapist_id", ""),
        "modality": args.get("tipo") or last.get("modality", ""),
        **{name: last.get(name, "") for name in ("room", "link")},
        "day": args.get("fecha") or current.today(),
        "starts": args.get("inicio", ""),
        "ends": args.get("fin", ""),
        "price": {"amount": "", "currency": ""},
    }
    return _page(Form(NewSessionFormSchema(), values), choice)


def filled(session: Document) -> str:
    """The page of a session as it is stored."""
    choice = client_choice.of(current.db(), session["client_id"])
    return _page(_stored_form(session), choice, session, version=session["version"])


def again(error: InvalidInput | Conflict | Stale, sent: Sent, session: Document | None = None) -> Response:
    """The page with what was typed, and what is in its way."""
    if session is None and not isinstance(error, Stale):
        shown = series_form.again(sent.fields, error, _messages(error))
        form, context = shown.form, {**shown.context, "panel": client_in_place.panel(sent.fields)}
    else:
        form, context = Form.typed(SessionFormSchema(), sent.fields, _messages(error)), {}
    context |= _said(error, form)
    return make_response(_page(form, sent.choice, session, **context), status_of(error))


def kept(sent: Sent) -> Response:
    """The page with what was typed, when nothing was to be saved; a client chosen meanwhile brings theirs."""
    known = usual(sent.choice.client_id)
    for name in known.keys() & {"psychotherapist_id", "modality", "room", "link"}:
        sent.fields[name] = sent.fields.get(name) or known[name]
    shown = series_form.again(sent.fields)
    context = {**shown.context, "panel": client_in_place.panel(sent.fields)}
    return make_response(_page(shown.form, sent.choice._replace(error="", candidates=()), **context))


def series_so_far() -> str:
    """What is in the way of the series that is being filled in; a piece of the form's page."""
    shown = series_form.again(read().fields)
    return render_template("pages/sessions/series_rows.html", form=shown.form, so_far=True, **shown.context)


def _said(error: InvalidInput | Conflict | Stale, form: Form) -> dict[str, Any]:
    """What the page says of an error that belongs to no field."""
    if isinstance(error, Stale):
        return {"version": error.current["version"], "differences": _differences(form, error.current)}
    if isinstance(error, InvalidInput):
        created = sending.creation(request.form) if _KEY_USED in error.errors else None
        return {"already": created.id} if created else {}
    if _of_a_series(error):
        return {"following_conflicts": error.in_the_way}
    return {} if form.errors else {"conflict": error.message}


def _page(form: Form, choice: Choice, session: Document | None = None, **context: Any) -> str:
    """The form's page.

    Its version is the one it was first read with, through any number of mistakes; only a page that says how
    the session stands now takes over the version of that.
    """
    people = psychotherapists.search(current.db())
    offered = [p for p in people if p["active"] or (session and session["psychotherapist_id"] == p["_id"])]
    version = request.form.get(sending.VERSION) or (session or {}).get("version", "")
    return render_template(
        _TEMPLATE,
        form=form,
        choice=choice,
        session=session,
        psychotherapists=[(person["_id"], full_name(person)) for person in offered],
        terms={person["_id"]: person["terms"] for person in offered},
        day=day.of(form.values, session["_id"] if session else ""),
        why=_why(form, choice, session),
        following=len(series.following(current.db(), session)) - 1 if session else 0,
        month_closed=session is not None and session["month"] in closings.closed_months(current.db()),
        today=current.today(),
        calendar=formats.calendar_words(),
        key=request.form.get(sending.KEY) or sending.new_key(),
        **{"version": version, **context},
    )


def _why(form: Form, choice: Choice, session: Document | None) -> str:
    """Why the form has the psychotherapist that it has; "" where somebody chose otherwise."""
    known = usual(choice.client_id) if session is None else {}
    same = known.get("psychotherapist_id") == form["psychotherapist_id"].text
    return str(known.get("why", "")) if same else ""


def _stored_form(session: Document) -> Form:
    values = form_values(session, current.settings().zone)
    if not session["charge_cents"]:
        values["charge"] = {"amount": "", "currency": session["currency"]}
    return Form(SessionFormSchema(), values)


def _default_currency(fields: Mapping[str, str]) -> str:
    person = psychotherapists.names(current.db()).get(fields.get("psychotherapist_id", ""))
    return str(terms_on(person["terms"], fields.get("day") or current.today())["currency"]) if person else ""


def _price_errors(fields: Mapping[str, str], session: Document | None) -> dict[str, list[str]]:
    """An amount left out means the default price, of a new session and in its own currency."""
    if fields.get("price.amount", "").strip():
        return {}
    if session is not None:
        return {"price.amount": [_("Escriba el precio.")]}
    default, chosen = _default_currency(fields), fields.get("price.currency", "")
    if default and chosen and chosen != default:
        return {"price.amount": [_("La tarifa es en otra moneda: escriba el monto.")]}
    return {}


def _messages(error: InvalidInput | Conflict | Stale) -> dict[str, list[str]]:
    """What stands beside a field; a slot that is taken and a stale save have a place of their own."""
    if isinstance(error, InvalidInput):
        return {name: said for name, said in form_errors(error).items() if name != _KEY_USED}
    if isinstance(error, Conflict) and error.field != "overbooking_reason" and not _of_a_series(error):
        return {error.field: [error.message]}
    return {}


def _of_a_series(error: Conflict) -> bool:
    """Whether what is in the way are sessions of a series, each with its own conflicts."""
    return any("conflicts" in item for item in error.in_the_way)


def _differences(form: Form, newer: Document) -> list[records.Difference]:
    db = current.db()
    ids = {newer["client_id"], form["client_id"].text}
    people = {**clients.by_ids(db, ids), **psychotherapists.names(db)}
    names = {person_id: full_name(person) for person_id, person in people.items()}
    return records.differences(form, _stored_form(newer), _COMPARED, names)
