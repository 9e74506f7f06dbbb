"""The statement's PDF as it is read: each line once, figures apart by currency, names as plain text."""

import hashlib
import io
import json
import logging
import re
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from PIL import Image
from pypdf import PdfReader

from service import formats, pdf

ROOT = Path(__file__).parents[2]
NASTY = [
    '<b>&" Quispe',
    "Íñigo Núñez O'Donnell",
    "{{ 7*7 }} Torres",
    '<img src="file:///etc/passwd"> Ríos',
    "<pdf:nextpage> Ávila",
    "</td></tr></table></pdf:longtable> Peña",
    "&lt;i&gt; Güemes",
]


def environment() -> Environment:
    """The templates with the filters of the web application, without the rest of it."""
    made = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    made.globals.update(_=lambda text, **values: text % values, language_tag=formats.language_tag)
    days = formats.short_day, formats.numeric_day, formats.month_in_words
    for filter_ in (formats.money, formats.percent, *days):
        made.filters[filter_.__name__] = filter_
    return made


def line(number: int, **fields: Any) -> dict[str, Any]:
    """A session; `number` decides its day, hour, price and currency, so that lines differ."""
    price = 10_000 + number * 7
    made = {
        "local_date": f"2026-10-{1 + number % 28:02d}",
        "starts": f"{8 + number % 12:02d}:{number % 60:02d}",
        "ends": f"{9 + number % 12:02d}:{number % 60:02d}",
        "client_name": f"Ñahui Cliente{number:04d}",
        "modality": ("virtual", "on_site")[number % 2],
        "status": "done",
        "amount_cents": price,
        "currency": "USD" if number % 5 == 3 else "PEN",
        "commission_bp": 3750,
        "commission_cents": (price * 3750 + 5000) // 10_000,
    }
    return {**made, **fields}


