"""What a worker process hands mails over with: its connection is kept, a server that is away is let be."""

import time
from email.message import EmailMessage
from typing import Protocol

from flask import Flask

from service import clock, mail
from service.config import Settings
from service.documents import deliveries
from service.documents.deliveries import Claim
from service.languages import translated
from service.logs import log
from service.outbox import Outbox
from service.smtp import AnswerLost, Refused, Server, Unreachable

#: So long no other mail knocks at a server that did not answer.
LET_BE_SECONDS = 20.0


class Carrier(Protocol):
    """A mail server, or the folder that stands for one."""

    def offer(self, sender: str, recipient: str) -> None:
        """Announces a mail."""

    def hand(self, content: bytes) -> None:
        """Hands the announced mail over."""

    def close(self) -> None:
        """Ends the connection."""


class Postman:
    """Takes claimed mails to where they go, and writes down how that went."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._away_until, self._away_words = 0.0, ""

    def deliver(self, claim: Claim, message: EmailMessage, settings: Settings) -> bool:
        """Hands one mail over, at most once: what is not known to have failed is not tried again.

        Whether it may have left us.
        """
        if time.monotonic() < self._away_until:
            self._later(claim, self._away_words)
            return False
        try:
            return self._carry(claim, message, settings)
        except Refused as error:
            self._refused(claim, error)
        except Unreachable as error:
            self._away_until, self._away_words = time.monotonic() + LET_BE_SECONDS, translated(error.words)
            log.warning("mail server does not answer", record=claim.mail.id)
            self._later(claim, self._away_words)
        except AnswerLost:
            log.warning("mail server's answer was lost", record=claim.mail.id)
            deliveries.unconfirmed(claim, clock.calendar_now(settings))
            return True
        except BaseException:  # out of time, or the store is away: half a conversation must not go on
            self._carrier.close()
            raise
        return False

    def _carry(self, claim: Claim, message: EmailMessage, settings: Settings) -> bool:
        content = message.as_bytes(policy=mail.WIRE)
        self._carrier.offer(_address(message, "From"), _address(message, "To"))
        if not deliveries.handing(claim, clock.system_now()):
            log.warning("the lease of a mail ran out", record=claim.mail.id)
            self._carrier.close()
            return False
        self._carrier.hand(content)
        deliveries.sent(claim, clock.calendar_now(settings))
        return True

    def _refused(self, claim: Claim, error: Refused) -> None:
        log.warning("mail refused", record=claim.mail.id, code=error.code)
        words = f"{error.code} {translated(error.words)}"
        if error.is_final:
            deliveries.failed(claim, words)
        else:
            self._later(claim, words)

    def _later(self, claim: Claim, words: str) -> None:
        deliveries.later(claim, words, clock.system_now() + deliveries.pause(claim.attempts))


def of(app: Flask) -> Postman:
    """The postman of this process: by SMTP_URL, or to DATA_DIR/outbox without it."""
    if "postman" not in app.extensions:
        settings: Settings = app.config["SETTINGS"]
        carrier = Server(settings.smtp_url) if settings.smtp_url else Outbox(settings.data_dir / "outbox")
        app.extensions["postman"] = Postman(carrier)
    found: Postman = app.extensions["postman"]
    return found


def _address(message: EmailMessage, header: str) -> str:
    """The first address of a header."""
    address: str = message[header].addresses[0].addr_spec
    return address
