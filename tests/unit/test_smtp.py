"""Talking to a mail server: what it says decides, one connection serves many, no password goes in clear."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from smtplib import SMTPAuthenticationError
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from service import smtp, smtp_words
from service.smtp import AnswerLost, Refused, Server, Unreachable
from tests.processes import free_port

Script = dict[str, list[str]]


class FakeServer:
    """Answers each command by the next line of its script for that word, "250 OK" after the last."""

    def __init__(self, script: Script) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.script, self.heard, self.content, self.connections = script, list[str](), list[bytes](), 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream) -> None:
        stream.write(b"220 fake\r\n")
        stream.flush()
        for line in stream:
            word = line.decode("utf-8", "replace").split()[0].upper()
            self.heard.append(line.decode("utf-8", "replace").strip())
            reply = self._next(word)
            if reply == "drop":
                return
            stream.write(f"{reply}\r\n".encode())
            stream.flush()
            if word == "DATA" and reply.startswith("354"):
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    content += stream.readline()
                self.content.append(content)
                reply = self._next("END")
                if reply == "drop":
                    return
                stream.write(f"{reply}\r\n".encode())
                stream.flush()
            if word == "QUIT" or reply.startswith("421"):
                return

    def _next(self, word: str) -> str:
        lines = self.script.get(word, [])
        usual = "354 go on" if word == "DATA" else "250 OK"
        return lines.pop(0) if lines else usual


@pytest.fixture
def fake() -> Iterator[Callable[[Script], tuple[FakeServer, Server]]]:
    made: list[tuple[FakeServer, Server]] = []

    def make(script: Script) -> tuple[FakeServer, Server]:
        fake = FakeServer(script)
        made.append((fake, Server(f"smtp://127.0.0.1:{fake.port}")))
        return made[-1]

    yield make
    for fake, server in made:
        server.close()
        fake.close()


Fake = Callable[[Script], tuple[FakeServer, Server]]


def send(server: Server, content: bytes = b"Subject: x\r\n\r\nHola\r\n") -> None:
    server.offer("centro@example.com", "rosa@example.com")
    server.hand(content)


def test_one_connection_serves_many(fake: Fake) -> None:
    heard, server = fake({})
    for _ in range(5):
        send(server)
    assert (heard.connections, len(heard.content)) == (1, 5)
    assert "MAIL FROM:<centro@example.com>" in heard.heard
    assert "RCPT TO:<rosa@example.com>" in heard.heard


def test_a_connection_that_the_server_ended_meanwhile_is_made_anew(fake: Fake) -> None:
    for ending in ("drop", "421 4.4.2 idle too long"):
        heard, server = fake({"MAIL": ["250 OK", ending]})
        send(server)
        send(server)
        assert (heard.connections, len(heard.content)) == (2, 2)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("code", [451, 550])
def test_a_refusal_carries_the_servers_words_and_the_next_mail_goes_on(
    fake: Fake, step: str, code: int
) -> None:
    heard, server = fake({step: [f"{code} 5.x Ñot today"]})
    with pytest.raises(Refused) as refused:
        send(server)
    assert (refused.value.code, refused.value.words) == (code, "5.x Ñot today")
    assert refused.value.is_final == (code == 550)
    assert "Ñot" not in str(refused.value), "the words are for staff, not for a log"
    send(server)
    assert heard.connections == 1


def test_only_after_the_content_nobody_can_know(fake: Fake) -> None:
    for step in ("MAIL", "RCPT", "DATA"):
        _, server = fake({step: ["drop"] * 9})
        with pytest.raises(Unreachable):
            send(server)
    heard, server = fake({"END": ["drop"]})
    with pytest.raises(AnswerLost):
        send(server)
    send(server)
    assert len(heard.content) == 2


def test_no_server_at_all_says_which() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable) as error:
        Server(f"smtp://127.0.0.1:{port}").offer("a@example.com", "b@example.com")
    assert error.value.words == f"127.0.0.1:{port} no acepta conexiones."


def test_what_keeps_us_from_a_server_is_said_so_that_staff_can_mend_it() -> None:
    untrusted = ssl.SSLCertVerificationError(1, "x")
    untrusted.verify_message = "certificate has expired"
    for error, words in (
        (untrusted, "El certificado de mail:587 no es de confianza: certificate has expired."),
        (SMTPAuthenticationError(535, b"5.7.8 no"), "mail:587 no aceptó usuario y contraseña: 535 5.7.8 no"),
        (socket.gaierror(-2, "Name or service not known"), "No se encuentra el servidor mail:587."),
        (TimeoutError("timed out"), "mail:587 no contestó a tiempo."),
        (ConnectionResetError(104, "reset"), "mail:587 cortó la conexión."),
        (OSError(113, "No route"), "No hubo conexión con mail:587: [Errno 113] No route"),
    ):
        assert smtp_words.why(error, "mail:587") == words


def test_full_stops_at_the_beginning_of_lines_arrive(fake: Fake) -> None:
    heard, server = fake({})
    send(server, b"Subject: x\r\n\r\n.\r\n..two\r\nlast")
    assert heard.content == [b"Subject: x\r\n\r\n..\r\n...two\r\nlast\r\n.\r\n"]


def test_an_address_that_the_server_cannot_take_is_refused_for_good(fake: Fake) -> None:
    _, server = fake({})
    with pytest.raises(Refused) as refused:
        server.offer("centro@example.com", "josé@example.com")
    assert refused.value.is_final
    assert "Antes de la @" in refused.value.words
    send(server)


def test_a_password_is_not_sent_in_clear_over_the_network(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, _ = fake({"EHLO": ["250-fake\r\n250 AUTH PLAIN"] * 3})
    monkeypatch.setattr(smtp, "_LOOPBACK", ())
    server = Server(f"smtp://maria:secreto@127.0.0.1:{heard.port}")
    with pytest.raises(Unreachable) as error:
        server.offer("a@example.com", "b@example.com")
    assert "TLS" in error.value.words
    assert not [line for line in heard.heard if line.startswith("AUTH")]


def test_a_wrong_password_is_no_fault_of_the_mail(fake: Fake) -> None:
    replies = {"EHLO": ["250-fake\r\n250 AUTH PLAIN"], "AUTH": ["535 5.7.8 bad credentials"] * 3}
    heard, _ = fake(replies)
    server = Server(f"smtp://maria:secreto@127.0.0.1:{heard.port}")
    with pytest.raises(Unreachable) as error:
        server.offer("a@example.com", "b@example.com")
    assert "535" in error.value.words
    assert "secreto" not in error.value.words


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("encrypted", [False, True])
def test_with_tls_and_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypted: bool) -> None:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-nodes", "-newkey", "ec"]
    files = ["-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, "req", "-x509", *subject, *files], check=True, capture_output=True)
    trusted = ssl.create_default_context(cafile=str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    got: list[tuple[str | None, bool]] = []

    class Handler:
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            got.append((session.auth_data, session.ssl is not None or encrypted))
            return "250 OK"

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: LoginPassword
    ) -> AuthResult:
        right = (auth.login, auth.password) == (b"maria", b"a b:c")
        return AuthResult(success=right, auth_data=auth.login.decode())

    # aiosmtpd does not know that a connection which is encrypted from the start is so.
    how: dict[str, Any] = {"tls_context": context, "require_starttls": True}
    if encrypted:
        how = {"ssl_context": context, "auth_require_tls": False}
    controller = Controller(
        Handler(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_required=True,
        **how,
    )
    controller.start()
    try:
        scheme = "smtps" if encrypted else "smtp"
        url = f"{scheme}://maria:a%20b%3Ac@127.0.0.1:{controller.port}"
        distrusting = Server(url)
        with pytest.raises(Unreachable) as error:
            distrusting.offer("centro@example.com", "rosa@example.com")
        assert error.value.words.startswith("El certificado de 127.0.0.1:")
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusted)
        server = Server(url)
        send(server)
        server.close()
    finally:
        controller.stop()
    assert got == [("maria", True)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.com", ("mail.example.com", 25, False, "", "")),
        ("smtps://mail.example.com", ("mail.example.com", 465, True, "", "")),
        ("smtp://m%40x.pe:a%3Ab@h:587", ("h", 587, False, "m@x.pe", "a:b")),
    ],
)
def test_addresses_of_servers(url: str, expected: tuple[object, ...]) -> None:
    found = smtp.address(url)
    assert (found.host, found.port, found.encrypted, found.user, found.password) == expected
    assert "a:b" not in repr(found)


@pytest.mark.parametrize("url", ["mail.example.com", "http://x", "smtp://", "smtp:///x", ""])
def test_what_is_no_address_of_a_server(url: str) -> None:
    with pytest.raises(ValueError):
        smtp.address(url)
