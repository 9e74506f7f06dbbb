"""The invented centre: filled once, whatever interrupts it, and right in every figure."""

import random
from collections import Counter
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from marshmallow import Schema

from service.config import Settings
from service.database import Db
from service.documents import clients, closings, demo, month_checks, months, settings, survey_answers
from service.domain.demo import people
from service.domain.months import local_day
from service.domain.survey_links import survey_key
from service.schemas.clients import ClientSchema, client_json
from service.schemas.loading import load
from service.schemas.psychotherapists import PsychotherapistSchema, psychotherapist_json
from service.schemas.sessions import SessionSchema, session_json
from service.schemas.survey_answer import answer, answer_schema
from tests.conftest import NOW, STAFF_ID

MONTHS, CLIENTS = 5, 40
FILL = ["demo", "fill", "--months", str(MONTHS), "--clients", str(CLIENTS)]
PAST = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09"]


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def versions(db: Db) -> dict[str, dict[str, int]]:
    """{collection: {id: version}} of what the demonstration writes."""
    names = ("psychotherapists", "clients", "sessions", "invitations", "survey_runs", "months", "settings")
    return {name: {each["_id"]: each["version"] for each in db[name].find()} for name in names}


def loads_again(schema: Schema, shown: dict) -> None:
    """What the API shows of a document, sent to it again, is taken."""
    load(schema, {name: value for name, value in shown.items() if not schema.fields[name].dump_only})


def test_a_filled_centre_is_right_and_is_filled_once(run: FlaskCliRunner, db: Db) -> None:
    first = run.invoke(args=FILL)
    assert (first.exit_code, first.output.count("\n")) == (0, 1), first.output
    before = versions(db)

    again = run.invoke(args=FILL)

    assert (again.exit_code, again.output) == (0, "")
    assert versions(db) == before
    assert month_checks.check(db, month_checks.known_months(db)) == []
    everything_has_content(db)
    documents_are_as_the_schemas_take_them(db)
    nothing_goes_out_by_itself(db)


def everything_has_content(db: Db) -> None:
    year = {each["month"]: each for each in months.year(db, 2026)}
    for month in PAST:
        report = months.figures(db, month)
        assert set(report["gross"]) == {"PEN", "USD"}
        assert report["new_clients"] and len(report["psychotherapists"]) > 1
        assert year[month]["sessions"] == report["sessions"] > 0
        assert year[month]["nps"]["invited"] > 0
        assert report["closed"] == (month in PAST[: demo.CLOSED])
    assert sum(year[month]["nps"]["answers"] for month in PAST) > 0
    assert any(survey_answers.stars(db, month) for month in PAST)
    assert closings.state(db, PAST[0])["history"][0]["by"] == STAFF_ID
    days = {each["local_date"] for each in db.sessions.find({"month": "2026-10"}, {"local_date": 1})}
    assert min(days) < "2026-10-15" < max(days)
    statuses = Counter(each["status"] for each in db.sessions.find({}, {"status": 1}))
    assert set(statuses) == {"scheduled", "done", "cancelled", "no_show"}
    assert db.sessions.count_documents({"charge_cents": {"$gt": 0}})
    assert db.sessions.count_documents({"series_id": {"$ne": None}})
    assert db.sessions.count_documents({"currency": "USD", "exchange": {"$exists": True}})
    hours = Counter((each["psychotherapist_id"], each["starts_at"]) for each in db.sessions.find())
    assert hours.most_common(1)[0][1] == 1


def documents_are_as_the_schemas_take_them(db: Db) -> None:
    for person in db.psychotherapists.find():
        loads_again(PsychotherapistSchema(), psychotherapist_json(person, "2026-10-15"))
    for client in db.clients.find():
        loads_again(ClientSchema(), client_json(client))
    for session in db.sessions.find():
        loads_again(SessionSchema(), session_json(session))
    for invitation in db.invitations.find({"answer": {"$exists": True}}):
        given, pairs = invitation["answer"], invitation["pairs"]
        stars = {f"stars_{n}": str(each["stars"]) for n, each in enumerate(given["stars"])}
        sent = {"nps": str(given["nps"]), **stars, "comment": given["comment"]}
        assert answer(load(answer_schema(len(pairs)), sent), pairs) == given


def nothing_goes_out_by_itself(db: Db) -> None:
    assert settings.get(db)["surveys"]["on"] is False
    assert set(db.invitations.distinct("state")) <= {"sent", "failed"}
    assert db.survey_runs.distinct("state") == ["closed"]
    addresses = [
        each["email"]
        for name in ("clients", "psychotherapists")
        for each in db[name].find()
        if "email" in each
    ]
    assert addresses and all(address.endswith("@example.com") for address in addresses)


def test_what_was_interrupted_is_finished(
    run: FlaskCliRunner, db: Db, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = demo.begin(db, NOW, MONTHS, CLIENTS)
    asked, ask = [], demo._ask

    def cut_short(db: Db, month: str, *args: object) -> None:
        if month == PAST[2]:
            raise KeyboardInterrupt
        asked.append(month)
        ask(db, month, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(demo, "_ask", cut_short)
    with pytest.raises(KeyboardInterrupt):
        demo.fill(db, record, STAFF_ID, survey_key(settings.secret_key), settings.zone)
    assert asked == PAST[:2]
    before = versions(db)
    monkeypatch.undo()

    result = run.invoke(args=["demo", "fill"])

    assert result.exit_code == 0, result.output
    after = versions(db)
    for name in ("psychotherapists", "clients", "sessions"):
        assert after[name] == before[name]
    assert before["invitations"].items() <= after["invitations"].items()
    assert db.survey_runs.count_documents({"state": "closed"}) == MONTHS
    assert month_checks.check(db, PAST) == []
    assert len(closings.closed_months(db)) == demo.CLOSED


def test_a_database_with_data_of_its_own_is_left_alone(run: FlaskCliRunner, db: Db) -> None:
    clients.create(db, {"given_names": "Rosa", "family_names": "Quispe"}, NOW)

    result = run.invoke(args=FILL)

    assert result.exit_code == 1
    assert "Esta base ya tiene datos" in result.output
    assert (db.clients.count_documents({}), db.psychotherapists.count_documents({})) == (1, 0)


def test_the_clients_are_the_same_for_the_same_seed_and_day(settings: Settings) -> None:
    day = date.fromisoformat(local_day(NOW, settings.zone))
    known = people.clients(random.Random("one"), 200, day)
    assert known == people.clients(random.Random("one"), 200, day)
    numbers = [client.data["document"]["number"] for client in known if "document" in client.data]
    assert len(numbers) == len(set(numbers))
    assert any(client.answers is not None for client in known)
    assert any("email" not in client.data for client in known)
