"""Encuestas and Ajustes in a browser: started, watched until it is over, looked at on a phone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from service.config import Settings
from service.database import Db
from service.documents import invitations
from tests import survey_centre
from tests.browser.conftest import Pages
from tests.conftest import close, make_app
from tests.survey_centre import MONTH, SENDING
from workers import surveys

ADDRESS = f"/encuestas?mes={MONTH}"


@pytest.fixture
def app(settings: Settings, app: Flask) -> Iterator[Flask]:
    """The application on the day of the survey."""
    later = make_app(settings, SENDING)
    yield later
    close(later)


def test_a_survey_is_started_and_watched_until_it_is_over(app: Flask, pages: Pages, db: Db) -> None:
    survey_centre.adults(db, 4)
    page = pages.open(ADDRESS)
    page.get_by_role("button", name="Enviar a 4 personas").click()
    expect(page.get_by_text("0 de 4")).to_be_visible()
    with app.app_context():
        for invitation in invitations.find(db, MONTH):
            surveys.send(app, invitation["_id"])
    expect(page.get_by_text("Enviando los mensajes")).to_be_hidden()
    expect(page.get_by_text("A quién se escribió (4)")).to_be_visible()
    assert db.invitations.count_documents({"state": "sent"}) == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_needs_a_look_fits_a_phone(app: Flask, pages: Pages, db: Db, scheme: str) -> None:
    centre = survey_centre.adults(db, 12)
    db.clients.update_one({"_id": centre.clients[0]["_id"]}, {"$unset": {"email": ""}})
    pages.open(ADDRESS).get_by_role("button", name="Enviar a").click()
    first, second, third, *_ = invitations.find(db, MONTH)
    words = "550 5.1.1 The email account that you tried to reach does not exist. " * 3
    db.invitations.update_one({"_id": first["_id"]}, {"$set": {"state": "failed", "error": words}})
    db.invitations.update_one({"_id": second["_id"]}, {"$set": {"state": "unconfirmed"}})
    later = {"error": "451 4.7.1 Greylisted", "next_at": SENDING}
    db.invitations.update_one({"_id": third["_id"]}, {"$set": later})
    for width in (360, 1440):
        page = pages.open(ADDRESS, width=width, scheme=scheme)
        page.get_by_text("A quién se escribió").click()
        expect(page.get_by_text("Mensajes que necesitan atención")).to_be_visible()
        pages.check(page)
        pages.check(pages.open("/ajustes", width=width, scheme=scheme))
