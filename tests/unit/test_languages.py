"""Sentences from below the edges, in the language of the page."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext, ngettext

from service import languages
from service.languages import LOCALES, all_translated, translated
from service.texts import _, _n

CATALOGUE = r"""
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Rige desde el %(day)s."
msgstr "In force from %(day)s."

msgid "Falta %(what)s (%%)."
msgstr "%(what)s is missing (%%)."

msgid "Comisión"
msgstr "Commission"

msgid "%(num)s cita"
msgid_plural "%(num)s citas"
msgstr[0] "%(num)s session"
msgstr[1] "%(num)s sessions"
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A Spanish centre with a catalogue of its own."""
    (tmp_path / "en.po").write_text(CATALOGUE, "utf-8")
    monkeypatch.setattr(languages, "TRANSLATIONS", tmp_path)
    languages._catalogue.cache_clear()
    app = Flask("service")
    languages.register(app, "es")
    yield app
    languages._catalogue.cache_clear()


def test_a_text_is_written_in_the_language_in_force(app: Flask) -> None:
    missing, many = _("Falta %(what)s (%%).", what=_("Comisión")), _n("%(num)s cita", "%(num)s citas", 2)
    with app.test_request_context():
        assert translated(missing) == "Falta Comisión (%)."
        with force_locale(LOCALES["en"]):
            assert translated(missing) == "Commission is missing (%)."
            assert translated(many) == "2 sessions"
            assert translated("Comisión") == "Comisión"


def test_without_a_request_it_stays_spanish() -> None:
    assert translated(_("Comisión")) == "Comisión"


def test_what_the_catalogue_lacks_stays_spanish(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert translated(_("Nota de %(name)s", name="Ana")) == "Nota de Ana"


def test_templates_and_json_translate_by_themselves(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        page = render_template_string(
            "{{ text }} <b title='{{ text }}'>{{ html }}</b>", text=_("Comisión"), html="<"
        )
        assert page == "Commission <b title='Commission'>&lt;</b>"
        assert all_translated({"errors": {"a": [_("Comisión"), 1, None]}}) == {
            "errors": {"a": ["Commission", 1, None]}
        }


@pytest.mark.parametrize(("locale", "word"), [("es_PE", "Comisión"), ("en", "Commission")])
def test_a_templates_own_sentences_need_no_catalogue(app: Flask, locale: str, word: str) -> None:
    source = "{{ _('Comisión') }} {{ ngettext('%(num)s cita', '%(num)s citas', 2) }}"
    with app.test_request_context(), force_locale(locale):
        assert render_template_string(source).startswith(word)


def test_the_edges_own_sentences_take_texts_and_percent_signs(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert gettext("Falta %(what)s (%%).", what=_("Comisión")) == "Commission is missing (%)."
        assert gettext("100 %%") == "100 %"
        assert ngettext("%(num)s cita", "%(num)s citas", 1) == "1 session"


def test_days_are_written_as_the_language_does(app: Flask) -> None:
    text = _("Rige desde el %(day)s.", day=date(2026, 11, 24))
    with app.test_request_context():
        assert translated(text) == str(text) == "Rige desde el martes 24 de noviembre de 2026."
