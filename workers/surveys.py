"""Sends the mails of surveys one by one, and asks what of surveys is due."""

from datetime import datetime

from flask import Flask

from service import clock, mail, surveying
from service.config import Settings
from service.database import Db
from service.documents import deliveries, mail_quota, settings, survey_mails, survey_runs
from service.documents.deliveries import Claim
from service.documents.store import Document
from service.domain.months import local_day
from service.domain.survey_links import secret, secret_hash, survey_key
from service.domain.survey_schedule import last_day, next_midnight
from service.logs import log
from workers import postman

#: `error` of a mail the link of which cannot be made any more.
KEY_CHANGED = "key_changed"


def send(app: Flask, invitation_id: str) -> None:
    """Sends the survey of one invitation, unless it is sent, gone or another worker's."""
    _deliver(app, invitation_id, survey_mails.SURVEY)


def remind(app: Flask, invitation_id: str) -> None:
    """Sends the reminder of one invitation, likewise."""
    _deliver(app, invitation_id, survey_mails.REMINDER)


def sweep(app: Flask, now: datetime) -> None:
    """Starts, reminds of and closes what is due, finishes what a crash left, queues the mails that wait."""
    db: Db = app.extensions["db"]
    centre: Settings = app.config["SETTINGS"]
    key = survey_key(centre.secret_key)
    survey_runs.finish_preparing(db, key, now, centre.zone)
    started = survey_runs.start_due(db, key, now, centre.zone)
    survey_runs.remind_due(db, now)
    survey_runs.close_due(db, now)
    lost = survey_mails.give_up_lost(db, clock.system_now(), now)
    if started or lost:
        log.info("surveys looked after", started=started, unconfirmed=lost)
    surveying.enqueue_due(db, app.extensions["redis"])


def _deliver(app: Flask, invitation_id: str, kind: str) -> None:
    db: Db = app.extensions["db"]
    centre: Settings = app.config["SETTINGS"]
    at = clock.calendar_now(centre)
    claim = deliveries.claim(survey_mails.mail(db, invitation_id, kind), clock.system_now())
    if claim is None:
        log.info("nothing to send", record=invitation_id)
        return
    person = survey_mails.reader(db, claim.record)
    reason = survey_mails.why_not(db, claim.record, kind, person, at, centre.zone)
    if reason or person is None:
        deliveries.withdrawn(claim, reason)
        return
    survey_mails.readdress(db, claim.record, person["email"])
    link_secret = secret(survey_key(centre.secret_key), invitation_id, claim.record["nonce"])
    if secret_hash(link_secret) != claim.record["link_hash"]:
        deliveries.failed(claim, KEY_CHANGED)
    elif _may_go(db, claim, day := local_day(clock.system_now(), centre.zone), centre):
        sender = mail.sender(centre.mail_from, centre.center_name, centre.base_url)
        letter = _letter(claim.record, kind, person, f"{centre.base_url}/encuesta/{link_secret}", centre)
        message = mail.survey(letter, sender, centre.center_name, app.jinja_env, at)
        if not postman.of(app).deliver(claim, message, centre):
            mail_quota.give_back(db, day)


def _may_go(db: Db, claim: Claim, day: str, centre: Settings) -> bool:
    """Whether the limit of the local `day` has room, which is then taken; without, the mail waits."""
    if mail_quota.take(db, day, settings.get(db)["surveys"]["mails_per_day"]):
        return True
    deliveries.later(claim, survey_mails.DAILY_LIMIT, next_midnight(clock.system_now(), centre.zone))
    return False


def _letter(invitation: Document, kind: str, person: Document, link: str, centre: Settings) -> mail.Survey:
    """What the mail says to this person."""
    return mail.Survey(
        id=survey_mails.message_id(invitation, kind),
        recipient=person["email"],
        language=invitation["language"],
        name=person["given_names"],
        month=invitation["month"],
        last_day=last_day(invitation["closes_at"], centre.zone),
        family=any(pair["client_id"] != invitation["person_id"] for pair in invitation["pairs"]),
        reminder=kind == survey_mails.REMINDER,
        link=link,
    )
