"""`python -m tests.mail_sink FILE PORT`: a mail server that keeps what it takes, one JSON line a mail.

It prints its port (0 chooses one). What it does with a mail follows from how the recipient's address begins:
"refused" is 550, "busy" is 451 the first two times, "full" is 552 after the content, "drop" is taken and the
connection cut before the answer, "slow" is answered late, everybody else is taken. A mail is in the file
before it is answered.
"""

import asyncio
import base64
import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, TextIO, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SLOW_SECONDS = 0.4


class Sink:
    """What the server does with mails."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._busy: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused"):
            return "550 5.1.1 No such user here"
        if address.startswith("busy"):
            self._busy[address] += 1
            if self._busy[address] <= 2:
                return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        if recipient.startswith("full"):
            return "552 5.2.2 Mailbox full"
        if recipient.startswith("slow"):
            await asyncio.sleep(SLOW_SECONDS)
        content = envelope.original_content
        assert isinstance(content, bytes)
        assert session.peer is not None
        mail = {"to": recipient, "from": envelope.mail_from, "connection": session.peer[1]}
        self._file.write(json.dumps({**mail, "content": base64.b64encode(content).decode()}) + "\n")
        self._file.flush()
        if recipient.startswith("drop"):
            cast(asyncio.Transport, server.transport).abort()
        return "250 OK"


@dataclass
class MailServer:
    """A sink in a process of its own."""

    process: "Popen[bytes]"
    port: int
    file: Path

    @property
    def url(self) -> str:
        """Its SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def mails(self) -> list[dict[str, Any]]:
        """What it took so far: {to, from, connection, content (bytes)}."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        read = [json.loads(line) for line in lines]
        return [{**mail, "content": base64.b64decode(mail["content"])} for mail in read]

    def count(self) -> int:
        """How many mails it took so far."""
        return self.file.read_bytes().count(b"\n") if self.file.exists() else 0

    def stop(self) -> None:
        """Ends it; every connection with it."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running(file: Path, port: int = 0) -> Iterator[MailServer]:
    """A mail server that takes connections, on a port of its own or on `port`."""
    command = [sys.executable, "-m", "tests.mail_sink", str(file), str(port)]
    process: Popen[bytes] = Popen(command, cwd=Path(__file__).parents[1], stdout=PIPE)
    assert process.stdout is not None
    try:
        yield MailServer(process, int(process.stdout.readline()), file)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main(file: str, port: str) -> None:
    """Serves until SIGTERM."""
    with Path(file).open("a") as kept:
        controller = Controller(Sink(kept), hostname="127.0.0.1", port=int(port) or _free_port())
        controller.start()
        print(controller.port, flush=True)
        signal.sigwait([signal.SIGTERM])
        controller.stop()


def _free_port() -> int:
    from tests.processes import free_port

    return free_port()


if __name__ == "__main__":
    main(*sys.argv[1:])
