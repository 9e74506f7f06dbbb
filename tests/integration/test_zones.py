"""A session's month is the centre's, whatever zone the machine is set to, also where the clock changes."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from service import auth
from service.config import Settings
from tests.api_client import ApiClient
from tests.conftest import STAFF_ID, close, make_app
from tests.page_client import logged_in

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


@pytest.fixture
def madrid(app: Flask, settings: Settings, machine_zone: str) -> Iterator[Flask]:
    """A centre in Madrid, three quarters of an hour into the day on which its clock goes back."""
    now = datetime(2026, 10, 24, 22, 45, tzinfo=UTC)
    there = make_app(replace(settings, timezone="Europe/Madrid"), now)
    yield there
    close(there)


def test_pages_show_the_centres_clock_on_the_day_it_goes_back(madrid: Flask) -> None:
    with madrid.test_request_context():
        api = ApiClient(madrid.test_client(), *auth.start_login(madrid.extensions["db"], STAFF_ID))
    people = register(api)
    # Half past two comes twice: at 00:30 and at 01:30 UTC.
    hours = [("2026-10-24T22:30", "23:20"), ("2026-10-25T00:30", "00:55"), ("2026-10-25T01:30", "02:20")]
    entered = [
        api.post("/sessions", {**people, "starts_at": f"{start}Z", "ends_at": f"{start[:-5]}{end}Z"})
        for start, end in hours
    ]
    pages, shown = logged_in(madrid), ("00:30–01:20", "02:30–02:55", "02:30–03:20")
    assert "domingo 25 de octubre" in pages.get("/").text
    for address in ("/", "/citas?mes=2026-10"):
        text = pages.get(address).text
        assert [hour for hour in shown if hour in text] == list(shown), address
    day = pages.get("/citas?vista=dia&fecha=2026-10-25").text
    assert [hour for hour in ("00:30", "02:30") if hour in day] == ["00:30", "02:30"]
    form = pages.get(f"/citas/{entered[2]['id']}").fields("Guardar")
    assert (form["day"], form["starts"], form["ends"]) == ("2026-10-25", "02:30", "03:20")
    rows = pages.http.get("/citas/exportar.csv?mes=2026-10").text.splitlines()[1:]
    assert [row.split(",")[:3] for row in rows] == [["2026-10-25", *hour.split("–")] for hour in shown]


def test_a_form_refuses_the_hour_that_the_clock_skips(madrid: Flask) -> None:
    pages = logged_in(madrid)
    pages.get("/citas/nueva")
    hour = {"day": "2026-03-29", "starts": "02:30", "ends": "03:20"}
    page = pages.press("Guardar", 422, hour)
    assert "Esa hora no existe ese día" in page.error("starts")


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
