"""What tests of pages share: somebody logged in, a psychotherapist, a client."""

import pytest
from flask import Flask

from service.database import Db
from service.documents.store import Document
from tests.page_client import PageClient, logged_in
from tests.people_data import client, psychotherapist


@pytest.fixture
def pages(app: Flask) -> PageClient:
    """Somebody at a browser, logged in."""
    return logged_in(app)


@pytest.fixture
def emard(db: Db) -> Document:
    """Ronald Emard, at 37.5 % and S/ 180.00."""
    return psychotherapist(db, "Ronald", "Emard")


@pytest.fixture
def rosa(db: Db) -> Document:
    """Rosa Quispe Ñahui, with a document and a phone."""
    document = {"type": "DNI", "number": "04531088"}
    return client(db, "Rosa", "Quispe Ñahui", document=document, phone="+51990083450")
