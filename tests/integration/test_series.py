"""Series by the API: a preview with every conflict, decisions, all or nothing, this and the following."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from service.database import Db
from service.documents import psychotherapists, series, sessions
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.small_centre import LIMA, SmallCentre

FIRST = "2026-11-03"
DAYS = ["2026-11-03", "2026-11-10", "2026-11-17", "2026-11-24"]
PATH = "/sessions/series"


@pytest.fixture
def wanted(centre: SmallCentre) -> dict[str, Any]:
    """Rosa with Ronald Emard, four Tuesdays at ten."""
    return {
        "client_id": centre.rosa,
        "psychotherapist_id": centre.emard,
        "starts_at": f"{FIRST}T10:00:00-05:00",
        "ends_at": f"{FIRST}T10:50:00-05:00",
        "modality": "virtual",
        "repeat": {"every_weeks": 1, "count": 4},
    }


@pytest.fixture
def booked(api: ApiClient, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """That series, booked."""
    return list(api.post(PATH, wanted | {"preview": False})["items"])


@pytest.fixture
def nothing_written(db: Db, centre: SmallCentre) -> Iterator[None]:
    """What is stored is the same before and after."""
    before = [list(db[name].find().sort("_id", 1)) for name in ("sessions", "calendars")]
    yield
    sessions_after, calendars_after = (
        list(db[name].find().sort("_id", 1)) for name in ("sessions", "calendars")
    )
    assert sessions_after == before[0]
    assert [each for each in calendars_after if each["reservations"]] == []


def local(session: dict[str, Any]) -> str:
    return datetime.fromisoformat(session["starts_at"]).astimezone(LIMA).strftime("%Y-%m-%dT%H:%M")


def stored(db: Db, series_id: str) -> list[dict[str, Any]]:
    return list(db.sessions.find({"series_id": series_id}).sort("starts_at", 1))


def decision(day: str, action: str, **more: Any) -> dict[str, Any]:
    return {"local_date": day, "action": action, **more}


# Before anything is written -------------------------------------------------


@pytest.mark.usefixtures("nothing_written")
def test_a_preview_is_the_default_and_writes_nothing(api: ApiClient, wanted: dict[str, Any]) -> None:
    shown = api.post(PATH, wanted, status=200)
    assert [item["local_date"] for item in shown["items"]] == DAYS
    assert [local(item) for item in shown["items"]] == [f"{day}T10:00" for day in DAYS]
    assert [item["conflicts"] for item in shown["items"]] == [[]] * 4
    assert shown["unresolved"] == 0


def test_every_conflict_is_shown_the_psychotherapists_and_the_clients(
    api: ApiClient, centre: SmallCentre, wanted: dict[str, Any]
) -> None:
    early = centre.session(DAYS[1], "09:30", centre.ana, centre.emard)
    late = centre.session(DAYS[1], "10:30", centre.jose, centre.emard)
    other = centre.session(DAYS[1], "10:45", centre.rosa, centre.roberts)
    centre.session(DAYS[2], "09:10", centre.ana, centre.emard)  # its end touches
    both = centre.session(DAYS[3], "10:00", centre.rosa, centre.emard)
    shown = api.post(PATH, wanted, status=200)
    conflicts = [
        [(found["overlap"], found["session_id"]) for found in item["conflicts"]] for item in shown["items"]
    ]
    assert conflicts == [
        [],
        [("psychotherapist", early["_id"]), ("psychotherapist", late["_id"]), ("client", other["_id"])],
        [],
        [("psychotherapist", both["_id"])],
    ]
    assert shown["unresolved"] == 2
    assert shown["items"][1]["conflicts"][2]["message"] == (
        "Rosa Quispe Mamani ya tiene una cita con Hellen Roberts de 10:45 a 11:35."
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"repeat": {"every_weeks": 1}}, "repeat.count"),
        ({"repeat": {"every_weeks": 1, "count": 3, "until": FIRST}}, "repeat.count"),
        ({"repeat": {"count": 3}}, "repeat.every_weeks"),
        ({"repeat": {"every_weeks": 0, "count": 3}}, "repeat.every_weeks"),
        ({"repeat": {"every_weeks": 1, "count": 105}}, "repeat.count"),
        ({"repeat": {"every_weeks": 1, "count": "3"}}, "repeat.count"),
        ({"repeat": {"every_weeks": 1, "until": "2029-01-01"}}, "repeat.until"),
        ({"decisions": [decision(FIRST, "move")]}, "decisions.0.starts_at"),
        ({"decisions": [decision(FIRST, "overbook", reason=" ")]}, "decisions.0.reason"),
        ({"decisions": [decision("2026-11-04", "skip")]}, "decisions"),
        ({"decisions": [decision(day, "skip") for day in DAYS], "preview": False}, "decisions"),
        ({"ends_at": f"{FIRST}T09:00:00-05:00"}, "ends_at"),
        ({"overbooking_reason": "Todas"}, "overbooking_reason"),
        ({"client_id": "nadie"}, "client_id"),
    ],
)
@pytest.mark.usefixtures("nothing_written")
def test_what_makes_no_series_is_refused_on_its_field(
    api: ApiClient, wanted: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    assert field in api.post(PATH, wanted | change, status=422)["errors"]


# Booking it -----------------------------------------------------------------


def test_a_series_is_booked_whole_with_the_terms_of_each_day(
    api: ApiClient, centre: SmallCentre, db: Db, wanted: dict[str, Any]
) -> None:
    psychotherapists.update(db, centre.emard, {"commission_bp": 5000, "effective_on": DAYS[2]}, None, NOW)
    answer = api.post(PATH, wanted | {"preview": False})
    assert [local(item) for item in answer["items"]] == [f"{day}T10:00" for day in DAYS]
    assert [item["commission"]["percent"] for item in answer["items"]] == ["37.5", "37.5", "50", "50"]
    assert {item["series_id"] for item in answer["items"]} == {answer["series_id"]}
    assert api.get(f"{PATH}/{answer['series_id']}") == answer
    found = api.get("/sessions", series_id=answer["series_id"])
    assert (found["total"], found["items"]) == (4, answer["items"])
    assert api.get("/sessions", series_id=answer["series_id"], month="2026-12")["total"] == 0
    api.get(f"{PATH}/nada", status=404)


@pytest.mark.usefixtures("nothing_written")
def test_what_was_booked_since_the_preview_stops_it_naming_all(
    api: ApiClient, db: Db, wanted: dict[str, Any], centre: SmallCentre
) -> None:
    api.post(PATH, wanted, status=200)
    new = [centre.session(day, "10:30", centre.ana, centre.emard)["_id"] for day in (DAYS[0], DAYS[3])]
    problem = api.post(PATH, wanted | {"preview": False}, status=409)
    assert [item["local_date"] for item in problem["in_the_way"]] == [DAYS[0], DAYS[3]]
    assert [item["conflicts"][0]["session_id"] for item in problem["in_the_way"]] == new
    decisions = [decision(DAYS[0], "skip")]
    problem = api.post(PATH, wanted | {"preview": False, "decisions": decisions}, status=409)
    assert [item["local_date"] for item in problem["in_the_way"]] == [DAYS[3]]
    db.sessions.delete_many({"_id": {"$in": new}})


def test_conflicts_are_skipped_moved_or_overbooked(
    api: ApiClient, centre: SmallCentre, db: Db, wanted: dict[str, Any]
) -> None:
    for day in DAYS[:3]:
        centre.session(day, "10:00", centre.ana, centre.emard)
    centre.session(DAYS[1], "15:00", centre.ana, centre.emard)
    move = {"starts_at": f"{DAYS[1]}T15:30:00-05:00"}
    decisions = [
        decision(DAYS[0], "skip"),
        decision(DAYS[1], "move", **move),
        decision(DAYS[2], "overbook", reason="Pedido de la familia"),
    ]
    body = wanted | {"decisions": decisions, "preview": False}
    problem = api.post(PATH, body, status=409)
    assert [(item["local_date"], local(item)) for item in problem["in_the_way"]] == [
        (DAYS[1], f"{DAYS[1]}T15:30")
    ]
    decisions[1]["starts_at"] = f"{DAYS[1]}T16:00:00-05:00"
    assert api.post(PATH, body | {"preview": True}, status=200)["unresolved"] == 0
    items = api.post(PATH, body)["items"]
    assert [(local(item), item["overbooking_reason"]) for item in items] == [
        (f"{DAYS[1]}T16:00", ""),
        (f"{DAYS[2]}T10:00", "Pedido de la familia"),
        (f"{DAYS[3]}T10:00", ""),
    ]


@pytest.mark.usefixtures("nothing_written")
def test_a_session_that_is_moved_onto_another_of_the_series_is_a_conflict(
    api: ApiClient, wanted: dict[str, Any]
) -> None:
    onto = decision(DAYS[0], "move", starts_at=f"{DAYS[1]}T10:30:00-05:00")
    problem = api.post(PATH, wanted | {"decisions": [onto], "preview": False}, status=409)
    assert [item["local_date"] for item in problem["in_the_way"]] == DAYS[:2]
    assert problem["in_the_way"][0]["conflicts"][0]["overlap"] == "series"


def test_an_hour_that_the_clock_skips_is_moved_or_skipped_never_overbooked(
    db: Db, wanted: dict[str, Any]
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2027, 3, 21, 2, 30, tzinfo=berlin).astimezone(UTC)
    data = wanted | {"starts_at": start, "ends_at": start.replace(hour=2), "price": None}
    day = "2027-03-28"
    for decisions in ([], [decision(day, "overbook", reason="Da igual")]):
        shown = series.preview(db, data | {"decisions": decisions}, NOW, berlin)
        assert (shown["unresolved"], shown["items"][1]["conflicts"][0]["overlap"]) == (1, "clock")
    proposed = datetime.fromisoformat(shown["items"][1]["starts_at"])
    for decided, count in ((decision(day, "skip"), 3), (decision(day, "move", starts_at=proposed), 4)):
        made = series.create(db, data | {"decisions": [decided]}, NOW, berlin)
        assert len(made) == count
        series.delete_following(db, made[0]["_id"], None, NOW)


def test_the_same_key_gives_the_same_series_once(api: ApiClient, db: Db, wanted: dict[str, Any]) -> None:
    body = wanted | {"preview": False}
    first = api.post(PATH, body, Idempotency_Key="k1")
    assert api.post(PATH, body, Idempotency_Key="k1") == first
    assert db.sessions.count_documents({"series_id": first["series_id"]}) == 4
    api.post(PATH, body | {"note": "otra"}, status=422, Idempotency_Key="k1")
    api.post(PATH, body, status=409, Idempotency_Key="k2")
    db.clients.update_one({"_id": wanted["client_id"]}, {"$set": {"archived_at": NOW}})
    assert api.post(PATH, body, Idempotency_Key="k1") == first


def test_the_longest_series_is_booked_in_one_go(api: ApiClient, wanted: dict[str, Any]) -> None:
    body = wanted | {"repeat": {"every_weeks": 1, "count": 104}, "preview": False, "note": "ñ" * 1000}
    assert len(api.post(PATH, body)["items"]) == 104


# This and the following -----------------------------------------------------


def test_a_new_time_moves_this_and_the_following(
    api: ApiClient, centre: SmallCentre, db: Db, booked: list[dict[str, Any]]
) -> None:
    api.patch(
        f"/sessions/{booked[2]['id']}",
        {"starts_at": f"{DAYS[2]}T08:00:00-05:00", "ends_at": f"{DAYS[2]}T08:50:00-05:00"},
    )
    api.patch(f"/sessions/{booked[3]['id']}", {"status": "cancelled"})
    change = {"starts_at": "2026-11-11T11:00:00-05:00", "ends_at": "2026-11-11T12:00:00-05:00"}
    answer = api.patch(f"/sessions/{booked[1]['id']}?scope=following", change, If_Match='"1"')
    assert [(item["id"], item["version"]) for item in answer["items"]] == [
        (booked[1]["id"], 2),
        (booked[2]["id"], 3),
    ]
    assert [local(item) for item in api.get(f"{PATH}/{booked[0]['series_id']}")["items"]] == [
        f"{DAYS[0]}T10:00",
        "2026-11-11T11:00",
        "2026-11-18T09:00",
        f"{DAYS[3]}T10:00",
    ]
    lengths = {item["ends_at"] > item["starts_at"] for item in answer["items"]}
    assert lengths == {True}
    assert sessions.get(db, booked[2]["id"])["local_date"] == "2026-11-18"


def test_what_is_in_the_way_of_the_following_stops_all_of_them(
    api: ApiClient, centre: SmallCentre, db: Db, booked: list[dict[str, Any]]
) -> None:
    for day in (DAYS[1], DAYS[3]):
        centre.session(day, "11:00", centre.ana, centre.emard)
    before = stored(db, booked[0]["series_id"])
    change = {"starts_at": f"{FIRST}T11:00:00-05:00", "ends_at": f"{FIRST}T11:50:00-05:00"}
    address = f"/sessions/{booked[0]['id']}?scope=following"
    problem = api.patch(address, change, status=409)
    assert [item["local_date"] for item in problem["in_the_way"]] == [DAYS[1], DAYS[3]]
    assert stored(db, booked[0]["series_id"]) == before
    answer = api.patch(address, change | {"overbooking_reason": "Sala compartida"})
    assert [item["overbooking_reason"] for item in answer["items"]] == [
        "",
        "Sala compartida",
        "",
        "Sala compartida",
    ]


def test_a_series_may_move_into_its_own_place(api: ApiClient, booked: list[dict[str, Any]]) -> None:
    change = {"starts_at": f"{FIRST}T10:30:00-05:00", "ends_at": f"{FIRST}T11:20:00-05:00"}
    assert len(api.patch(f"/sessions/{booked[0]['id']}?scope=following", change)["items"]) == 4
    a_week_on = {"starts_at": f"{DAYS[1]}T10:30:00-05:00", "ends_at": f"{DAYS[1]}T11:20:00-05:00"}
    items = api.patch(f"/sessions/{booked[0]['id']}?scope=following", a_week_on)["items"]
    assert [local(item)[:10] for item in items] == [*DAYS[1:], "2026-12-01"]


def test_price_note_and_status_change_in_this_and_the_following(
    api: ApiClient, booked: list[dict[str, Any]]
) -> None:
    change = {"price": {"amount": "120.00", "currency": "PEN"}, "note": "Beca", "modality": "on_site"}
    items = api.patch(f"/sessions/{booked[1]['id']}?scope=following", change)["items"]
    assert [(item["price"]["amount"], item["note"], item["modality"]) for item in items] == [
        ("120.00", "Beca", "on_site")
    ] * 3
    assert [local(item) for item in items] == [f"{day}T10:00" for day in DAYS[1:]]
    items = api.patch(f"/sessions/{booked[2]['id']}?scope=following", {"status": "cancelled"})["items"]
    assert [item["status"] for item in items] == ["cancelled"] * 2
    shown = api.get(f"{PATH}/{booked[0]['series_id']}")["items"]
    assert [item["status"] for item in shown] == ["scheduled"] * 2 + ["cancelled"] * 2
    assert shown[0]["price"]["amount"] == "180.00"


def test_following_leaves_other_people_other_psychotherapists_and_other_versions_alone(
    api: ApiClient, centre: SmallCentre, db: Db, booked: list[dict[str, Any]]
) -> None:
    stand_in = api.patch(f"/sessions/{booked[2]['id']}", {"psychotherapist_id": centre.roberts})
    given_away = api.patch(f"/sessions/{booked[1]['id']}", {"client_id": centre.ana})
    address = f"/sessions/{booked[0]['id']}?scope=following"
    items = api.patch(address, {"note": "Beca"})["items"]
    assert [item["id"] for item in items] == [booked[n]["id"] for n in (0, 3)]
    assert api.get(f"/sessions/{booked[2]['id']}") == stand_in
    assert api.get(f"/sessions/{booked[1]['id']}") == given_away
    before = stored(db, booked[0]["series_id"])
    api.patch(address, {"note": "Otra"}, status=412, If_Match='"1"')
    api.delete(address, status=412, If_Match='"1"')
    api.patch(address, {"client_id": centre.ana}, status=422)
    api.patch(f"/sessions/{booked[0]['id']}?scope=all", {"note": "Otra"}, status=422)
    assert stored(db, booked[0]["series_id"]) == before


def test_a_session_without_a_series_has_no_following(api: ApiClient, centre: SmallCentre, db: Db) -> None:
    single = centre.session(DAYS[0], "12:00", centre.ana, centre.emard)
    centre.session(DAYS[1], "12:00", centre.ana, centre.emard)
    scheduled = db.sessions.count_documents({"status": "scheduled"})
    items = api.patch(f"/sessions/{single['_id']}?scope=following", {"note": "Sola"})["items"]
    assert [item["id"] for item in items] == [single["_id"]]
    api.delete(f"/sessions/{single['_id']}?scope=following")
    assert db.sessions.count_documents({"status": "scheduled"}) == scheduled - 1


def test_this_and_the_following_are_deleted_and_the_earlier_stay(
    api: ApiClient, app: Flask, db: Db, booked: list[dict[str, Any]], wanted: dict[str, Any]
) -> None:
    api.patch(f"/sessions/{booked[3]['id']}", {"status": "done"})
    api.delete(f"/sessions/{booked[1]['id']}?scope=following", If_Match='"1"')
    kept = [booked[0]["id"], booked[3]["id"]]
    assert [each["_id"] for each in stored(db, booked[0]["series_id"])] == kept
    for gone in booked[1:3]:
        api.get(f"/sessions/{gone['id']}", status=404)
        tombstone = db.sessions.find_one({"_id": gone["id"]})
        assert tombstone is not None
        assert tombstone["deleted"]["series_id"] == booked[0]["series_id"]
    again = wanted | {"repeat": {"every_weeks": 1, "count": 2}, "preview": False}
    again |= {"starts_at": f"{DAYS[1]}T10:00:00-05:00", "ends_at": f"{DAYS[1]}T10:50:00-05:00"}
    api.post(PATH, again)
