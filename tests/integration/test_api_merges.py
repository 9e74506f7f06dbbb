"""Likely duplicates, merging and undoing by the API, over the wire."""

from typing import Any

import pytest

from service.database import Db
from tests.api_client import ApiClient
from tests.stored import one

ROSA = {"given_names": "Rosa", "family_names": "Quispe", "birth_date": "1990-02-03"}


@pytest.fixture
def pair(api: ApiClient) -> tuple[Any, Any]:
    """Two records of one person."""
    first = api.post("/clients", ROSA | {"document": {"type": "DNI", "number": "04531088"}})
    return first, api.post("/clients", ROSA | {"family_names": "Quispe Ñahui", "phone": "990083450"})


def test_a_merge_is_made_shown_and_undone(api: ApiClient, pair: tuple[Any, Any]) -> None:
    first, second = pair
    made = api.post(f"/clients/{first['id']}/merge", {"into": second["id"]}, If_Match='"1"')
    assert (made["from"], made["into"], made["status"]) == (first["id"], second["id"], "done")
    assert api.get(f"/merges/{made['id']}") == made
    assert [found["id"] for found in api.get("/clients")["items"]] == [second["id"]]
    kept = api.get(f"/clients/{second['id']}")
    assert (kept["document"], kept["phone"]) == (first["document"], "+51990083450")
    gone = api.get(f"/clients/{first['id']}")
    assert (gone["archived"], gone["merged_into"]) == (True, second["id"])

    undone = api.post(f"/merges/{made['id']}/undo", status=200)
    assert undone["status"] == "undone"
    for before in pair:
        now = api.get(f"/clients/{before['id']}")
        assert now == before | {"version": before["version"] + 2}


def test_the_same_key_merges_once(api: ApiClient, pair: tuple[Any, Any]) -> None:
    first, second = pair
    path, body = f"/clients/{first['id']}/merge", {"into": second["id"]}
    made = api.post(path, body, Idempotency_Key="k")
    assert api.post(path, body, Idempotency_Key="k") == made
    api.post(path, {"into": first["id"]}, Idempotency_Key="k", status=422)


def test_what_cannot_be_merged_is_refused(api: ApiClient, pair: tuple[Any, Any]) -> None:
    first, second = pair
    path, nobody = f"/clients/{first['id']}/merge", "f" * 32
    assert "into" in api.post(path, {"into": first["id"]}, status=422)["errors"]
    assert "into" in api.post(path, {"into": nobody}, status=422)["errors"]
    assert "into" in api.post(path, {}, status=422)["errors"]
    assert "more" in api.post(path, {"into": second["id"], "more": 1}, status=422)["errors"]
    api.post(f"/clients/{nobody}/merge", {"into": first["id"]}, status=404)
    api.post(path, {"into": second["id"]}, status=412, If_Match='"7"')
    other = api.post("/clients", ROSA | {"document": {"type": "DNI", "number": "45310882"}})
    refused = api.post(path, {"into": other["id"]}, status=409)
    assert refused["in_the_way"] == [{"id": other["id"], "name": "Rosa Quispe"}]
    api.get(f"/merges/{nobody}", status=404)
    api.post(f"/merges/{nobody}/undo", status=404)

    api.post(path, {"into": second["id"]})
    assert api.post(path, {"into": other["id"]}, status=409)["in_the_way"][0]["id"] == second["id"]
    api.patch(f"/clients/{first['id']}", {"phone": None}, status=409)
    api.delete(f"/clients/{first['id']}", status=409)


def test_an_undo_names_what_was_edited_since(api: ApiClient, pair: tuple[Any, Any]) -> None:
    first, second = pair
    made = api.post(f"/clients/{first['id']}/merge", {"into": second["id"]})
    api.patch(f"/clients/{second['id']}", {"email": "rosa@example.com"})
    refused = api.post(f"/merges/{made['id']}/undo", status=409)
    assert refused["in_the_way"] == [
        {"type": "clients", "id": second["id"], "reason": "edited", "name": "Rosa Quispe Ñahui"}
    ]
    assert api.get(f"/merges/{made['id']}")["status"] == "done"


def test_likely_duplicates_of_a_client_say_why(api: ApiClient, pair: tuple[Any, Any]) -> None:
    first, second = pair
    api.post("/clients", {"given_names": "Rosa", "family_names": "Ríos"})
    [found] = api.get(f"/clients/{first['id']}/duplicates")["items"]
    assert (found["id"], found["reasons"]) == (second["id"], ["birth_date"])
    api.post(f"/clients/{first['id']}/merge", {"into": second["id"]})
    for client in pair:
        assert api.get(f"/clients/{client['id']}/duplicates") == {"items": []}
    api.get(f"/clients/{'f' * 32}/duplicates", status=404)


@pytest.mark.parametrize(
    ("typed", "reasons"),
    [
        ({}, None),
        ({"given_names": "rosa"}, None),
        ({"given_names": "QUISPE", "family_names": "ROSA"}, ["name"]),
        ({"given_names": "X", "document": {"type": "DNI", "number": "0453"}}, None),
        ({"given_names": "X", "document": {"type": "DNI", "number": "04531088"}}, ["document"]),
        (ROSA | {"document": {"type": "DNI", "number": "1"}, "email": "rosa@"}, ["name", "birth_date"]),
        (ROSA | {"document": {"type": "DNI", "number": "11111111"}}, None),
        ({"given_names": 7, "hair": "black"}, None),
    ],
)
def test_whoever_is_being_typed_is_looked_for_and_never_refused(
    api: ApiClient, pair: tuple[Any, Any], typed: dict, reasons: list | None
) -> None:
    found = {one["id"]: one["reasons"] for one in api.post("/clients/duplicates", typed, status=200)["items"]}
    assert found.get(pair[0]["id"]) == reasons


def test_family_is_not_taken_for_the_client(api: ApiClient) -> None:
    mother = api.post("/clients", {"given_names": "Rosa", "family_names": "Quispe", "phone": "990083450"})
    link = {"client_id": mother["id"], "kind": "parent"}
    child: dict[str, Any] = {"given_names": "Rosa", "family_names": "Quispe", "phone": "990083450"}
    assert len(api.post("/clients/duplicates", child, status=200)["items"]) == 1
    child |= {"relationships": {"clients": [link]}}
    assert api.post("/clients/duplicates", child, status=200)["items"] == []
    stored = api.post("/clients", child)
    assert api.get(f"/clients/{stored['id']}/duplicates")["items"] == []


def test_looking_for_duplicates_does_not_scan(api: ApiClient, db: Db) -> None:
    """Counted in documents that the store looks at: a few, however many clients there are."""
    model = api.post(
        "/clients", ROSA | {"document": {"type": "DNI", "number": "04531088"}, "phone": "990083450"}
    )
    stored = one(db.clients, {"_id": model["id"]})
    bare = {
        name: value
        for name, value in stored.items()
        if name not in ("document", "search", "phone", "birth_date")
    }
    names = [{"given_names": f"Rosa{n}", "search": ["ro", "rosa", f"rosa{n}"]} for n in range(3000)]
    db.clients.insert_many([{**bare, **own, "_id": f"{n:032x}"} for n, own in enumerate(names)])

    def looked_at() -> int:
        return int(db.client.admin.command("serverStatus")["metrics"]["queryExecutor"]["scannedObjects"])

    before = looked_at()
    assert api.get(f"/clients/{model['id']}/duplicates")["items"] == []
    assert looked_at() - before < 30
