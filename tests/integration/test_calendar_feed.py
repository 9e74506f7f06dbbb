"""A psychotherapist's secret calendar address: made, read by another parser, revoked, never written down."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import vobject
from flask import Flask

from service.database import Db
from service.documents import client_search, feeds, psychotherapists, sessions
from service.domain.sheets.words import SHOWN
from service.errors import NotFound, Stale
from tests.conftest import NOW, close, make_app
from tests.page_client import Page, PageClient, logged_in
from tests.small_centre import LIMA, TODAY, SmallCentre


@pytest.fixture
def person(app: Flask) -> PageClient:
    return logged_in(app)


def made(person: PageClient, psychotherapist_id: str, button: str = "Crear dirección") -> str:
    """The path of a new address."""
    person.get(f"/psicoterapeutas/{psychotherapist_id}/calendario")
    return path_on(person.press(button))


def path_on(page: Page) -> str:
    [box] = [box for box in page.tree.iter("textarea") if box.get("id") == "address"]
    return urlsplit((box.text or "").strip()).path


def events(app: Flask, path: str) -> dict[str, Any]:
    """The feed's events by the session's id, as a calendar without login or cookies reads them."""
    response = app.test_client().get(path)
    assert (response.status_code, response.mimetype) == (200, "text/calendar")
    parsed = vobject.readOne(response.text, validate=True)
    return {event.uid.value.split("@")[0]: event for event in parsed.contents.get("vevent", [])}


def test_the_feed_has_the_psychotherapists_sessions_near_today_and_no_surname(
    app: Flask, db: Db, centre: SmallCentre, person: PageClient
) -> None:
    old = centre.session("2026-09-14", "23:59", centre.lucia, centre.emard, minutes=1)
    first = centre.session("2026-09-15", "00:00", centre.jose, centre.emard)
    last = centre.session("2027-10-14", "23:00", centre.jose, centre.emard)
    far = centre.session("2027-10-15", "00:00", centre.jose, centre.emard)
    path = made(person, centre.emard)
    found = events(app, path)
    own = sessions.find(db, {"psychotherapist_id": centre.emard})
    far_off = {old["_id"], far["_id"]}
    near = {one["_id"]: one for one in own if one["_id"] not in far_off and one["local_date"] > "2026-09-14"}
    assert found.keys() == near.keys() >= {first["_id"], last["_id"]}
    for session_id, session in near.items():
        event = found[session_id]
        assert (event.dtstart.value, event.dtend.value) == (session["starts_at"], session["ends_at"])
        assert event.status.value == ("CONFIRMED" if session["counts"] else "CANCELLED")
    text = app.test_client().get(path).text
    assert "Lucía · Virtual" in text
    for client in client_search.search(db, ""):
        assert client["family_names"] not in text, "a surname"


def test_an_edit_keeps_the_event_and_raises_its_sequence(
    app: Flask, db: Db, centre: SmallCentre, person: PageClient
) -> None:
    session = centre.session("2026-10-20", "08:00", centre.lucia, centre.emard)
    path = made(person, centre.emard)
    before = events(app, path)[session["_id"]]
    later = NOW + timedelta(minutes=5)
    sessions.update(db, session["_id"], {"status": "cancelled"}, 1, later, LIMA)
    after = events(app, path)[session["_id"]]
    assert (before.sequence.value, after.sequence.value) == ("1", "2")
    assert (before.status.value, after.status.value) == ("CONFIRMED", "CANCELLED")
    assert after.dtstamp.value == later
    sessions.delete(db, session["_id"], 2, later)
    assert session["_id"] not in events(app, path)


def test_who_has_it_already_is_told_so_until_something_changes(
    app: Flask, centre: SmallCentre, person: PageClient
) -> None:
    path, http = made(person, centre.emard), app.test_client()
    first = http.get(path)
    again = http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    centre.session("2026-10-21", "08:00", centre.lucia, centre.emard)
    changed = http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_headers_and_no_cookie(app: Flask, centre: SmallCentre, person: PageClient) -> None:
    for path, status in ((made(person, centre.emard), 200), ("/calendario/nada.ics", 404)):
        response = app.test_client().get(path)
        assert response.status_code == status
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "Set-Cookie" not in response.headers
        assert "public" not in response.headers["Cache-Control"]


def test_another_address_or_taking_it_away_ends_the_former(
    app: Flask, centre: SmallCentre, person: PageClient
) -> None:
    http, first = app.test_client(), made(person, centre.emard)
    second = made(person, centre.emard, "Crear otra dirección")
    assert (http.get(first).status_code, http.get(second).status_code) == (404, 200)
    other = made(person, centre.fisher)
    person.get(f"/psicoterapeutas/{centre.emard}/calendario")
    assert "ya no funciona" in person.press("Quitar la dirección").text
    assert (http.get(second).status_code, http.get(other).status_code) == (404, 200)
    unknown = http.get("/calendario/" + "x" * 43 + ".ics")
    assert unknown.get_data() == http.get(second).get_data(), "unknown and revoked are told apart"
    assert http.get("/calendario/" + "x" * 5000 + ".ics").status_code == 404


def test_who_attends_no_more_reads_no_more(
    app: Flask, db: Db, centre: SmallCentre, person: PageClient
) -> None:
    path = made(person, centre.emard)
    psychotherapists.update(db, centre.emard, {"active": False}, None, NOW)
    assert app.test_client().get(path).status_code == 404
    assert "no se puede leer" in person.get(f"/psicoterapeutas/{centre.emard}/calendario").text


def test_loading_the_page_of_a_new_address_again_does_not_revoke_it(
    app: Flask, centre: SmallCentre, person: PageClient
) -> None:
    person.get(f"/psicoterapeutas/{centre.emard}/calendario")
    assert person.last is not None
    sent = person.last.fields("Crear dirección")
    path = path_on(person.press("Crear dirección"))
    again = person.post(f"/psicoterapeutas/{centre.emard}/calendario", sent, 412)
    assert "No se creó otra" in again.text
    assert not [box for box in again.tree.iter("textarea") if box.get("id") == "address"]
    assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize("version", [0, 1])
def test_of_several_who_make_one_at_once_one_gets_an_address(
    db: Db, centre: SmallCentre, version: int
) -> None:
    if version:
        feeds.renew(db, centre.emard, 0, NOW)
    together = Barrier(6)
    made: list[str] = []
    refused: list[Stale] = []

    def renew() -> None:
        together.wait()
        try:
            made.append(feeds.renew(db, centre.emard, version, NOW))
        except Stale as error:
            refused.append(error)

    threads = [Thread(target=renew) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(refused)) == (1, 5)
    assert feeds.owner(db, made[0])["_id"] == centre.emard


def test_only_a_hash_is_stored_and_a_secret_is_long(db: Db, centre: SmallCentre, person: PageClient) -> None:
    secret = made(person, centre.emard).removeprefix("/calendario/").removesuffix(".ics")
    assert len(secret) * 6 >= 128
    [feed] = list(db.calendar_feeds.find())
    assert secret not in str(feed)
    with pytest.raises(NotFound):
        feeds.owner(db, feed["secret_hash"])
    made_before = {feeds.renew(db, centre.fisher, version, NOW) for version in range(20)}
    assert len(made_before) == 20


def test_the_log_has_the_routes_pattern_alone(
    app: Flask, centre: SmallCentre, person: PageClient, capfd: pytest.CaptureFixture[str]
) -> None:
    path = made(person, centre.emard)
    secret = path.removeprefix("/calendario/").removesuffix(".ics")
    capfd.readouterr()
    assert app.test_client().get(path).status_code == 200
    app.test_client().get(f"/calendario/{secret}x.ics")
    app.test_client().post(path)
    app.test_client().get(f"{path}/mas")
    log = capfd.readouterr().err
    assert '"route": "/calendario/<secret>.ics"' in log
    assert secret not in log


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, its store failing when a feed is asked for."""

    def fail(*_: object) -> None:
        raise RuntimeError("/calendario/secreto.ics")

    monkeypatch.setattr(feeds, "owner", fail)
    app.testing = False
    return app


