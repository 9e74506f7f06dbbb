"""Builds mails; who takes them is service/smtp.py or service/outbox.py.

A mail is text and HTML with its rules inlined, in the language of who reads it. Building it again gives the
same mail: its Message-ID and all in it follow from what it is about, only its date is that of the building.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import urlsplit

import css_inline
from flask_babel import force_locale
from jinja2 import Environment

from service.languages import LOCALES

#: Longer header lines would be encoded where they are folded, and a List-Unsubscribe would no longer be an
#: address (RFC 8058).
WIRE = SMTP.clone(max_line_length=998)
_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Sender:
    """Whom mails come from and are answered to."""

    name: str
    email: str

    @property
    def domain(self) -> str:
        """The part of the address after @."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True)
class Survey:
    """What a survey's mail says. `id` is the left half of its Message-ID, `last_day` the last local day on
    which it can be answered, `family` whether it asks about somebody else's sessions.
    """

    id: str
    recipient: str
    language: str
    name: str
    month: str
    last_day: str
    family: bool
    reminder: bool
    link: str

    @property
    def unsubscribe(self) -> str:
        """The address that takes the reader off the list."""
        return f"{self.link}/baja"


@dataclass(frozen=True)
class Statement:
    """What the mail with a psychotherapist's statement says; `draft` while its month is open."""

    id: str
    recipient: str
    name: str
    month: str
    draft: bool
    file_name: str
    pdf: bytes


def sender(mail_from: str, center_name: str, base_url: str) -> Sender:
    """The sender that MAIL_FROM names ("Name <address>" or an address); without it one at our own host."""
    name, email = parseaddr(mail_from)
    host = urlsplit(base_url).hostname or "localhost"
    own = f"consultorio@{host if host.rpartition('.')[2].isalpha() else 'localhost'}"
    return Sender(name or center_name, ascii_domain(email or own))


def ascii_domain(address: str) -> str:
    """An address with its domain as mail servers know it: españa.pe is xn--espaa-rta.pe there [RFC 3490].

    Letters before the @ have no such form; nor has a domain that could not be one. They stay as they are.
    """
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def survey(mail: Survey, sender: Sender, center_name: str, env: Environment, now: datetime) -> EmailMessage:
    """The message of a survey or of its reminder. Needs the app's context, for the language."""
    content = {**mail.__dict__, "unsubscribe": mail.unsubscribe, "center_name": center_name}
    with force_locale(LOCALES[mail.language]):
        message = _message(f"{mail.id}@{sender.domain}", sender, now, _written(env, "survey", content))
    message["To"] = ascii_domain(mail.recipient)
    message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def statement(
    mail: Statement, sender: Sender, center_name: str, language: str, env: Environment, now: datetime
) -> EmailMessage:
    """The message with a statement's PDF, in the centre's language. Needs the app's context."""
    content = {**mail.__dict__, "center_name": center_name, "language": language}
    with force_locale(LOCALES[language]):
        message = _message(f"{mail.id}@{sender.domain}", sender, now, _written(env, "statement", content))
    message["To"] = ascii_domain(mail.recipient)
    message.add_attachment(mail.pdf, maintype="application", subtype="pdf", filename=mail.file_name)
    message.set_boundary(f"=with={mail.id}=")
    return message


def _written(env: Environment, template: str, content: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    subject, text, html = (
        env.get_template(f"mail/{template}.{kind}").render(content) for kind in ("subject.txt", "txt", "html")
    )
    return " ".join(subject.split()), text, _INLINER.inline(html)


def _message(id: str, sender: Sender, now: datetime, written: tuple[str, str, str]) -> EmailMessage:
    """A message of both kinds of text; quoted-printable, so that it needs no server that takes 8 bits."""
    subject, text, html = written
    message = EmailMessage(policy=SMTP)
    own = Address(sender.name, addr_spec=sender.email)
    message["Subject"] = subject
    message["From"] = own
    message["Reply-To"] = own
    message["Message-ID"] = f"<{id}>"
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"={id.partition('@')[0]}=")
    return message
