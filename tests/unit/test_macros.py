"""What pages are built of: macros that say what is wrong where it is, keep the address, break no policy."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import flask_bootstrap
import pytest
from flask import Flask, get_flashed_messages, render_template_string
from flask_babel import Babel
from marshmallow import fields

from service import formats
from service.schemas.fields import Choice, Flag, MoneyField, StrictSchema, Text
from service.schemas.form import Form

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if path.parent.name not in ("pdf", "mail")
)
STATIC = ROOT / "service" / "static"
#: Bootstrap's own file, which comes in through our stylesheet.
BOOTSTRAP = "/bootstrap/static/css/bootstrap.min.css"


class Sheet(StrictSchema):
    name = Text(required=True, shortest=1, metadata={"label": "Nombres", "hint": "Como en el DNI."})
    kind = Choice([("a", "Uno"), ("b", "Dos")], metadata={"label": "Tipo"})
    consent = Flag(metadata={"label": "Acepta", "input": "checkbox"})
    price = MoneyField("price_cents", metadata={"label": "Tarifa", "input": "money"})
    note = fields.String(metadata={"label": "Nota", "input": "textarea"})


@pytest.fixture
def app() -> Flask:
    app = Flask("service", template_folder=str(ROOT / "templates"))
    app.config.update(BABEL_DEFAULT_LOCALE="es_PE", SECRET_KEY="for flashes")
    Babel(app)
    formats.register(app, ZoneInfo("America/Lima"))
    app.jinja_env.globals["csrf_token"] = lambda: "secret"
    return app


def drawn(app: Flask, macro: str, call: str, url: str = "/citas", **given: object) -> str:
    """What a macro answers, with line ends and runs of spaces (but no no-break space) made one space."""
    file, name = macro.split(":")
    source = f'{{% from "macros/{file}.html" import {name} %}}{{{{ {name}{call} }}}}'
    with app.test_request_context(url):
        return re.sub(r"[ \n]+", " ", render_template_string(source, **given)).strip()


def test_a_wrong_field_says_so_beside_itself_and_keeps_what_was_typed(app: Flask) -> None:
    form = Form(Sheet(), {"name": 'Ana "<b>"'}, {"name": ["Falta."]})
    html = drawn(app, "forms:field", '(form["name"])', form=form)
    assert 'value="Ana &#34;&lt;b&gt;&#34;"' in html
    assert 'aria-invalid="true" aria-describedby="f-name-hint f-name-error"' in html
    assert re.search(r'<div id="f-name-error">.*Falta\..*</div>', html)
    assert '<label class="field-label" for="f-name">Nombres <span class="required"' in html
    assert "autofocus" in html


def test_a_field_without_mistakes_names_only_its_hint(app: Flask) -> None:
    html = drawn(app, "forms:field", '(form["name"])', form=Form(Sheet()))
    assert 'aria-describedby="f-name-hint"' in html
    assert "aria-invalid" not in html
    assert "autofocus" not in html


def test_choices_boxes_and_money_send_what_decode_reads(app: Flask) -> None:
    form = Form(Sheet(), {"kind": "b", "consent": False, "price": {"amount": "60.00", "currency": "USD"}})
    assert 'name="kind" value="b" checked' in drawn(app, "forms:field", '(form["kind"])', form=form)
    box = drawn(app, "forms:field", '(form["consent"])', form=form)
    assert box.index('type="hidden" name="consent" value="false"') < box.index('type="checkbox"')
    assert "checked" not in box
    money = drawn(app, "forms:field", '(form["price"])', form=form)
    assert 'name="price.currency" value="USD" checked' in money
    assert 'value="60.00" id="f-price-amount" name="price.amount"' in money


def test_a_mistake_in_an_amount_stands_in_the_money_field(app: Flask) -> None:
    html = drawn(app, "forms:field", '(form["price"])', form=Form(Sheet(), {}, {"price.amount": ["Mal."]}))
    assert 'name="price.amount" aria-invalid="true"' in html
    assert 'aria-describedby="f-price-error"' in html
    assert html.count("Mal.") == 1


def test_several_mistakes_are_summed_up_with_ways_to_them(app: Flask) -> None:
    form = Form(Sheet(), {}, {"name": ["Falta."], "price.amount": ["Mal."], "_schema": ["No se pudo."]})
    html = drawn(app, "forms:error_summary", "(form)", form=form)
    assert [*re.findall(r'href="#([^"]+)"', html)] == ["f-name", "f-price-amount"]
    assert "No se pudo." in html
    one = Form(Sheet(), {}, {"name": ["Falta."]})
    assert drawn(app, "forms:error_summary", "(form)", form=one) == ""


def test_the_text_of_an_area_cannot_end_it(app: Flask) -> None:
    html = drawn(app, "forms:field", '(form["note"])', form=Form(Sheet(), {"note": "</textarea>uno"}))
    assert "> &lt;/textarea&gt;uno</textarea>" in html


def test_the_month_changes_and_the_rest_of_the_address_stays_but_for_the_page(app: Flask) -> None:
    html = drawn(app, "month_bar:month_bar", '("2026-01")', url="/citas?mes=2026-01&q=%C3%B1ahui&pagina=3")
    steps = re.findall(r'class="period-step" href="([^"]+)"', html)
    assert steps == ["/citas?q=%C3%B1ahui&amp;mes=2025-12", "/citas?q=%C3%B1ahui&amp;mes=2026-02"]
    assert "Enero 2026" in html
    assert html.count('aria-current="true"') == 1
    assert 'aria-label="setiembre 2026"' in html


def test_the_pager_counts_and_offers_only_pages_that_are_there(app: Flask) -> None:
    first = drawn(app, "pager:pager", "(1, 50, 512)", url="/citas?mes=2026-11")
    assert "Mostrando 1–50 de 512" in first
    assert "/citas?mes=2026-11&amp;pagina=2" in first
    assert "Anteriores" not in first
    last = drawn(app, "pager:pager", "(11, 50, 512)")
    assert "Mostrando 501–512 de 512" in last
    assert "Siguientes" not in last
    assert "pagina=" not in drawn(app, "pager:pager", "(1, 50, 50)")


def test_amounts_stand_soles_above_dollars_and_nothing_is_a_dash(app: Flask) -> None:
    both = drawn(app, "figures:amounts", '({"USD": 6000, "PEN": 0}, "/citas")')
    assert re.findall(r">([^<>]+)</a>", both) == ["S/\u00a00.00", "US$\u00a060.00"]
    assert drawn(app, "figures:amounts", "({})") == '<span class="monies">–</span>'
    each = drawn(app, "figures:amounts", '({"USD": 1, "PEN": 1}, {"PEN": "/s", "USD": "/d"})')
    assert re.findall(r'href="([^"]+)"', each) == ["/s", "/d"]


def test_states_are_words_with_a_shape(app: Flask) -> None:
    for value, word in {"done": "Realizada", "scheduled": "Programada", "no_show": "No asistió"}.items():
        html = drawn(app, "states:status", f'("{value}")')
        assert word in html
        assert "<svg" in html
    assert "Mes abierto · 7 pendientes" in drawn(app, "states:month_state", "(false, 7)")
    assert "1 pendiente<" in drawn(app, "states:month_state", "(false, 1)")


def test_only_what_is_wrong_interrupts(app: Flask) -> None:
    assert 'role="alert"' in drawn(app, "messages:notice", '("No.", "wrong")')
    assert 'role="status"' in drawn(app, "messages:notice", '("Guardado.", "good")')


def test_flashes_are_said_once(app: Flask) -> None:
    source = '{% from "macros/messages.html" import flashes %}{{ flashes() }}'
    with app.test_request_context("/"):
        from flask import flash

        flash("Guardado <b>", "success")
        assert "Guardado &lt;b&gt;" in render_template_string(source)
        assert get_flashed_messages() == ["Guardado <b>"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_carry_nothing_that_the_policy_forbids(path: Path) -> None:
    """No inline style or script, no handler attribute, no data: image, nothing from another host."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    inline = r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:"
    forbidden = inline + r"|data:image|(?:src|href)=\"(?:https?:)?//"
    assert re.findall(forbidden, source) == []


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_static_files_load_nothing_from_elsewhere(path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = source.replace(f'@import url("{BOOTSTRAP}");', "")
    assert re.findall(r"https?://|data:image|url\(\s*[\"']?data:|@import|eval\(|new Function", source) == []


def test_every_file_that_the_stylesheet_and_the_scripts_name_is_there() -> None:
    named = re.findall(r'url\("([^"]+)"\)', (STATIC / "consultorio.css").read_text(encoding="utf-8"))
    assert BOOTSTRAP in named
    carried = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
    assert (carried / BOOTSTRAP.removeprefix("/bootstrap/static/")).exists()
    named.remove(BOOTSTRAP)
    named += re.findall(r'from "\./([^"]+)"', (STATIC / "app.js").read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if not (STATIC / name).exists()] == []