def test_an_error_names_no_secret_either(broken: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    assert broken.test_client().get("/calendario/secreto.ics").status_code == 500
    log = capfd.readouterr().err
    assert "RuntimeError" in log
    assert "secreto" not in log


def test_nobody_without_a_login_makes_one_and_no_other_site_does(
    app: Flask, db: Db, centre: SmallCentre
) -> None:
    path = f"/psicoterapeutas/{centre.emard}/calendario"
    app.test_client().post(path, data={"version": "0"})
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert logged_in(app).http.post(path, data={"version": "0"}, headers=foreign).status_code == 403
    assert logged_in(app).http.post(path, data={"version": "0"}).status_code == 403, "no CSRF value"
    assert feeds.find(db, centre.emard) is None


def test_it_looks_at_sessions_near_the_window_only(app: Flask, db: Db, centre: SmallCentre) -> None:
    template = sessions.find(db, {"psychotherapist_id": centre.emard})[0]
    own = [{**template, "_id": f"{n:032x}", **on(f"20{10 + n % 16:02d}-03")} for n in range(800)]
    others = [{**template, "_id": f"{n:032x}", "psychotherapist_id": "x"} for n in range(1000, 1900)]
    db.sessions.insert_many(own + [{**one, **on("2019-05")} for one in others])
    person = psychotherapists.get(db, centre.emard)
    near = sessions.count(db, {"local_date": {"$gte": "2026-09"}})

    def looked_at() -> int:
        return int(db.client.admin.command("serverStatus")["metrics"]["queryExecutor"]["scannedObjects"])

    before = looked_at()
    content = feeds.content(db, person, TODAY, LIMA, SHOWN)
    assert content.count(b"BEGIN:VEVENT") == 7
    assert looked_at() - before <= near + 6


def on(month: str) -> dict[str, Any]:
    return {"month": month, "local_date": f"{month}-02", "starts_at": NOW - timedelta(days=900)}


def test_a_feed_is_of_the_day_in_the_centres_zone(
    app: Flask, centre: SmallCentre, person: PageClient
) -> None:
    path = made(person, centre.roberts)
    assert len(events(app, path)) == 3
    later = make_app(app.config["SETTINGS"], now=NOW + timedelta(days=21))
    try:
        assert len(events(later, path)) == 2, "2026-10-05 is 31 days before 2026-11-05"
    finally:
        close(later)
