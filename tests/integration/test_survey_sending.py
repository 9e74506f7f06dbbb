"""A month's survey over a real mail server and a real worker, each in a process of its own."""

import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from service.clock import system_now
from service.config import Settings
from service.database import Db
from service.documents import invitations, survey_overview
from service.documents import settings as centre_settings
from tests import mail_sink, survey_centre
from tests.api_client import ApiClient
from tests.mail_sink import MailServer
from tests.processes import wait_until
from tests.survey_centre import MONTH, SENDING
from tests.survey_sending import Sending


def body_of(mail: dict[str, Any]) -> str:
    message = message_from_bytes(mail["content"], policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def header_of(mail: dict[str, Any], name: str) -> str:
    return str(message_from_bytes(mail["content"], policy=policy.default)[name])


def secret_of(mail: dict[str, Any]) -> str:
    """The secret in a mail's link, which stands in its text, its HTML and its List-Unsubscribe."""
    (secret,) = set(re.findall(r"/encuesta/([\w-]{20,})", body_of(mail)))
    assert f"/encuesta/{secret}/baja>" in header_of(mail, "List-Unsubscribe")
    return str(secret)


def test_three_hundred_clients_get_exactly_the_mails_of_an_independent_list(
    db: Db, api: ApiClient, sending: Sending, server: MailServer, settings: Settings, tmp_path: Path
) -> None:
    centre = survey_centre.three_hundred(db)
    sending.dispatch()
    # Summed up before anything is sent, the month has to be summed up again.
    assert api.get("/surveys/results", month=MONTH)["nps"]["invited"] == 0
    sending.start(server.url)
    sending.until_settled(db)
    assert api.get("/surveys/results", month=MONTH)["nps"]["invited"] == centre.expected.total()

    mails = server.mails()
    found = [invitations.find_by_secret(db, secret_of(mail)) for mail in mails]
    got = Counter(
        (mail["to"], frozenset((pair["client_id"], pair["psychotherapist_id"]) for pair in each["pairs"]))
        for mail, each in zip(mails, found, strict=True)
        if each is not None
    )
    assert got == centre.expected
    assert len({header_of(mail, "Message-ID") for mail in mails}) == len(mails)
    assert len({mail["connection"] for mail in mails}) <= 1 + len(mails) // 100, "the connection is reused"
    overview = api.get("/surveys", month=MONTH, per_page=200)
    assert {each["client_id"]: each["reason"] for each in overview["run"]["left_out"]} == centre.left_out
    assert (overview["states"], overview["invited"]) == ({"sent": len(mails)}, len(mails))

    sending.dispatch()
    sending.sweep()
    sending.until_settled(db)
    assert server.count() == len(mails), "starting twice sends nothing twice"
    secrets = [secret_of(mail) for mail in mails]
    _secrets_are_nowhere(secrets, db, sending, api)
    _the_nps_is_what_is_answered(secrets, db, sending, api)


def _the_nps_is_what_is_answered(secrets: list[str], db: Db, sending: Sending, api: ApiClient) -> None:
    """Every link of the mails is opened, which records nothing, then four of five are answered."""
    http, before = sending.app.test_client(), list(db.invitations.find().sort("_id", 1))
    assert {http.get(f"/encuesta/{secret}").status_code for secret in secrets} == {200}
    assert list(db.invitations.find().sort("_id", 1)) == before
    draw = random.Random(1)
    ratings = [draw.randrange(11) for number in range(len(secrets)) if number % 5]
    answering = [secret for number, secret in enumerate(secrets) if number % 5]
    stars = {f"stars_{number}": "5" for number in range(10)}
    for secret, rating in zip(answering, ratings, strict=True):
        sent = http.post(f"/encuesta/{secret}", data={"nps": str(rating), **stars})
        assert sent.status_code == 303
    found = api.get("/surveys/results", month=MONTH)
    promoters, detractors = sum(n > 8 for n in ratings), sum(n < 7 for n in ratings)
    assert found["nps"]["score"] == pytest.approx(100 * (promoters - detractors) / len(ratings))
    assert found["nps"]["response_rate"] == pytest.approx(len(ratings) / len(secrets))
    pairs = sum(len(each["pairs"]) for each in db.invitations.find({"answered_at": {"$exists": True}}))
    assert sum(person["answers"] for person in found["psychotherapists"]) == pairs
    assert api.get("/surveys", month=MONTH)["answered"] == len(ratings)


def _secrets_are_nowhere(secrets: list[str], db: Db, sending: Sending, api: ApiClient) -> None:
    """Neither in a document, nor in the queue, nor in a log."""
    redis = sending.app.extensions["redis"]
    kept = b"".join(redis.dump(key) or b"" for key in redis.scan_iter("*")).decode("latin-1")
    stored = "".join(str(doc) for name in db.list_collection_names() for doc in db[name].find())
    written = sending.log.read_text() + str(api.get("/surveys", month=MONTH))
    assert len(written) > 10_000 and len(stored) > 100_000, "there is something to search"
    for text in (kept, stored, written):
        assert not [secret for secret in secrets if secret in text]
    assert "example.com" not in written + kept, "nor an address"


def test_dispatched_five_times_at_once_each_gets_one(db: Db, sending: Sending, server: MailServer) -> None:
    centre = survey_centre.adults(db, 25)
    start = threading.Barrier(5)
    sending.start(server.url)

    def one(_: int) -> None:
        start.wait()
        sending.dispatch()

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(one, range(5)))
    sending.until_settled(db)
    assert db.invitations.count_documents({}) == 25
    assert Counter(mail["to"] for mail in server.mails()) == Counter(
        to for to, _ in centre.expected.elements()
    )