def statement(lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    totals = []
    for currency in ("PEN", "USD"):
        mine = [line for line in lines if line["currency"] == currency]
        gross = sum(line["amount_cents"] for line in mine)
        commission = sum(line["commission_cents"] for line in mine)
        charges = sum(line["status"] in ("cancelled", "no_show") for line in mine)
        total = {"currency": currency, "sessions": len(mine) - charges, "charges": charges}
        total |= {"gross_cents": gross, "commission_cents": commission}
        total |= {"center_share_cents": gross - commission}
        totals += [total] if mine else []
    made: dict[str, Any] = {
        "center_name": "Centro Ñusta",
        "psychotherapist": {"name": "Ronald Emard", "document_text": "DNI 01234567"},
        "month": "2026-10",
        "state": "draft",
        "folio": None,
        "version": None,
        "sha256": None,
        "lines": lines,
        "totals": totals,
        "adjustments": [],
        "payable": [{"currency": total["currency"], "cents": total["commission_cents"]} for total in totals],
    }
    return {**made, **fields}


def pdf_of(lines: list[dict[str, Any]], **fields: Any) -> bytes:
    return pdf.statement_pdf(statement(lines, **fields), environment())


def pages(data: bytes) -> list[str]:
    """The text of each page, runs of blanks as one."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


@pytest.mark.parametrize("count", [1, 60, 500])
def test_every_session_stands_there_once(count: int) -> None:
    text = " ".join(pages(pdf_of([line(n) for n in range(count)])))
    assert Counter(re.findall(r"Cliente\d{4}", text)) == {f"Cliente{n:04d}": 1 for n in range(count)}


def test_a_line_shows_day_hours_client_type_amount_percent_and_commission() -> None:
    text = pages(pdf_of([line(2, client_name="José Ángel Ríos")]))[0]
    assert "sáb 03 10:02–11:02 José Ángel Ríos Virtual S/ 100.14 37.5 % S/ 37.55" in text


def test_what_is_no_held_session_says_so() -> None:
    states = ("scheduled", "cancelled", "no_show")
    text = pages(pdf_of([line(n, status=state) for n, state in enumerate(states)]))[0]
    assert "Virtual, programada" in text
    assert "cargo por cancelación" in text
    assert "cargo por inasistencia" in text


def test_totals_are_the_sums_of_the_lines_soles_first_and_never_added() -> None:
    text = " ".join(pages(pdf_of([line(n, status="no_show" if n == 1 else "done") for n in range(60)])))
    rows = re.findall(r"(S/|US\$) ([\d.,]+) [\d.]+ % (?:S/|US\$) ([\d.,]+)", text)
    assert len(rows) == 60
    for name, symbol, sessions, charges in (("Soles", "S/", 47, 1), ("Dólares", r"US\$", 12, 0)):
        amounts = [[cents(text) for text in row[1:]] for row in rows if re.fullmatch(symbol, row[0])]
        gross, commission = (sum(column) for column in zip(*amounts, strict=True))
        amount = rf" {symbol} ([\d.,]+)"
        total = re.search(rf"{name} (\d+) (\d+){amount * 3}", text)
        assert total is not None
        assert [int(total[1]), int(total[2])] == [sessions, charges]
        assert [cents(total[n]) for n in (3, 4, 5)] == [gross, gross - commission, commission]
    assert text.index("Soles") < text.index("Dólares")


def cents(text: str) -> int:
    return int(re.sub(r"[.,]", "", text))


def test_every_page_has_its_number_and_the_head_of_the_table() -> None:
    found = pages(pdf_of([line(n) for n in range(120)]))
    assert len(found) > 2
    for number, text in enumerate(found, start=1):
        assert f"página {number} de {len(found)}" in text
        assert "Liquidación · octubre de 2026 · Ronald Emard" in text
        assert "Cliente" not in text or "Fecha Hora Cliente Tipo Monto % Comisión" in text


def test_an_empty_month_says_so() -> None:
    (text,) = pages(pdf_of([]))
    assert "No hay sesiones ni cargos en este mes." in text
    assert "Totales" not in text


def test_a_draft_says_so_and_a_closed_month_carries_folio_version_and_hash() -> None:
    draft = pages(pdf_of([line(1)]))[0]
    assert draft.count("Borrador") == 3
    closed = pages(pdf_of([line(1)], state="closed", folio="2026-0012", version=2, sha256="ab" * 32))[0]
    assert "Folio 2026-0012 · v2" in closed
    assert "ab" * 32 in closed
    assert "Borrador" not in closed


def test_what_a_closed_month_left_over_stands_apart_and_is_paid_with_the_rest() -> None:
    shown = {"local_date": "2026-07-03", "client_name": NASTY[0], "currency": "PEN", "kind": "removed"}
    amounts = {"gross_cents": -18000, "commission_cents": -6750, "before_cents": 18000, "after_cents": 0}
    changed = {"kind": "changed", "gross_cents": -11000, "before_cents": 15000, "after_cents": 4000}
    left = [{**shown, **amounts}] * 90 + [{**shown, **amounts, **changed}]
    sums = {"currency": "PEN", "month_cents": 3753, "adjustment_cents": -614250, "cents": -610497}
    text = " ".join(" ".join(pages(pdf_of([line(1)], adjustments=left, payable=[sums]))).split())
    assert text.count(NASTY[0]) == text.count("−S/ 67.50") == 91
    assert text.count("03/07/2026") == 91
    assert "cita cambiada de S/ 150.00 a S/ 40.00 −S/ 110.00 −S/ 67.50" in text
    assert "A pagar Soles S/ 37.53 −S/ 6,142.50 −S/ 6,104.97" in text
    assert "cita retirada −S/ 180.00" in text


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_text_wherever_it_stands(name: str) -> None:
    person = {"name": name, "document_text": name}
    (text,) = pages(pdf_of([line(1, client_name=name), line(2)], psychotherapist=person, center_name=name))
    flat = text.replace(" ", "")
    # The centre, the psychotherapist's name, document and foot, the client.
    assert flat.count(name.replace(" ", "")) == 5
    assert "Cliente0002" in text


def test_long_names_are_broken_and_lose_nothing() -> None:
    word, words = "Wñ" * 150, "María de los Ángeles " * 9
    removed = {"local_date": "2026-07-03", "client_name": word, "kind": "removed", "currency": "PEN"}
    left = [{**removed, "gross_cents": -18000, "commission_cents": -6750}]
    lines = [line(1, client_name=word), line(2, client_name=words)]
    text = " ".join(pages(pdf_of(lines, adjustments=left, payable=[])))
    assert text.replace(" ", "").count(word) == 2
    assert word not in text, "it runs into the next column"
    assert words.strip() in text


def test_a_letter_and_its_accent_apart_are_drawn_as_one() -> None:
    assert "Peña Ángel" in pages(pdf_of([line(1, client_name="Pen\u0303a A\u0301ngel")]))[0]


def test_names_of_other_alphabets_do_not_stop_it() -> None:
    text = pages(pdf_of([line(1, client_name="Wałęsa 王 😀 Жук"), line(2)]))[0]
    assert "Wałęsa" in text
    assert "Cliente0002" in text


def test_text_is_drawn_with_embedded_fonts_only() -> None:
    drawn: dict[str, bool] = {}

    def look(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip() and font is not None:
            drawn[font["/BaseFont"]] = "/FontFile2" in font["/FontDescriptor"]

    for page in PdfReader(io.BytesIO(pdf_of([line(n) for n in range(40)]))).pages:
        page.extract_text(visitor_text=look)
    assert {name.partition("+")[2]: embedded for name, embedded in drawn.items()} == {
        "OpenSans": True,
        "OpenSans-Semibold": True,
    }


def test_the_same_data_gives_the_same_bytes_in_every_process() -> None:
    data = statement([line(n, client_name=NASTY[n % len(NASTY)]) for n in range(50)])
    expected = pdf.statement_pdf(data, environment())
    assert pdf.statement_pdf(data, environment()) == expected
    program = (
        "import hashlib, json, sys; from tests.unit.test_pdf import environment, pdf; "
        "print(hashlib.sha256(pdf.statement_pdf(json.load(sys.stdin), environment())).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PATH": ""},
    )
    assert other.stdout.strip() == hashlib.sha256(expected).hexdigest()
    assert b"CreationDate (D:2000" in expected


def test_other_data_gives_other_bytes() -> None:
    assert pdf_of([line(1)]) != pdf_of([line(2)])


class Trap(BaseHTTPRequestHandler):
    """A web server that remembers that it was asked."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Trap)
    Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "source", ["inside.png", "{address}/x.png", "{outside}", "file://{outside}", "../outside.png"]
)
def test_only_pictures_of_the_assets_are_read(source: str, address: str, tmp_path: Path) -> None:
    assets, outside = tmp_path / "assets", tmp_path / "outside.png"
    assets.mkdir()
    for path in (assets / "inside.png", outside):
        Image.new("RGB", (4, 4), "#0f6b66").save(path)
    url = source.format(address=address, outside=outside)
    data = pdf.render(f'<link rel="stylesheet" href="{url}"><img src="{url}"><p>después</p>', assets)
    (page,) = PdfReader(io.BytesIO(data)).pages
    assert "después" in page.extract_text()
    assert len(page.images) == (source == "inside.png")
    assert Trap.asked == []


