"""Settings that are wrong are named before anything starts."""

import pytest

from service.config import Settings, SettingsError

REQUIRED = {"SECRET_KEY": "k" * 32}


@pytest.mark.parametrize(
    "url", ["", "smtp://mail", "smtps://m%40x.pe:a@mail.example.com", "smtp://127.0.0.1:1025"]
)
def test_addresses_of_mail_servers(url: str) -> None:
    assert Settings.from_environ({**REQUIRED, "SMTP_URL": url}).smtp_url == url


@pytest.mark.parametrize("text", ["Centro", "hola@", "Centro, S.A.C. <hola@centro.pe>", "josé@centro.pe"])
def test_a_sender_that_is_no_address_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        Settings.from_environ({**REQUIRED, "MAIL_FROM": text})


@pytest.mark.parametrize(
    "text", ["", "hola@centro.pe", '"Centro, S.A.C." <hola@centro.pe>', "Ñ <a@ñandú.pe>"]
)
def test_senders(text: str) -> None:
    assert Settings.from_environ({**REQUIRED, "MAIL_FROM": text}).mail_from == text


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://192.168.1.5:8000", False),
        ("https://citas.centro.pe", False),
    ],
)
def test_whether_links_lead_to_this_machine_alone(url: str, here: bool) -> None:
    assert Settings.from_environ({**REQUIRED, "BASE_URL": url}).links_stay_here == here


@pytest.mark.parametrize("url", ["mail.example.com", "mail:25", "http://mail", "smtp://", "smtp://mail:x"])
def test_a_wrong_address_of_the_mail_server_stops_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL"):
        Settings.from_environ({**REQUIRED, "SMTP_URL": url})


def test_how_many_proxies_stand_in_front() -> None:
    assert Settings.from_environ(REQUIRED).trusted_proxies == 0
    assert Settings.from_environ({**REQUIRED, "TRUSTED_PROXIES": "1"}).trusted_proxies == 1
    for wrong in ("yes", "-1", "10.0.0.1"):
        with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
            Settings.from_environ({**REQUIRED, "TRUSTED_PROXIES": wrong})
