"""Hands finished messages to a mail server, one connection for many, and tells apart what can go wrong.

What the caller must know is whether the server has the message: `Refused` and `Unreachable` mean that it
has not, `AnswerLost` that nobody can know. The two steps `offer` and `hand` are apart so that the caller can
write down that it is about to hand the message over.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from service.smtp_words import no_tls, one_line, why
from service.texts import _

#: Seconds for a connection and for each answer; the answer to a whole message may take longer.
TIMEOUT, CONTENT_TIMEOUT = 20.0, 60.0
#: After so many messages the connection is made anew, as servers that count them prefer.
MOST_MESSAGES = 100

_PORTS = {"smtp": 25, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Refused(Exception):
    """The server refused this message: its code and words. It does not have it."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words

    @property
    def is_final(self) -> bool:
        """Whether trying again would not help (5xx)."""
        return self.code >= 500


class Unreachable(Exception):
    """No server that takes messages from us: what it said, or what kept us from it. It does not have it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class AnswerLost(Exception):
    """The connection ended after the message was sent and before the server said that it has it."""


@dataclass(frozen=True, repr=False)
class Address:
    """Where SMTP_URL leads."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str

    @property
    def name(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


def address(url: str) -> Address:
    """`smtp://user:password@host:port`, `smtps://` for TLS from the start; ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("not an SMTP address")
    return Address(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


class Server:
    """One mail server, connected to when there is something to send and kept for the next."""

    def __init__(self, url: str) -> None:
        self._address = address(url)
        self._connection: smtplib.SMTP | None = None
        self._sent = 0

    def offer(self, sender: str, recipient: str) -> None:
        """Announces a message. Raises Refused or Unreachable."""
        if self._sent >= MOST_MESSAGES:
            self.close()
        if self._connection is None:
            self._connect()
            self._announce(sender, recipient)
            return
        try:
            self._announce(sender, recipient)
        except Unreachable:  # the server ended a connection that had waited too long for its next message
            self._connect()
            self._announce(sender, recipient)

    def hand(self, content: bytes) -> None:
        """Sends the announced message. Raises Refused, Unreachable or AnswerLost."""
        connection = self._connection
        assert connection is not None, "offer() comes first"
        try:
            reply = connection.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            raise self._gone(error) from None
        self._expect(reply, 354)
        try:
            _set_timeout(connection, CONTENT_TIMEOUT)
            connection.send(_stuffed(content))
            reply = connection.getreply()
            _set_timeout(connection, TIMEOUT)
        except (OSError, smtplib.SMTPException):
            self.close()
            raise AnswerLost() from None
        self._sent += 1
        self._expect(reply, 250)

    def close(self) -> None:
        """Ends the connection, politely where that works at once."""
        connection, self._connection, self._sent = self._connection, None, 0
        if connection is not None:
            try:
                _set_timeout(connection, 1)
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _announce(self, sender: str, recipient: str) -> None:
        connection = self._connection
        assert connection is not None
        try:
            for command in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"):
                self._expect(connection.docmd(command), 250, 251)
        except UnicodeEncodeError:
            self._reset()
            words = _("Antes de la @ la dirección tiene letras que el correo no admite, como ñ o una tilde.")
            raise Refused(553, words) from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._gone(error) from None

    def _expect(self, reply: tuple[int, bytes], *codes: int) -> None:
        code, words = reply[0], one_line(reply[1])
        if code in codes:
            return
        if code == 421 or not 400 <= code < 600:  # it is closing the connection, or talks nonsense
            self.close()
            raise Unreachable(f"{code} {words}")
        self._reset()
        raise Refused(code, words)

    def _reset(self) -> None:
        """Ready for the next message on the same connection, or without a connection."""
        try:
            if self._connection is not None and self._connection.docmd("RSET")[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connect(self) -> None:
        self.close()
        try:
            self._connection = _connected(self._address)
        except smtplib.SMTPAuthenticationError as error:
            raise self._gone(error) from None
        except smtplib.SMTPResponseException as error:
            raise Unreachable(f"{error.smtp_code} {one_line(error.smtp_error)}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise self._gone(error) from None

    def _gone(self, error: Exception) -> Unreachable:
        self.close()
        return Unreachable(why(error, self._address.name))


def _connected(to: Address) -> smtplib.SMTP:
    """A connection that is greeted, encrypted where it can be, and logged in where a login is given."""
    context = ssl.create_default_context()
    if to.encrypted:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT)
    try:
        connection.ehlo_or_helo_if_needed()
        if not to.encrypted and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        elif to.user and not to.encrypted and to.host not in _LOOPBACK:
            raise Unreachable(no_tls(to.name))
        if to.user:
            connection.login(to.user, to.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_timeout(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def _stuffed(content: bytes) -> bytes:
    """A message as DATA carries it: CRLF, lines that begin with a full stop doubled it, the end marked."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines).removesuffix(b"\r\n") + b"\r\n.\r\n"