def test_losing_the_whole_queue_in_the_middle_loses_no_mail(
    db: Db, sending: Sending, server: MailServer
) -> None:
    survey_centre.adults(db, 40)
    sending.dispatch()
    sending.start(server.url)
    wait_until(lambda: server.count() >= 5, "some mails")
    sending.app.extensions["redis"].flushall()
    sending.until_settled(db)
    assert sorted(mail["to"] for mail in server.mails()) == sorted(f"c{n}@example.com" for n in range(40))


def test_what_the_server_says_decides(db: Db, sending: Sending, server: MailServer) -> None:
    kinds = ["fine", "refused", "busy", "full", "drop", "slow"]
    survey_centre.adults(db, 12, lambda n: f"{kinds[n % 6]}{n}@example.com")
    sending.start(server.url)
    sending.dispatch()
    sending.until_settled(db)

    def kind_of(address: str) -> str:
        return re.sub(r"\d*@.*", "", address)

    by_kind = {kind_of(each["email"]): each for each in invitations.find(db, MONTH)}
    assert {kind: each["state"] for kind, each in by_kind.items()} == {
        **dict.fromkeys(("fine", "busy", "slow"), "sent"),
        **dict.fromkeys(("refused", "full"), "failed"),
        "drop": "unconfirmed",
    }
    assert by_kind["refused"]["error"] == "550 5.1.1 No such user here"
    assert by_kind["full"]["error"] == "552 5.2.2 Mailbox full"
    assert by_kind["busy"]["attempts"] == 3
    assert (by_kind["refused"]["attempts"], by_kind["drop"]["attempts"]) == (1, 1)
    got = Counter(mail["to"] for mail in server.mails())
    assert set(got.values()) == {1}
    assert sorted(map(kind_of, got)) == sorted(["fine", "busy", "drop", "slow"] * 2)
    sending.sweep()
    sending.until_settled(db)
    assert server.count() == len(got), "neither the refused nor the unconfirmed go again by themselves"


def test_a_server_that_is_down_is_waited_for(
    db: Db, sending: Sending, server: MailServer, tmp_path: Path
) -> None:
    survey_centre.adults(db, 5)
    server.stop()
    sending.start(server.url)
    sending.dispatch()

    def waits() -> bool:
        return db.invitations.count_documents({"state": "pending", "attempts": {"$gte": 1}}) == 5

    wait_until(waits, "everybody has been tried")
    assert "127.0.0.1" in invitations.find(db, MONTH)[0]["error"]
    with mail_sink.running(tmp_path / "later", server.port) as later:
        sending.until_settled(db)
        assert later.count() == 5
    assert "error" not in invitations.find(db, MONTH)[0]


