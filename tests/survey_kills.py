"""A survey goes out while its workers are killed (`kill -9`) at random, and what must be true then."""

import random
import time
from collections import Counter
from email import message_from_bytes

from service.database import Db
from service.documents import invitations
from tests.mail_sink import MailServer
from tests.survey_centre import MONTH
from tests.survey_sending import Sending

#: So long at most a worker lives on after a mail's arrival: its answer, its record, the next mail fall in it.
LONGEST_SECONDS = 0.02


def send_and_kill(sending: Sending, db: Db, server: MailServer, kills: int, draw: random.Random) -> None:
    """Two workers send; one of them is killed and replaced, again and again, until `kills` have died."""
    sending.dispatch()
    workers = [sending.start(server.url) for _ in range(2)]
    total = db.invitations.count_documents({})
    for _ in range(kills):
        _wait_for_mails(server, server.count() + draw.randint(1, max(1, total // (kills + 2))))
        time.sleep(draw.uniform(0, LONGEST_SECONDS))
        victim = workers.pop(0)
        victim.kill()
        victim.join()
        workers.append(sending.start(server.url))
        sending.sweep()
    sending.until_settled(db)


def check(db: Db, server: MailServer) -> Counter[str]:
    """None twice, none lost except those shown as unconfirmed; how many records are in which state."""
    got = Counter(str(message_from_bytes(mail["content"])["Message-ID"]) for mail in server.mails())
    assert set(got.values()) <= {1}, "a mail was sent twice"
    by_address = Counter(mail["to"] for mail in server.mails())
    for invitation in invitations.find(db, MONTH):
        arrived = by_address[invitation["email"]]
        assert invitation["state"] in ("sent", "unconfirmed"), invitation
        assert arrived == 1 if invitation["state"] == "sent" else arrived <= 1, invitation
    return Counter(invitation["state"] for invitation in invitations.find(db, MONTH))


def _wait_for_mails(server: MailServer, count: int, seconds: float = 15) -> None:
    """Until the server has so many; or for a while, since those killed may leave nothing to send."""
    deadline = time.monotonic() + seconds
    while server.count() < count and time.monotonic() < deadline:
        time.sleep(0.001)
