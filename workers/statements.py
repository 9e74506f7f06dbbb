"""Renders a statement's PDF, and finds the statements that wait for it."""

from datetime import datetime

from flask import Flask
from jinja2 import TemplateError

from service import clock
from service.config import Settings
from service.database import Db
from service.documents import statement_content, statements
from service.logs import log
from service.pdf import RenderError, statement_pdf
from service.queue import enqueue

JOB = "statements.render"


def render(app: Flask, statement_id: str) -> None:
    """Makes the PDF of one statement; does nothing where it is made, gone or another worker's.

    A PDF that cannot be made is said on its record. After any other error (the store away, say) the record
    keeps waiting, and the sweep brings it back when the claim has run out.
    """
    db: Db = app.extensions["db"]
    settings: Settings = app.config["SETTINGS"]
    claimed = statements.claim(db, statement_id, clock.system_now())
    if claimed is None:
        log.info("nothing to render", record=statement_id)
        return
    content = statement_content.content(db, claimed, settings.center_name, settings.zone)
    try:
        pdf = statement_pdf(content, app.jinja_env)
    except (RenderError, TemplateError):
        statements.fail(db, claimed, statements.RENDER_FAILED, clock.calendar_now(settings))
        raise
    statements.finish(db, statement_id, pdf, clock.calendar_now(settings), content["sha256"])


def sweep(app: Flask, now: datetime) -> None:
    """Queues every statement that waits and that no living worker has. Claims are real time, so not `now`."""
    for statement_id in statements.due(app.extensions["db"], clock.system_now()):
        enqueue(app.extensions["redis"], "pdf", JOB, statement_id)
