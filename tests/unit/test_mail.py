"""Mails as they go out: pinned as readable files, and what their headers must be for mail servers."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from service import mail
from service.app import create_app
from service.config import Settings

GOLDEN = Path(__file__).parents[1] / "golden" / "mail"
NOW = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
SENDER = mail.sender("", "Centro Horizonte", "https://citas.horizonte.example")
SURVEY = mail.Survey(
    id="0123456789abcdef0123456789abcdef",
    recipient="rosa@example.com",
    language="es",
    name="Rosa",
    month="2026-10",
    last_day="2026-11-14",
    family=False,
    reminder=False,
    link="https://citas.horizonte.example/encuesta/abcdefghijklmnopqrstuvwxyz-_0123",
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = Settings("mongodb://127.0.0.1:1", "redis://127.0.0.1:1", "k" * 32, data_dir=tmp_path)
    app = create_app(settings)
    with app.app_context():
        yield app
    app.extensions["db"].client.close()


def built(app: Flask, survey: mail.Survey = SURVEY) -> EmailMessage:
    message = mail.survey(survey, SENDER, "Centro Horizonte", app.jinja_env, NOW)
    read = message_from_bytes(message.as_bytes(policy=mail.WIRE), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def content(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text


def readable(message: EmailMessage) -> str:
    """Headers, text and HTML of a mail, decoded."""
    headers = "".join(f"{name}: {value}\n" for name, value in message.items())
    return f"{headers}\n{content(message, 'plain')}\n{'=' * 80}\n{content(message, 'html')}".replace(
        "\r\n", "\n"
    )


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("survey", {}),
        ("survey-family", {"family": True}),
        ("reminder", {"reminder": True, "id": "f" * 32}),
        ("survey-en", {"language": "en"}),
    ],
)
def test_each_mail_is_as_it_was_looked_at(app: Flask, name: str, changed: dict[str, object]) -> None:
    file = GOLDEN / f"{name}.txt"
    text = readable(built(app, replace(SURVEY, **changed)))  # type: ignore[arg-type]
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_long_addresses_stay_whole_so_that_one_click_works(app: Flask) -> None:
    long = replace(SURVEY, link="https://citas.un-centro-de-nombre-muy-largo.example/" + "x" * 300)
    message = mail.survey(long, SENDER, "Centro Horizonte", app.jinja_env, NOW)
    raw = message.as_bytes(policy=mail.WIRE)
    assert f"\r\nList-Unsubscribe: <{long.link}/baja>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()


def test_the_same_mail_has_the_same_bytes(app: Flask) -> None:
    first, second = (mail.survey(SURVEY, SENDER, "Centro", app.jinja_env, NOW).as_bytes() for _ in range(2))
    assert first == second


def test_the_subject_tells_neither_person_nor_therapy(app: Flask) -> None:
    for reminder, family in ((False, False), (True, False), (False, True)):
        subject = str(built(app, replace(SURVEY, reminder=reminder, family=family))["Subject"]).lower()
        for word in ("rosa", "psic", "terap", "sesi", "cita", "paciente", "consult"):
            assert word not in subject


def test_what_people_are_called_does_no_harm(app: Flask) -> None:
    message = built(app, replace(SURVEY, name="<script>alert(1)</script> {{ 7*7 }} Ñahui & Hijos"))
    assert "<script" not in content(message, "html")
    assert "{{ 7*7 }} Ñahui & Hijos" in content(message, "plain")


@pytest.mark.parametrize(
    ("mail_from", "base_url", "expected"),
    [
        ("Centro Ñ <hola@centro.pe>", "https://x.pe", ("Centro Ñ", "hola@centro.pe")),
        ("hola@centro.pe", "https://x.pe", ("Mi centro", "hola@centro.pe")),
        ("", "https://citas.centro.pe", ("Mi centro", "consultorio@citas.centro.pe")),
        ("", "http://127.0.0.1:8000", ("Mi centro", "consultorio@localhost")),
    ],
)
def test_who_a_mail_comes_from(mail_from: str, base_url: str, expected: tuple[str, str]) -> None:
    sender = mail.sender(mail_from, "Mi centro", base_url)
    assert (sender.name, sender.email) == expected


def test_a_domain_goes_as_mail_servers_know_it(app: Flask) -> None:
    read = built(app, replace(SURVEY, recipient="rosa@correo.españa.pe"))
    assert read["To"] == "rosa@correo.xn--espaa-rta.pe"
    assert mail.sender("Ñ <hola@ñandú.pe>", "", "").email == "hola@xn--and-6ma2c.pe"
    for same in ("rosa@example.com", "a@[192.0.2.1]", "josé@example.com", f"a@{'ñ' * 80}.pe"):
        assert mail.ascii_domain(same) == same
