"""What tests share: somebody logged in, a few people, a small centre, a mail server, a survey to send."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from service.database import Db
from service.documents.store import Document
from tests import mail_sink, small_centre
from tests.mail_sink import MailServer
from tests.page_client import PageClient, logged_in
from tests.people_data import client, psychotherapist
from tests.small_centre import SmallCentre
from tests.survey_sending import Sending


@pytest.fixture
def pages(app: Flask) -> PageClient:
    """Somebody at a browser, logged in."""
    return logged_in(app)


@pytest.fixture
def centre(db: Db) -> SmallCentre:
    """People and 16 sessions of September and October 2026."""
    return small_centre.fill(db)


@pytest.fixture
def emard(db: Db) -> Document:
    """Ronald Emard, at 37.5 % and S/ 180.00."""
    return psychotherapist(db, "Ronald", "Emard")


@pytest.fixture
def rosa(db: Db) -> Document:
    """Rosa Quispe Ñahui, with a document and a phone."""
    document = {"type": "DNI", "number": "04531088"}
    return client(db, "Rosa", "Quispe Ñahui", document=document, phone="+51990083450")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server."""
    with mail_sink.running(tmp_path / "mails") as server:
        yield server


@pytest.fixture
def sending(app: Flask, environ: dict[str, str], tmp_path: Path) -> Iterator[Sending]:
    """The centre's sending, on the day of the survey."""
    sending = Sending(app, environ, tmp_path / "log")
    yield sending
    sending.end()
