"""The public survey form as somebody with a phone uses it: with scripts off, by touch and by keyboard."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from service.database import Db
from tests.browser.conftest import Pages
from tests.open_survey import Survey, send


@pytest.fixture
def survey(app: Flask, db: Db) -> Survey:
    return send(app, db)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mother_answers_on_a_phone_without_scripts(pages: Pages, survey: Survey, scheme: str) -> None:
    pages.check(pages.open_public(survey.link("Rosa"), width=360, scheme=scheme))
    page = pages.open_public(survey.link("Rosa"), width=360, javascript=False)
    rating = page.get_by_role("group", name="¿Qué tan probable")
    rating.get_by_role("radio", name="10", exact=True).tap()
    page.get_by_role("group", name="a Mateo").get_by_role("radio", name="1 estrella", exact=True).tap()
    page.get_by_role("group", name="a Ana Lucía").get_by_role("radio", name="5 estrellas").tap()
    page.get_by_label("¿Algo que quiera contarnos?").fill("Gracias")
    page.get_by_role("button", name="Enviar mi respuesta").tap()
    expect(page.get_by_role("alert")).to_contain_text("No se guardó todavía")
    page.get_by_role("group", name="a Maximiliano").get_by_role("radio", name="4 estrellas").tap()
    page.get_by_role("button", name="Enviar mi respuesta").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias por responder")
    answer = survey.invitation("Rosa")["answer"]
    assert (answer["nps"], answer["comment"]) == (10, "Gracias")
    assert sorted(star["stars"] for star in answer["stars"]) == [1, 4, 5]
    assert page.context.cookies() == []


def test_a_mistake_is_shown_where_it_is_and_the_keyboard_is_enough(pages: Pages, survey: Survey) -> None:
    page = pages.open_public(survey.link("Emily"))
    pages.check(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="0", exact=True)).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="10", exact=True)).to_be_checked()
    page.get_by_role("button").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    pages.check(page)
    page.get_by_role("alert").get_by_role("link").press("Enter")
    page.keyboard.press("Space")
    page.get_by_role("button").press("Enter")
    expect(page).to_have_url(re.compile("/gracias"))
    pages.check(page)
    assert survey.invitation("Emily")["answer"]["nps"] == 10
