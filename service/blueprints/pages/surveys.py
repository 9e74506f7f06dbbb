"""Encuestas: a month's survey started, watched while it is sent, looked at."""

from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request
from flask_babel import gettext as _

from service import clock, current, surveying
from service.blueprints.pages import sending, survey_results
from service.documents import clients, invitations, survey_overview
from service.domain.months import local_day, month_of, parse_month, shift_month
from service.domain.names import fold
from service.domain.people import full_name
from service.domain.survey_schedule import last_day

routes = Blueprint("surveys", __name__, url_prefix="/encuestas")


@routes.get("")
def index() -> str:
    """A month's survey; without `mes` that of the last month that is over."""
    month = parse_month(request.args.get("mes") or _last_month(), "mes")
    shown = {**_sending(month), **survey_results.shown(month)}
    return render_template("pages/surveys/index.html", month=month, **shown)


@routes.post("")
def start() -> Response:
    """Prepares the invitations that a month still lacks and has them sent."""
    month = _form_month()
    db, settings = current.db(), current.settings()
    surveying.start(db, current.redis(), settings, month, g.staff["_id"], current.now())
    return sending.see_other(".index", mes=month)


@routes.post("/recordar")
def remind() -> Response:
    """Reminds, once, everybody who was asked about a month and has not answered."""
    month = _form_month()
    surveying.remind(current.db(), current.redis(), current.now(), month)
    flash(_("Se envía un recordatorio a quienes no han respondido."), "success")
    return sending.see_other(".index", mes=month)


@routes.post("/<invitation_id>/reintentar")
def retry(invitation_id: str) -> Response:
    """Has a mail sent again that failed, or of which nobody can know whether it arrived."""
    month = invitations.get(current.db(), invitation_id)["month"]
    if not surveying.retry(current.db(), current.redis(), invitation_id):
        flash(_("No hay nada que enviar de nuevo: revise el correo del cliente."), "warning")
    return sending.see_other(".index", mes=month)


@routes.post("/reintentar")
def retry_refused() -> Response:
    """Has all that was refused sent again: what was wrong may have been the server's setting."""
    month = _form_month()
    surveying.retry_refused(current.db(), current.redis(), month)
    return sending.see_other(".index", mes=month)


@routes.post("/intentar")
def try_now() -> Response:
    """Has mails tried at once that wait: what kept them back was mended."""
    month = _form_month()
    surveying.try_now(current.db(), current.redis(), month)
    return sending.see_other(".index", mes=month)


@routes.get("/estado")
def progress() -> dict[str, Any]:
    """How many mails are done, for the page that waits."""
    month = parse_month(request.args.get("mes") or _last_month(), "mes")
    found = survey_overview.overview(current.db(), month, clock.system_now())
    return {
        "status": "running" if found["moving"] else "done",
        "done": found["done"],
        "total": found["total"],
    }


def _last_month() -> str:
    return shift_month(month_of(current.today()), -1)


def _form_month() -> str:
    return parse_month(request.form.get("mes", ""), "mes")


def _sending(month: str) -> dict[str, Any]:
    """What the page shows of the sending: survey (an overview), lacking (who is still to be asked), left_out,
    names, can_start, is_open, and the local days of a run, last_day and reminds_on.
    """
    db, zone = current.db(), current.settings().zone
    found = survey_overview.overview(db, month, clock.system_now())
    lacking, left_out = invitations.unasked(db, month, current.today())
    invited = {record["person_id"] for record in found["invitations"]}
    # A run says who was left out when it was prepared; before there is one, who would be.
    left = found["run"]["left_out"] if found["run"] else [vars(each) for each in left_out]
    run = found["run"] or {}
    people = clients.by_ids(db, [*invited, *(each["client_id"] for each in left)])
    names = {person_id: full_name(person) for person_id, person in people.items()}
    found["invitations"].sort(key=lambda record: fold(names.get(record["person_id"], "")))
    return {
        "survey": found,
        "lacking": lacking,
        "left_out": left,
        "names": names,
        "can_start": month < month_of(current.today()),
        "is_open": bool(run) and run["closes_at"] > current.now(),
        "last_day": last_day(run["closes_at"], zone) if run else None,
        "reminds_on": local_day(run["reminds_at"], zone)
        if run and current.now() < run["reminds_at"] < run["closes_at"]
        else None,
    }
