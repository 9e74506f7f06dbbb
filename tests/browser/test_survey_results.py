"""Results on /encuestas as direction sees them, right after a link was answered in a browser."""

from flask import Flask
from playwright.sync_api import expect

from service.database import Db
from tests.browser.conftest import Pages
from tests.open_survey import MONTH, send


def test_what_was_answered_in_a_browser_is_the_months_nps(app: Flask, db: Db, pages: Pages) -> None:
    survey = send(app, db)
    for given, rating in (("José", "9"), ("Emily", "0")):
        page = pages.open_public(survey.link(given), width=360, javascript=False)
        page.get_by_role("radio", name=rating, exact=True).check()
        for group in page.get_by_role("group").all()[1:]:
            group.get_by_role("radio").nth(3).check()
        page.get_by_role("textbox").fill(f"De {rating}")
        page.get_by_role("button").click()
        page.wait_for_url("**/gracias")
    pages.check(pages.open(f"/encuestas?mes={MONTH}"))
    page = pages.open(f"/encuestas?mes={MONTH}", width=360, scheme="dark")
    results = page.get_by_role("region", name="Recomendación del centro")
    expect(results).to_contain_text("2 respuestas de 3 invitaciones")
    expect(results.get_by_role("img")).to_have_attribute(
        "aria-label", "NPS 0, intervalo de 95 % de −73 a 73, 2 respuestas (muestra insuficiente)"
    )
    expect(page.get_by_role("region", name="Comentarios").get_by_role("listitem")).to_have_text(
        ["Calificación: 0De 0", "Calificación: 9De 9"]
    )
    graph = page.get_by_role("group", name="NPS en doce meses")
    expect(graph.get_by_role("link")).to_have_count(1)
    page.get_by_text("Ver como tabla").click()
    pages.check(page)
