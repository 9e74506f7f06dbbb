"""A change of percent by the form: what it alters is shown first, and registered sessions follow or not."""

import pytest

from service.database import Db
from service.documents import psychotherapists
from service.documents.store import Document
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.people_data import book

DECISION = "existing_sessions"


@pytest.fixture
def booked(db: Db, rosa: Document, emard: Document) -> list[Document]:
    """Five sessions of 180.00 at 37.5 %: a commission of 67.50 each."""
    statuses = ["done"] * 4 + ["no_show"]
    return [book(db, rosa, emard, day, status) for day, status in enumerate(statuses, 1)]


def percents(db: Db) -> list[int]:
    return [session["commission_bp"] for session in db.sessions.find().sort("starts_at", 1)]


def ask(pages: PageClient, person: Document) -> None:
    pages.get(f"/psicoterapeutas/{person['_id']}/editar")
    pages.press(
        "Guardar", changes={"commission_percent": "40", "effective_on": "2026-10-02", "phone": "987654321"}
    )


def test_what_a_percent_would_change_is_shown_before_anything_is_saved(
    pages: PageClient, db: Db, emard: Document, booked: list[Document]
) -> None:
    ask(pages, emard)
    page = pages.last
    assert page is not None
    assert "Todavía no se guardó." in page.text
    assert "Desde el 02/10/2026 hay 4 citas ya registradas con otra comisión. Si pasan al 40 %:" in page.text
    # Four sessions count, 720.00 in all; of three of them the centre keeps 13.50 less in all.
    assert "Octubre 2026: 4 citas" in page.text
    assert "Comisión S/ 270.00 S/ 283.50 Para el centro S/ 450.00 S/ 436.50" in page.text
    assert page.fields("Guardar")["phone"] == "987654321"
    assert (psychotherapists.get(db, emard["_id"])["version"], set(percents(db))) == (1, {3750})

    listed = PageClient(pages.http).get(page.link("4 citas"))
    assert listed.text.count("Rosa Quispe Ñahui") == 4
    assert "Total 37.5" not in listed.text and "S/ 202.50 S/ 216.00" in listed.text

    page = pages.press("Guardar", 422)
    assert "Elija qué pasa con las citas ya registradas." in page.text
    assert set(percents(db)) == {3750}


@pytest.mark.parametrize(("decision", "expected"), [("change", 4000), ("keep", 3750)])
def test_registered_sessions_follow_or_keep_theirs(
    pages: PageClient, db: Db, emard: Document, booked: list[Document], decision: str, expected: int
) -> None:
    ask(pages, emard)
    page = pages.press("Guardar", changes={DECISION: decision})
    assert "Guardado: Ronald Emard." in page.text
    assert percents(db) == [3750] + [expected] * 4
    stored = psychotherapists.get(db, emard["_id"])
    assert (stored["terms"][-1]["commission_bp"], stored["phone"]) == (4000, "+51987654321")
    assert page.text.count("S/ 283.50" if decision == "change" else "S/ 270.00") == 1


def test_what_changed_since_it_was_shown_is_shown_anew(
    pages: PageClient, db: Db, rosa: Document, emard: Document, booked: list[Document]
) -> None:
    ask(pages, emard)
    book(db, rosa, emard, 20, "scheduled")
    page = pages.press("Guardar", changes={DECISION: "change"})
    assert "Todavía no se guardó." in page.text and "hay 5 citas ya registradas" in page.text
    assert set(percents(db)) == {3750}
    page = pages.press("Guardar", changes={"commission_percent": "50", DECISION: "change"})
    assert "Si pasan al 50 %:" in page.text
    pages.press("Guardar", changes={DECISION: "change"})
    assert percents(db) == [3750] + [5000] * 5


def test_a_change_that_reaches_no_session_is_saved_at_once_and_a_price_never_reaches_one(
    pages: PageClient, db: Db, emard: Document, booked: list[Document]
) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    page = pages.press("Guardar", changes={"commission_percent": "40", "effective_on": "2026-10-06"})
    assert "Guardado" in page.text
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    page = pages.press("Guardar", changes={"default_price.amount": "200", "effective_on": "2026-10-01"})
    assert "Guardado" in page.text
    assert {session["price_cents"] for session in db.sessions.find()} == {18000}


def test_sessions_that_kept_their_percent_can_still_take_it_over_later(
    pages: PageClient, db: Db, emard: Document, booked: list[Document]
) -> None:
    ask(pages, emard)
    pages.press("Guardar", changes={DECISION: "keep"})
    pages.get(f"/psicoterapeutas/{emard['_id']}/editar")
    page = pages.press("Guardar", changes={"effective_on": "2026-10-03"})
    assert "hay 3 citas ya registradas con otra comisión" in page.text
    pages.press("Guardar", changes={DECISION: "change"})
    assert percents(db) == [3750, 3750, 4000, 4000, 4000]
    assert [entry["since"] for entry in psychotherapists.get(db, emard["_id"])["terms"]] == [
        None,
        "2026-10-02",
    ]


def test_the_piece_that_follows_the_form_says_what_is_typed_so_far(
    pages: PageClient, db: Db, emard: Document, booked: list[Document]
) -> None:
    path = f"/psicoterapeutas/{emard['_id']}/cambio?default_price.currency=PEN&default_price.amount="

    def piece(rest: str) -> str:
        return pages.http.get(path + rest).get_data(as_text=True)

    assert "hay 4 citas" in piece("180&commission_percent=40&effective_on=2026-10-02")
    later = {"commission_bp": 5000, "effective_on": "2026-10-04"}
    psychotherapists.update(db, emard["_id"], later, None, NOW)
    until = piece("200&commission_percent=40&effective_on=2026-10-02")
    assert "Entre el 02/10/2026 y el día antes del 04/10/2026 hay 2 citas" in until
    assert "conservan su precio" in until
    for unfinished in ("180&commission_percent=40", "180&commission_percent=4x&effective_on=2026-10-02", ""):
        assert piece(unfinished).strip() == ""


def test_the_sessions_of_no_percent_are_refused_in_words(pages: PageClient, emard: Document) -> None:
    pages.get(f"/psicoterapeutas/{emard['_id']}/cambio/2026-10?comision=101&desde=2026-10-01", 422)
    pages.get(f"/psicoterapeutas/{emard['_id']}/cambio/2026-10?comision=40", 422)
    pages.get(f"/psicoterapeutas/{emard['_id']}/cambio/octubre?comision=40&desde=2026-10-01", 422)
    empty = pages.get(f"/psicoterapeutas/{emard['_id']}/cambio/2026-10?comision=40&desde=2026-10-01")
    assert "Ninguna cita cambiaría" in empty.text
