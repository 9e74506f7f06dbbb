"""What kept us from a mail server, in words that staff can act on; a server's own words stay as they are."""

import smtplib
import socket
import ssl

from service.texts import Text, _

_MOST_CHARACTERS = 500


def one_line(words: bytes | str) -> str:
    """A server's words, on one line and not endless."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.split())[:_MOST_CHARACTERS]


def no_tls(server: str) -> Text:
    """A login was wanted and the connection could not be encrypted."""
    return _("%(server)s no ofrece TLS: la contraseña no se envió.", server=server)


def why(error: Exception, server: str) -> Text:
    """What an error of a connection means; `server` is "host:port"."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = one_line(error.verify_message)
        return _("El certificado de %(server)s no es de confianza: %(reason)s.", server=server, reason=reason)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        reply = f"{error.smtp_code} {one_line(error.smtp_error)}"
        return _("%(server)s no aceptó usuario y contraseña: %(reply)s", server=server, reply=reply)
    if isinstance(error, socket.gaierror):
        return _("No se encuentra el servidor %(server)s.", server=server)
    return _of_connection(error, server)


def _of_connection(error: Exception, server: str) -> Text:
    if isinstance(error, TimeoutError):
        return _("%(server)s no contestó a tiempo.", server=server)
    if isinstance(error, ConnectionRefusedError):
        return _("%(server)s no acepta conexiones.", server=server)
    if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
        return _("%(server)s cortó la conexión.", server=server)
    reason = one_line(str(error) or type(error).__name__)
    return _("No hubo conexión con %(server)s: %(reason)s", server=server, reason=reason)
