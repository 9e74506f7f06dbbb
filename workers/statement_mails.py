"""Sends statements to their psychotherapists, and asks which wait."""

from datetime import datetime

from flask import Flask

from service import clock, mail
from service.config import Settings
from service.database import Db
from service.documents import deliveries, psychotherapists, statement_mails, statements
from service.documents.store import derived_id
from service.domain.people import full_name
from service.domain.statements import file_name
from service.logs import log
from service.queue import enqueue
from workers import postman

JOB = "statement_mails.send"


def send(app: Flask, statement_id: str) -> None:
    """Sends one statement, unless it is sent, gone or another worker's."""
    db: Db = app.extensions["db"]
    centre: Settings = app.config["SETTINGS"]
    claim = deliveries.claim(statement_mails.mail(db, statement_id), clock.system_now())
    if claim is None:
        log.info("nothing to send", record=statement_id)
        return
    record = claim.record
    name = full_name(psychotherapists.get(db, record["psychotherapist_id"]))
    letter = mail.Statement(
        id=derived_id("statement mail", statement_id, str(record["mail"]["number"])),
        recipient=record["mail"]["email"],
        name=name,
        month=record["month"],
        draft="closing" not in record,
        file_name=file_name(record["month"], name),
        pdf=statements.pdf(db, statement_id),
    )
    sender = mail.sender(centre.mail_from, centre.center_name, centre.base_url)
    now = clock.calendar_now(centre)
    message = mail.statement(letter, sender, centre.center_name, centre.language, app.jinja_env, now)
    postman.of(app).deliver(claim, message, centre)


def sweep(app: Flask, now: datetime) -> None:
    """Finishes what a crash left, and queues the mails that wait."""
    db: Db = app.extensions["db"]
    statement_mails.give_up_lost(db, clock.system_now(), now)
    for statement_id in statement_mails.due(db, clock.system_now()):
        enqueue(app.extensions["redis"], "mail", JOB, statement_id)
