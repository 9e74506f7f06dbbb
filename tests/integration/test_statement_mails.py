"""A statement goes to its psychotherapist by mail, once for each time that staff ask."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import workers.statement_mails as job
import workers.statements
from service.clock import system_now
from service.database import Db
from service.documents import deliveries, psychotherapists, statement_mails, statements
from service.documents.store import Document
from tests import mail_sink, small_centre
from tests.api_client import ApiClient
from tests.conftest import NOW, StartWorker
from tests.page_client import logged_in
from tests.processes import wait_until
from tests.small_centre import SmallCentre

OCTOBER = "2026-10"


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    centre = small_centre.fill(db)
    psychotherapists.update(db, centre.emard, {"email": "emard@example.com"}, None, NOW)
    return centre


def ready(app: Flask, person: str) -> str:
    """A statement whose PDF is made."""
    db: Db = app.extensions["db"]
    asked: str = statements.create(db, person, OCTOBER, NOW)["_id"]
    with app.app_context():
        workers.statements.render(app, asked)
    return asked


def test_by_the_api_over_a_real_mail_server(
    app: Flask, db: Db, api: ApiClient, centre: SmallCentre, worker: StartWorker, tmp_path: Path
) -> None:
    asked = ready(app, centre.emard)
    with mail_sink.running(tmp_path / "mails") as server:
        worker("mail", SMTP_URL=server.url)
        assert api.post(f"/statements/{asked}/mail", status=202)["mail"]["state"] == "pending"
        wait_until(lambda: api.get(f"/statements/{asked}")["mail"]["state"] == "sent", "sent")
        [mail] = server.mails()
    message: Any = message_from_bytes(mail["content"], policy=policy.default)
    assert (mail["to"], message["Subject"]) == (
        "emard@example.com",
        "Liquidación de octubre de 2026 (borrador)",
    )
    [attached] = list(message.iter_attachments())
    assert attached.get_filename() == "liquidacion-2026-10-ronald-emard.pdf"
    assert attached.get_content() == statements.pdf(db, asked)


def test_without_pdf_or_address_nothing_is_sent(app: Flask, api: ApiClient, centre: SmallCentre) -> None:
    waiting = api.post("/statements", {"psychotherapist_id": centre.emard, "month": OCTOBER}, status=202)
    assert api.post(f"/statements/{waiting['id']}/mail", status=409)["in_the_way"] == [{"status": "pending"}]
    nobody = ready(app, centre.roberts)
    assert "no tiene correo" in api.post(f"/statements/{nobody}/mail", status=409)["detail"]


def test_one_that_is_on_its_way_is_not_sent_twice_and_asking_again_later_is(
    app: Flask, db: Db, centre: SmallCentre
) -> None:
    asked = ready(app, centre.emard)

    def outbox() -> list[Path]:
        return sorted((app.config["SETTINGS"].data_dir / "outbox").glob("*.eml"))

    def send() -> Document:
        with app.app_context():
            job.send(app, asked)
        return statements.get(db, asked)["mail"]  # type: ignore[no-any-return]

    statement_mails.ask(db, asked)
    assert statement_mails.ask(db, asked)["mail"]["number"] == 1
    assert (send()["state"], len(outbox())) == ("sent", 1)
    assert (send()["state"], len(outbox())) == ("sent", 1)
    statement_mails.ask(db, asked)
    assert (send()["number"], len(outbox())) == (2, 2)


def test_a_worker_killed_while_it_handed_over_leaves_it_unconfirmed(
    app: Flask, db: Db, centre: SmallCentre
) -> None:
    asked = ready(app, centre.emard)
    statement_mails.ask(db, asked)
    mail = statement_mails.mail(db, asked)
    claim = deliveries.claim(mail, system_now())
    assert claim is not None
    assert statement_mails.due(db, system_now()) == []
    assert deliveries.handing(claim, system_now())
    db.statements.update_one({"_id": asked}, {"$set": {"mail.lease.until": NOW}})  # time passes
    with app.app_context():
        job.sweep(app, NOW)
    assert statements.get(db, asked)["mail"]["state"] == "unconfirmed"


def test_a_whole_month_is_sent_from_its_page(app: Flask, db: Db, centre: SmallCentre) -> None:
    pages = logged_in(app)
    pages.get(f"/liquidaciones?mes={OCTOBER}")
    batch = pages.press("Todas en un ZIP")
    assert "Preparando los PDF" in batch.text
    with app.app_context():
        for statement in list(db.statements.find()):
            workers.statements.render(app, statement["_id"])
    page = pages.get(batch.path)
    assert "Las 3 liquidaciones del mes están listas." in page.text
    assert pages.http.get(page.link("Descargar ZIP")).mimetype == "application/zip"
    sent = pages.press("Enviar a cada uno por correo")
    assert "No se envía a Hellen Roberts, Logan Fisher" in sent.text
    assert "Por enviar" in sent.text
    assert db.statements.count_documents({"mail.state": "pending"}) == 1
    one = pages.get(sent.link("Ronald Emard"))
    assert "emard@example.com" in one.text
