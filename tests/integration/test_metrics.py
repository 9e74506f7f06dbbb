"""/metrics: numbers that Prometheus can read, for who may see them, and nothing about a person."""

from dataclasses import replace

import pytest
import redis
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from service import queue
from service.config import Settings
from service.database import Db
from service.documents import month_checks, months
from tests.conftest import NOW, close, make_app
from tests.people_data import book, client, psychotherapist

Values = dict[tuple[str, str], float]


def values(app: Flask, **headers: str) -> Values:
    """{(name, labels): value} of the page."""
    answer = app.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return {
        (sample.name.removeprefix("consultorio_"), ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_it_says_how_everything_stands(app: Flask, db: Db) -> None:
    session = book(db, client(db, "Ana", "Ríos"), psychotherapist(db, "Luis", "Rey"), 5)
    db.statements.insert_one({"_id": "1", "status": "failed", "month": "2026-10"})
    queue.enqueue(app.extensions["redis"], "pdf", "statements.render", "1")
    seen = values(app)
    assert seen["up", "store"] == seen["up", "queue"] == 1
    assert (seen["stored_documents", "sessions"], seen["stored_documents", "clients"]) == (1, 1)
    assert (seen["open_records", "statements,failed"], seen["open_records", "mails,unconfirmed"]) == (1, 0)
    assert (seen["queue_jobs", "pdf,waiting"], seen["queue_jobs", "rollup,failed"]) == (1, 0)
    assert (seen["queue_workers", "pdf"], seen["scheduler_up", ""]) == (0, 0)
    assert seen["summaries_pending_documents", ""] == 1
    assert ("months_check_ok", "") not in seen, "there was none yet"
    months.figures(db, session["month"])
    assert values(app)["summaries_pending_documents", ""] == 0


def test_a_wrong_figure_is_an_alarm(app: Flask, db: Db) -> None:
    book(db, client(db, "Ana", "Ríos"), psychotherapist(db, "Luis", "Rey"), 5)
    month_checks.nightly(db, "2026-10-15", NOW)
    seen = values(app)
    assert (seen["months_check_ok", ""], seen["months_check_wrong", ""]) == (1, 0)
    assert seen["months_check_timestamp_seconds", ""] == NOW.timestamp()
    db.month_summaries.update_one({}, {"$inc": {"figures.clients": 1}})
    month_checks.nightly(db, "2026-10-15", NOW)
    seen = values(app)
    assert (seen["months_check_ok", ""], seen["months_check_wrong", ""]) == (0, 1)


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=10.0.0.1"}])
def test_who_comes_through_a_proxy_is_not_of_this_machine(app: Flask, headers: dict[str, str]) -> None:
    assert app.test_client().get("/metrics", headers=headers).status_code == 404


def test_another_machine_sees_nothing(app: Flask) -> None:
    for address, status in (("10.0.0.7", 404), ("::1", 200), ("127.0.0.1", 200)):
        answer = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == status


def test_behind_the_proxy_of_a_public_site_it_takes_a_token(settings: Settings) -> None:
    """The proxy asks from this machine, and need not say whom for."""
    for base_url, status in (("https://citas.example.com", 404), ("http://localhost:8000", 200)):
        app = make_app(replace(settings, base_url=base_url))
        assert app.test_client().get("/metrics").status_code == status
        close(app)


def test_with_a_token_only_the_token_counts(settings: Settings) -> None:
    app = make_app(replace(settings, metrics_token="una clave larga"))
    assert values(app, Authorization="Bearer una clave larga")["up", "store"] == 1
    away = app.test_client().get(
        "/metrics",
        environ_base={"REMOTE_ADDR": "10.0.0.7"},
        headers={"Authorization": "Bearer una clave larga"},
    )
    assert away.status_code == 200
    for headers in ({}, {"Authorization": "Bearer otra"}, {"Authorization": "una clave larga"}):
        assert app.test_client().get("/metrics", headers=headers).status_code == 404
    close(app)


def test_what_does_not_answer_is_said(settings: Settings) -> None:
    app = make_app(settings)
    app.extensions["redis"].close()
    app.extensions["redis"] = redis.Redis.from_url("unix:///nobody/listens.sock")
    seen = values(app)
    assert (seen["up", "store"], seen["up", "queue"]) == (1, 0)
    assert ("queue_workers", "pdf") not in seen
    close(app)


def test_nothing_in_it_is_about_a_person(app: Flask, db: Db) -> None:
    ana = client(db, "Ana", "Ríos", email="ana@example.com")
    book(db, ana, psychotherapist(db, "Luis", "Rey"), 5)
    text = app.test_client().get("/metrics").text
    assert not [word for word in ("Ana", "Ríos", "ana@", ana["_id"], "Luis") if word in text]