def test_a_picture_in_a_name_is_not_fetched(address: str) -> None:
    name = f'<img src="{address}/x.png"><link rel="stylesheet" href="{address}/x.css">'
    person = {"name": name, "document_text": name}
    pdf_of([line(1, client_name=name)], center_name=name, psychotherapist=person)
    assert Trap.asked == []


def test_the_logo_is_drawn() -> None:
    # Its green, as reportlab writes #0f6b66; the accent line has the same.
    content = PdfReader(io.BytesIO(pdf_of([]))).pages[0].get_contents()
    assert content is not None
    assert re.search(rb"\.058824 \.419608 \.4 rg", content.get_data())


def test_an_error_names_its_kind_and_never_what_it_was_laying_out(caplog: pytest.LogCaptureFixture) -> None:
    cell = "Secreto <br>" * 200  # higher than a page, which reportlab says quoting it
    html = f"<table><tbody><tr><td>{cell}</td></tr></tbody></table>"
    with caplog.at_level(logging.DEBUG), pytest.raises(pdf.RenderError) as caught:
        pdf.render(f'<pdf:longtable widths="30mm" aligns="left">{html}</pdf:longtable>')
    told = "".join(traceback.format_exception(caught.value))
    assert re.search(r"LayoutError in \w+\.py:\d+", told)
    assert "Secreto" not in told + caplog.text


def test_an_error_that_the_engine_only_counts_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    class Status:
        err = 2

    monkeypatch.setattr(pdf, "pisaDocument", lambda *args, **options: Status())
    with pytest.raises(pdf.RenderError, match="2 errors"):
        pdf.render("<p>x</p>")


def test_the_template_gives_the_engine_nothing_to_complain_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "xhtml2pdf"):
        pdf_of([line(1)])
    assert caplog.text == ""


def test_the_engine_logs_nothing_that_it_read(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        person = {"name": "Secreto 王", "document_text": None}
        pdf_of([line(1, client_name="Secreto 王")], psychotherapist=person)
    assert "Secreto" not in caplog.text
