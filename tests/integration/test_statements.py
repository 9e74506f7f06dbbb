"""A statement from the request to the PDF, by the API, and its record while workers come and go."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

import workers.statements as job
from service import clock
from service.database import Db
from service.documents import statements
from service.pdf import RenderError
from tests import statement_data
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.statement_data import OCTOBER, hours_of, text_of


@pytest.fixture
def emard(db: Db) -> str:
    return statement_data.person(db)


def cents(text: str) -> int:
    return int(re.sub(r"[.,]", "", text))


def render(app: Flask, record_id: str) -> None:
    with app.app_context():
        job.render(app, record_id)


@pytest.mark.parametrize("count", [0, 60, 500])
def test_the_pdf_has_every_session_once_and_the_reports_totals(
    app: Flask, db: Db, api: ApiClient, emard: str, count: int
) -> None:
    sessions = statement_data.month(db, emard, count)
    asked = api.post("/statements", OCTOBER, status=202)
    assert (asked["status"], asked["month"], asked["psychotherapist_id"]) == ("pending", "2026-10", emard)
    render(app, asked["id"])
    assert api.get(f"/statements/{asked['id']}")["status"] == "ready"
    text = text_of(api.get(f"/statements/{asked['id']}/pdf"))

    shown = statement_data.listed(sessions)
    hours = [
        "–".join(
            session[name].astimezone(statement_data.LIMA).strftime("%H:%M")
            for name in ("starts_at", "ends_at")
        )
        for session in shown
    ]
    assert Counter(hours_of(text)) == Counter(hours)
    assert len(re.findall(r"[\d.]+ % (?:S/|US\$) [\d.,]+", text)) == len(shown)
    assert count == 0 or '<b>&" Quispe C2' in text

    report = api.get("/reports/monthly", month="2026-10")["psychotherapists"]
    by_currency = report[0]["by_currency"] if report else {}
    for currency, name, symbol in (("PEN", "Soles", "S/"), ("USD", "Dólares", r"US\$")):
        amount = rf" {symbol} ([\d.,]+)"
        total = re.search(rf"{name} (\d+) (\d+){amount * 3}", text)
        expected = by_currency.get(currency)
        assert (total is None) == (expected is None)
        if total and expected:
            assert int(total[1]) == expected["sessions"]
            figures = [expected[name] for name in ("gross", "center_share", "commission")]
            assert [cents(total[n]) for n in (3, 4, 5)] == [cents(figure) for figure in figures]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": None}, "month"),
        ({"month": 202610}, "month"),
        ({"psychotherapist_id": "f" * 32}, "psychotherapist_id"),
        ({"psychotherapist_id": {"$ne": ""}}, "psychotherapist_id"),
        ({"state": "closed"}, "state"),
    ],
)
def test_a_wrong_request_is_refused_and_leaves_nothing(
    db: Db, api: ApiClient, emard: str, change: dict, field: str
) -> None:
    problem = api.post("/statements", OCTOBER | change, status=422)
    assert list(problem["errors"]) == [field]
    assert db.statements.count_documents({}) == 0


def test_what_is_not_there_or_not_ready_is_said(app: Flask, api: ApiClient, emard: str) -> None:
    api.get("/statements/nothing", status=404)
    api.get("/statements/nothing/pdf", status=404)
    asked = api.post("/statements", OCTOBER, status=202)
    waiting = api.get(f"/statements/{asked['id']}/pdf", status=409)
    assert waiting["in_the_way"] == [{"status": "pending"}]
    ApiClient(app.test_client()).post("/statements", OCTOBER, status=401)


def test_one_that_nobody_has_begun_serves_for_the_next_request(db: Db, api: ApiClient, emard: str) -> None:
    first = api.post("/statements", OCTOBER, status=202)
    assert api.post("/statements", OCTOBER, status=202) == first
    assert api.post("/statements", OCTOBER | {"month": "2026-09"}, status=202)["id"] != first["id"]
    statements.claim(db, first["id"], clock.system_now())
    assert api.post("/statements", OCTOBER, status=202)["id"] != first["id"]


def test_an_idempotency_key_stands_for_one_statement(db: Db, api: ApiClient, emard: str) -> None:
    waiting = api.post("/statements", OCTOBER, status=202)
    first = api.post("/statements", OCTOBER, status=202, Idempotency_Key="k")
    assert first["id"] != waiting["id"]
    statements.claim(db, first["id"], clock.system_now())
    again = api.post("/statements", OCTOBER, status=202, Idempotency_Key="k")
    assert again["id"] == first["id"]
    api.post("/statements", OCTOBER | {"month": "2026-09"}, status=422, Idempotency_Key="k")
    assert db.statements.count_documents({}) == 2


def test_a_pdf_that_cannot_be_made_is_said_and_can_be_tried_again(
    app: Flask, db: Db, api: ApiClient, emard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = api.post("/statements", OCTOBER, status=202)

    def broken(*args: object) -> bytes:
        raise RenderError("LayoutError in tables.py:1")

    with monkeypatch.context() as patched:
        patched.setattr(job, "statement_pdf", broken)
        with pytest.raises(RenderError):
            render(app, asked["id"])
    failed = api.get(f"/statements/{asked['id']}")
    assert (failed["status"], failed["reason"]) == ("failed", "render_failed")
    api.get(f"/statements/{asked['id']}/pdf", status=409)
    assert statements.due(db, clock.system_now() + timedelta(days=1)) == []

    statements.retry(db, asked["id"])
    render(app, asked["id"])
    ready = api.get(f"/statements/{asked['id']}")
    assert (ready["status"], ready["reason"]) == ("ready", None)
    assert ready["version"] > failed["version"]
    assert statements.retry(db, asked["id"])["status"] == "ready"
    render(app, asked["id"])  # a job that comes twice does nothing
    assert api.get(f"/statements/{asked['id']}") == ready


def test_one_worker_at_a_time_has_it_and_another_follows_when_its_claim_has_run_out(
    db: Db, emard: str
) -> None:
    record = statements.create(db, emard, "2026-10", NOW)
    now = clock.system_now()
    first = statements.claim(db, record["_id"], now)
    assert first is not None
    assert statements.claim(db, record["_id"], now) is None
    assert statements.due(db, now) == []
    later = now + statements.LEASE
    assert statements.due(db, later) == [record["_id"]]
    second = statements.claim(db, record["_id"], later)
    assert second is not None

    statements.fail(db, first, "late", later)  # the first one wakes: its claim is gone
    assert statements.get(db, record["_id"])["status"] == "pending"
    statements.finish(db, record["_id"], b"%PDF first", later)
    statements.finish(db, record["_id"], b"%PDF second", later)
    statements.fail(db, second, "late", later)
    done = statements.get(db, record["_id"])
    assert (done["status"], done["bytes"]) == ("ready", len(b"%PDF first"))
    assert statements.pdf(db, record["_id"]) == b"%PDF first"
    assert statements.claim(db, record["_id"], later + timedelta(days=1)) is None


def test_a_crash_between_the_pdf_and_its_record_is_finished(app: Flask, db: Db, emard: str) -> None:
    record = statements.create(db, emard, "2026-10", NOW)
    db.statement_files.insert_one({"_id": record["_id"], "pdf": b"%PDF kept", "created_at": NOW})
    render(app, record["_id"])
    assert statements.get(db, record["_id"])["status"] == "ready"
    assert statements.pdf(db, record["_id"]) == b"%PDF kept"


def test_one_whose_workers_keep_dying_is_given_up(db: Db, emard: str) -> None:
    record = statements.create(db, emard, "2026-10", NOW)
    now = clock.system_now()
    for _ in range(statements.MOST_ATTEMPTS):
        assert statements.due(db, now) == [record["_id"]]
        assert statements.claim(db, record["_id"], now)
        now += statements.LEASE
    assert statements.claim(db, record["_id"], now) is None
    assert statements.due(db, now) == []
    failed = statements.get(db, record["_id"])
    assert (failed["status"], failed["reason"]) == ("failed", "workers_died")
