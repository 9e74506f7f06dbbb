"""Settings that are wrong are named before anything starts."""

import pytest

from service.config import Settings, SettingsError

REQUIRED = {"SECRET_KEY": "k" * 32}


@pytest.mark.parametrize(
    "url", ["", "smtp://mail", "smtps://m%40x.pe:a@mail.example.com", "smtp://127.0.0.1:1025"]
)
def test_addresses_of_mail_servers(url: str) -> None:
    assert Settings.from_environ({**REQUIRED, "SMTP_URL": url}).smtp_url == url


@pytest.mark.parametrize("url", ["mail.example.com", "mail:25", "http://mail", "smtp://", "smtp://mail:x"])
def test_a_wrong_address_of_the_mail_server_stops_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL"):
        Settings.from_environ({**REQUIRED, "SMTP_URL": url})