def test_staff_have_a_refused_mail_sent_again_to_the_corrected_address(
    db: Db, sending: Sending, server: MailServer
) -> None:
    survey_centre.adults(db, 1, lambda n: "refused@example.com")
    sending.start(server.url)
    sending.dispatch()
    sending.until_settled(db)
    (invitation,) = invitations.find(db, MONTH)
    db.clients.update_one({"_id": invitation["person_id"]}, {"$set": {"email": "right@example.com"}})

    sending.retry(invitation["_id"])
    sending.until_settled(db)

    assert [mail["to"] for mail in server.mails()] == ["right@example.com"]
    assert invitations.get(db, invitation["_id"])["state"] == "sent"


def test_of_two_mails_of_one_person_the_first_alone_is_sent_again(db: Db, sending: Sending) -> None:
    survey_centre.adults(db, 1)
    sending.dispatch()
    (invitation,) = invitations.find(db, MONTH)
    both = {"state": "unconfirmed", "reminder": {"state": "failed", "attempts": 1}}
    db.invitations.update_one({"_id": invitation["_id"]}, {"$set": both})
    sending.retry(invitation["_id"])
    after = invitations.get(db, invitation["_id"])
    assert (after["state"], after["reminder"]["state"]) == ("pending", "failed")


def test_the_reminder_carries_the_first_mails_link_and_goes_to_who_has_not_answered(
    db: Db, sending: Sending, server: MailServer
) -> None:
    survey_centre.adults(db, 4)
    sending.start(server.url)
    sending.dispatch()
    sending.until_settled(db)
    first, second, third, fourth = invitations.find(db, MONTH)
    db.invitations.update_one({"_id": first["_id"]}, {"$set": {"answered_at": SENDING, "answer": {"nps": 9}}})
    db.clients.update_one({"_id": second["person_id"]}, {"$set": {"unsubscribed_at": SENDING}})

    for _ in range(2):
        sending.remind()
        sending.until_settled(db)

    mails = server.mails()
    sent, reminders = mails[:4], mails[4:]
    links = {mail["to"]: secret_of(mail) for mail in sent}
    assert sorted(mail["to"] for mail in reminders) == [third["email"], fourth["email"]]
    for mail in reminders:
        assert secret_of(mail) == links[mail["to"]]
        assert "Recordatorio" in header_of(mail, "Subject")
    assert len({header_of(mail, "Message-ID") for mail in mails}) == 6
    assert invitations.get(db, second["_id"])["reminder"]["error"] == "unsubscribed"
    assert "reminder" not in invitations.get(db, first["_id"])


def test_the_days_limit_is_kept_and_the_rest_waits_for_tomorrow(
    db: Db, sending: Sending, server: MailServer
) -> None:
    survey_centre.adults(db, 8, lambda n: f"{'refused' if n < 2 else 'c'}{n}@example.com")
    centre_settings.change_surveys(db, {"mails_per_day": 3}, 0, SENDING)
    sending.start(server.url)
    sending.dispatch()
    wait_until(lambda: db.invitations.count_documents({"error": "daily_limit"}) == 3, "the rest waits")
    assert server.count() == 3
    assert all(each["next_at"] > system_now() for each in db.invitations.find({"state": "pending"}))
    assert not survey_overview.overview(db, MONTH, system_now())["moving"]


def test_without_a_mail_server_each_mail_is_a_file(
    db: Db, sending: Sending, settings: Settings, api: ApiClient
) -> None:
    survey_centre.adults(db, 3)
    sending.start("")
    sending.dispatch()
    sending.until_settled(db)
    files = sorted((settings.data_dir / "outbox").iterdir())
    assert [file.suffix for file in files] == [".eml"] * 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    found = [invitations.find_by_secret(db, secret_of({"content": file.read_bytes()})) for file in files]
    assert sorted(each["email"] for each in found if each) == [f"c{n}@example.com" for n in range(3)]


def test_what_is_no_longer_wanted_is_not_sent(db: Db, sending: Sending, server: MailServer) -> None:
    survey_centre.adults(db, 3)
    sending.dispatch()
    first, second, third = invitations.find(db, MONTH)
    db.clients.update_one({"_id": first["person_id"]}, {"$set": {"unsubscribed_at": SENDING}})
    db.clients.update_one({"_id": second["person_id"]}, {"$set": {"survey_consent": False}})
    db.invitations.update_one({"_id": third["_id"]}, {"$set": {"closes_at": SENDING}})
    sending.start(server.url)
    sending.until_settled(db)
    assert [each["error"] for each in invitations.find(db, MONTH)] == ["unsubscribed", "no_consent", "closed"]
    assert server.count() == 0
