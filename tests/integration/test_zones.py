"""A session's month is the centre's, whatever zone the machine is set to, also where the clock changes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from service import auth
from service.config import Settings
from tests.api_client import ApiClient
from tests.conftest import STAFF_ID, close, make_app

#: Local starts around the end of a month, and the month each belongs to.
ENDS = {
    "America/Lima": [
        ("2026-10-31T18:59", "2026-10"),
        ("2026-10-31T19:00", "2026-10"),
        ("2026-10-31T23:59", "2026-10"),
        ("2026-11-01T00:00", "2026-11"),
    ],
    # The clock goes back on 25 October 2026 and forward on 29 March.
    "Europe/Madrid": [
        ("2026-10-25T01:59", "2026-10"),
        ("2026-10-25T03:00", "2026-10"),
        ("2026-10-31T18:59", "2026-10"),
        ("2026-10-31T23:59", "2026-10"),
        ("2026-11-01T00:00", "2026-11"),
        ("2026-03-29T01:59", "2026-03"),
        ("2026-03-31T23:59", "2026-03"),
        ("2026-04-01T00:00", "2026-04"),
    ],
    # Goes back at midnight on 1 November 2026 in Havana: the first hour of the month comes twice.
    "America/Havana": [("2026-10-31T23:59", "2026-10"), ("2026-11-01T00:00", "2026-11")],
}


@pytest.fixture(params=["UTC", "America/Lima", "Asia/Tokyo"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's own zone, set for this process."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(params=sorted(ENDS))
def api_in(request: pytest.FixtureRequest, app: Flask, settings: Settings) -> Iterator[tuple[str, ApiClient]]:
    """The API of a centre in a zone."""
    there = make_app(replace(settings, timezone=request.param))
    with there.test_request_context():
        tokens = auth.start_login(there.extensions["db"], STAFF_ID)
    yield request.param, ApiClient(there.test_client(), *tokens)
    close(there)


def test_a_session_belongs_to_the_centres_month(machine_zone: str, api_in: tuple[str, ApiClient]) -> None:
    zone, api = api_in
    people = register(api)
    months: dict[str, int] = {}
    for start, month in ENDS[zone]:
        months[month] = months.get(month, 0) + 1
        session = enter(api, people, datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)))
        assert (session["month"], session["local_date"]) == (month, start[:10])
    for month, sessions in months.items():
        report = api.get("/reports/monthly", month=month)
        assert (report["sessions"], report["gross"]) == (sessions, {"PEN": f"{sessions * 100}.00"})
        assert api.get("/sessions", month=month)["total"] == sessions


def register(api: ApiClient) -> dict[str, Any]:
    """A client and a psychotherapist."""
    terms = {"commission_percent": "40", "default_price": {"amount": "100.00", "currency": "PEN"}}
    person = api.post("/psychotherapists", {"given_names": "Ronald", "family_names": "Emard", **terms})
    client = api.post("/clients", {"given_names": "Ana", "family_names": "Ríos"})
    return {"client_id": client["id"], "psychotherapist_id": person["id"], "modality": "virtual"}


def enter(api: ApiClient, people: dict[str, Any], start: datetime) -> Any:
    """A session of a minute's half, so that none of them overlap."""
    instants = {"starts_at": start.isoformat(), "ends_at": start.replace(second=30).isoformat()}
    return api.post("/sessions", {**people, **instants})
