"""Settings from the environment or a `.env` file, typed; what is wrong is said and stops the start.

Each field is one setting of the README's table, in lower case.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from service.embedded import place
from service.processes import valkey

SECRET_KEY_BYTES = 32
LANGUAGES = ("es", "en")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what would be right."""


@dataclass(frozen=True, repr=False)
class Settings:
    """All settings. `now` (aware UTC) freezes the calendar and is honoured only when `testing`."""

    mongodb_uri: str
    redis_url: str
    secret_key: str
    mongodb_db: str = "consultorio"
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str = ""
    mail_from: str = ""
    admin_email: str = ""
    admin_password: str = ""
    timezone: str = "America/Lima"
    language: str = "es"
    center_name: str = "Consultorio"
    metrics_token: str = ""
    trusted_proxies: int = 0
    testing: bool = False
    now: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The centre's zone."""
        return ZoneInfo(self.timezone)

    @property
    def links_stay_here(self) -> bool:
        """Whether links in mails lead to this machine alone: nobody else could open them."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback or ip_address(host).is_unspecified
        except ValueError:  # a name
            return host in ("", "localhost")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Settings out of `environ` (default: the process's, over `.env` in the working folder).

        Raises SettingsError naming the first setting that is missing or wrong.
        """
        values = _values(environ)
        data_dir = Path(values.get("DATA_DIR") or "var")
        host, port = values.get("HOST") or "127.0.0.1", _port(values.get("PORT") or "8000")
        testing = values.get("TESTING") == "1"
        return cls(
            mongodb_uri=values.get("MONGODB_URI") or place.uri(data_dir),
            redis_url=values.get("REDIS_URL") or valkey.url(data_dir),
            secret_key=_secret_key(values, data_dir),
            mongodb_db=values.get("MONGODB_DB") or "consultorio",
            data_dir=data_dir,
            host=host,
            port=port,
            base_url=(values.get("BASE_URL") or f"http://{host}:{port}").rstrip("/"),
            smtp_url=_smtp_url(values.get("SMTP_URL") or ""),
            mail_from=_mail_from(values.get("MAIL_FROM") or ""),
            admin_email=values.get("ADMIN_EMAIL") or "",
            admin_password=values.get("ADMIN_PASSWORD") or "",
            timezone=_timezone(values.get("TIMEZONE") or "America/Lima"),
            language=_language(values.get("LANGUAGE") or "es"),
            center_name=values.get("CENTER_NAME") or "Consultorio",
            metrics_token=values.get("METRICS_TOKEN") or "",
            trusted_proxies=_proxies(values.get("TRUSTED_PROXIES") or "0"),
            testing=testing,
            now=_instant(values["NOW"]) if testing and values.get("NOW") else None,
        )


def environment_names() -> list[str]:
    """The names of all settings, as the environment spells them."""
    return [field.name.upper() for field in fields(Settings)]


def make_secret_key(data_dir: Path) -> str:
    """The key kept in `data_dir`, made there (0600) when there is none yet."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(SECRET_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()


def _values(environ: Mapping[str, str] | None) -> Mapping[str, str]:
    if environ is not None:
        return environ
    dotenv = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**dotenv, **os.environ}


def _secret_key(values: Mapping[str, str], data_dir: Path) -> str:
    key = values.get("SECRET_KEY") or ""
    kept = data_dir / "secret_key"
    if not key and kept.exists():
        key = kept.read_text(encoding="ascii").strip()
    if len(key.encode()) < SECRET_KEY_BYTES:
        hint = "`make run` makes one in DATA_DIR"
        raise SettingsError(f"SECRET_KEY must have at least {SECRET_KEY_BYTES} bytes ({hint}).")
    return key


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError("PORT must be a number from 1 to 65535.")
    return int(text)


def _proxies(text: str) -> int:
    if not text.isdecimal() or int(text) > 9:
        raise SettingsError("TRUSTED_PROXIES must say how many reverse proxies stand in front: 0, 1, …")
    return int(text)


def _smtp_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_right = not text or (
            parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        )
    except ValueError:  # a port that is no number
        is_right = False
    if not is_right:
        raise SettingsError(
            "SMTP_URL must be like smtp://user:password@host:587 or smtps://user:password@host."
        )
    return text


def _mail_from(text: str) -> str:
    address = parseaddr(text)[1]
    try:
        is_right = not text or bool(Address(addr_spec=address).domain)
    except (ValueError, IndexError, HeaderParseError):
        is_right = False
    if not is_right:
        hint = 'a name that has a comma stands in quotes: "Centro, S.A.C." <hola@centro.pe>'
        raise SettingsError(f"MAIL_FROM must be like Centro <hola@centro.pe> or hola@centro.pe ({hint}).")
    return text


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise SettingsError("TIMEZONE must be a zone's name such as America/Lima.") from error
    return name


def _language(text: str) -> str:
    if ":" in text or "_" in text:  # a desktop's own variable of this name ("es_PE:es"), not meant for us
        return "es"
    if text not in LANGUAGES:
        raise SettingsError(f"LANGUAGE must be one of {', '.join(LANGUAGES)}.")
    return text


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError("NOW must be an ISO 8601 instant with offset.") from error
    if instant.tzinfo is None:
        raise SettingsError("NOW must carry an offset, such as 2026-10-15T12:00:00-05:00.")
    return instant.astimezone(UTC)
