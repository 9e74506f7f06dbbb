"""Clients, psychotherapists and sessions by the API, over the wire to the store."""

from typing import Any

import pytest

from tests.api_client import ApiClient

ANA = {
    "given_names": "Ana",
    "family_names": "Ñahui O'Brien",
    "document": {"type": "DNI", "number": "04531088"},
}
EMARD = {
    "given_names": "Ronald",
    "family_names": "Emard",
    "commission_percent": "37.5",
    "default_price": {"amount": "180.00", "currency": "PEN"},
}


@pytest.fixture
def ana(api: ApiClient) -> Any:
    return api.post("/clients", ANA)


@pytest.fixture
def emard(api: ApiClient) -> Any:
    return api.post("/psychotherapists", EMARD)


def slot(ana: dict, emard: dict, start: str, end: str, **more) -> Any:
    return {
        "client_id": ana["id"],
        "psychotherapist_id": emard["id"],
        "starts_at": f"2026-10-20T{start}:00-05:00",
        "ends_at": f"2026-10-20T{end}:00-05:00",
        "modality": "virtual",
        **more,
    }


def test_a_client_is_created_read_changed_and_removed(api: ApiClient) -> None:
    created = api.post("/clients", ANA | {"phone": "990 083 450", "birth_date": "2015-03-01"})
    assert created["name"] == "Ana Ñahui O'Brien"
    assert created["document"] == {"type": "DNI", "number": "04531088"}
    assert (created["phone"], created["version"]) == ("+51990083450", 1)
    assert api.get(f"/clients/{created['id']}") == created

    changed = api.patch(f"/clients/{created['id']}", {"email": "ANA@example.com"}, If_Match='"1"')
    assert (changed["email"], changed["version"]) == ("ana@example.com", 2)
    stale = api.patch(f"/clients/{created['id']}", {"email": None}, status=412, If_Match='"1"')
    assert stale["current_version"] == 2
    assert api.patch(f"/clients/{created['id']}", {"email": None})["email"] is None

    api.delete(f"/clients/{created['id']}")
    api.get(f"/clients/{created['id']}", status=404)


def test_a_client_is_written_to_in_spanish_unless_another_language_is_asked_for(api: ApiClient) -> None:
    ana = api.post("/clients", ANA)
    assert (ana["language"], ana["note"]) == ("es", None)
    changes = {"language": "en", "note": "Paga su hermana.\n Factura a fin de mes."}
    changed = api.patch(f"/clients/{ana['id']}", changes)
    assert (changed["language"], changed["note"]) == ("en", "Paga su hermana.\n Factura a fin de mes.")
    assert api.patch(f"/clients/{ana['id']}", {"phone": "990083450"})["language"] == "en"
    assert "language" in api.patch(f"/clients/{ana['id']}", {"language": "fr"}, status=422)["errors"]


def test_search_ignores_accents_case_and_order_and_finds_documents_and_phones(
    api: ApiClient, ana: dict
) -> None:
    api.post("/clients", {"given_names": "José", "family_names": "Ríos", "phone": "+34 612 345 678"})

    def names(q: str) -> list[str]:
        return [client["given_names"] for client in api.get("/clients", q=q)["items"]]

    assert names("nahui ana") == names("NAHUI") == names("04531088") == ["Ana"]
    assert names("rio jose") == names("612345678") == ["José"]
    assert names("nobody") == []
    assert names("") == ["Ana", "José"]


def test_a_document_is_unique_and_the_conflict_names_its_holder(api: ApiClient, ana: dict) -> None:
    problem = api.post("/clients", ANA | {"given_names": "Otra"}, status=409)
    assert "Ana Ñahui O'Brien" in problem["detail"]
    assert problem["in_the_way"] == [{"id": ana["id"], "name": "Ana Ñahui O'Brien"}]
    assert api.get("/clients")["total"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"given_names": "  "}, "given_names"),
        ({"document": {"type": "DNI", "number": "123"}}, "document.number"),
        ({"document": {"type": "DNI"}}, "document.number"),
        ({"email": "ana"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"birth_date": "2015-02-30"}, "birth_date"),
        ({"hair": "black"}, "hair"),
        (
            {"relationships": {"psychotherapists": [{"psychotherapist_id": "x", "since": "2026-01-01"}]}},
            "relationships.psychotherapists",
        ),
        ({"relationships": {"clients": [{"client_id": "x", "kind": "parent"}]}}, "relationships.clients"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_stored(api: ApiClient, change: dict, field: str) -> None:
    problem = api.post("/clients", ANA | change, status=422)
    assert list(problem["errors"]) == [field]
    assert problem["errors"].get("given_names", ["Falta este dato."]) == ["Falta este dato."]
    assert api.get("/clients")["total"] == 0


def test_family_is_written_on_both_sides(api: ApiClient, ana: dict) -> None:
    child = api.post(
        "/clients",
        {
            "given_names": "Luis",
            "family_names": "Ñahui",
            "relationships": {
                "clients": [{"client_id": ana["id"], "kind": "parent", "answers_surveys": True}]
            },
        },
    )
    mother = api.get(f"/clients/{ana['id']}")
    assert mother["relationships"]["clients"] == [
        {"client_id": child["id"], "kind": "child", "answers_surveys": False}
    ]
    api.patch(f"/clients/{ana['id']}", {"relationships": {"clients": []}})
    assert api.get(f"/clients/{child['id']}")["relationships"]["clients"] == []

    api.patch(
        f"/clients/{ana['id']}", {"relationships": {"clients": [{"client_id": child["id"], "kind": "ward"}]}}
    )
    api.delete(f"/clients/{child['id']}")
    assert api.get(f"/clients/{ana['id']}")["relationships"]["clients"] == []


def test_a_session_takes_over_price_and_percent_and_keeps_them(
    api: ApiClient, ana: dict, emard: dict
) -> None:
    session = api.post("/sessions", slot(ana, emard, "10:00", "10:50"))
    assert session["price"] == {"amount": "180.00", "currency": "PEN"}
    assert session["commission"] == {"percent": "37.5", "amount": "67.50"}
    assert session["center_share"] == {"amount": "112.50", "currency": "PEN"}
    assert (session["status"], session["local_date"], session["month"]) == (
        "scheduled",
        "2026-10-20",
        "2026-10",
    )

    api.patch(f"/psychotherapists/{emard['id']}", {"commission_percent": "50"}, status=422)
    change = {"commission_percent": "50", "effective_on": "2026-10-25"}
    api.patch(f"/psychotherapists/{emard['id']}", change)
    assert api.get(f"/sessions/{session['id']}")["commission"]["percent"] == "37.5"
    later = api.post(
        "/sessions",
        {
            **slot(ana, emard, "10:00", "10:50"),
            "starts_at": "2026-10-25T05:00:00Z",
            "ends_at": "2026-10-25T05:45:00Z",
            "price": {"amount": "75", "currency": "USD"},
        },
    )
    assert later["commission"] == {"percent": "50", "amount": "37.50"}
    assert later["price"] == {"amount": "75.00", "currency": "USD"}


def test_an_overlap_is_refused_naming_the_session_unless_there_is_a_reason(
    api: ApiClient, ana: dict, emard: dict
) -> None:
    first = api.post("/sessions", slot(ana, emard, "11:00", "11:50"))
    other = api.post("/clients", {"given_names": "José Ángel", "family_names": "Ríos"})
    problem = api.post("/sessions", slot(other, emard, "11:30", "12:20"), status=409)
    assert problem["in_the_way"][0]["session_id"] == first["id"]
    assert problem["detail"] == "Ronald Emard ya atiende a Ana Ñahui O'Brien de 11:00 a 11:50."
    api.post("/sessions", slot(other, emard, "11:50", "12:40"))
    api.post("/sessions", slot(other, emard, "10:10", "11:00"))
    kept = api.post("/sessions", slot(other, emard, "11:10", "11:40", overbooking_reason="Urgencia"))
    assert kept["overbooking_reason"] == "Urgencia"

    lowe = api.post("/psychotherapists", EMARD | {"given_names": "Mitch", "family_names": "Lowe"})
    problem = api.post("/sessions", slot(ana, lowe, "11:00", "11:30"), status=409)
    assert problem["in_the_way"][0]["overlap"] == "client"


def test_moving_onto_a_taken_slot_is_refused_and_changes_nothing(
    api: ApiClient, ana: dict, emard: dict
) -> None:
    api.post("/sessions", slot(ana, emard, "11:00", "11:50"))
    second = api.post("/sessions", slot(ana, emard, "12:00", "12:50"))
    move = {"starts_at": "2026-10-20T11:20:00-05:00"}
    api.patch(f"/sessions/{second['id']}", move, status=409)
    assert api.get(f"/sessions/{second['id']}") == second
    api.patch(f"/sessions/{second['id']}", {"note": "llega tarde"}, status=200)
    api.patch(f"/sessions/{second['id']}", {"note": "otra"}, status=412, If_Match='"1"')
    cancelled = api.patch(f"/sessions/{second['id']}", {"status": "cancelled"} | move)
    assert cancelled["commission"]["amount"] == "0.00"
    api.patch(f"/sessions/{second['id']}", {"status": "done"}, status=409)


def test_a_charge_for_a_missed_session_is_income_but_no_session(
    api: ApiClient, ana: dict, emard: dict
) -> None:
    missed = api.post(
        "/sessions",
        slot(ana, emard, "15:00", "15:50", status="no_show", charge={"amount": "100.00", "currency": "PEN"}),
    )
    assert missed["center_share"] == {"amount": "62.50", "currency": "PEN"}
    report = api.get("/reports/monthly", month="2026-10")
    assert (report["sessions"], report["clients"], report["gross"]) == (0, 0, {"PEN": "100.00"})
    api.post(
        "/sessions",
        slot(ana, emard, "16:00", "16:50", status="no_show", charge={"amount": "10.00", "currency": "USD"}),
        status=422,
    )


def test_the_same_idempotency_key_makes_one_session(api: ApiClient, ana: dict, emard: dict) -> None:
    body = slot(ana, emard, "11:00", "11:50")
    first = api.post("/sessions", body, Idempotency_Key="k1")
    assert api.post("/sessions", body, Idempotency_Key="k1") == first
    api.post("/sessions", body | {"note": "x"}, status=422, Idempotency_Key="k1")
    assert api.get("/sessions", month="2026-10")["total"] == 1


def test_a_deleted_session_leaves_its_slot_and_every_list(api: ApiClient, ana: dict, emard: dict) -> None:
    session = api.post("/sessions", slot(ana, emard, "11:00", "11:50"))
    api.delete(f"/sessions/{session['id']}", status=412, If_Match='"7"')
    api.delete(f"/sessions/{session['id']}")
    api.get(f"/sessions/{session['id']}", status=404)
    api.patch(f"/sessions/{session['id']}", {"note": "x"}, status=404)
    assert api.get("/sessions")["total"] == api.get("/sessions", month="2026-10")["total"] == 0
    assert api.get("/reports/monthly", month="2026-10")["sessions"] == 0
    api.post("/sessions", slot(ana, emard, "11:00", "11:50"))


def test_whoever_has_sessions_is_archived_and_stays_in_reports(
    api: ApiClient, ana: dict, emard: dict
) -> None:
    api.post("/sessions", slot(ana, emard, "11:00", "11:50"))
    api.delete(f"/clients/{ana['id']}")
    api.delete(f"/psychotherapists/{emard['id']}")
    assert api.get(f"/clients/{ana['id']}")["archived"] is True
    assert api.get(f"/psychotherapists/{emard['id']}")["active"] is False
    assert api.get("/clients")["total"] == 0
    assert api.get("/reports/monthly", month="2026-10")["sessions"] == 1
    api.post("/sessions", slot(ana, emard, "12:00", "12:50"), status=409)


def test_lists_are_filtered_and_paged(api: ApiClient, ana: dict, emard: dict) -> None:
    for hour in range(8, 12):
        modality = "virtual" if hour % 2 else "on_site"
        api.post("/sessions", slot(ana, emard, f"{hour:02d}:00", f"{hour:02d}:50") | {"modality": modality})
    page = api.get("/sessions", month="2026-10", per_page=3, page=2)
    assert (page["total"], len(page["items"]), page["page"]) == (4, 1, 2)
    assert api.get("/sessions", month="2026-10", modality="virtual", q="ana")["total"] == 2
    assert api.get("/sessions", month="2026-10", q="nobody")["total"] == 0
    assert api.get("/sessions", month="2026-09")["total"] == 0
    for wrong in ({"month": "2026-13"}, {"status": "lost"}, {"page": 0}, {"per_page": 201}):
        api.call("GET", "/sessions", 422, query_string=wrong)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": "2026-10-20T10:00:00-05:00"}, "ends_at"),
        ({"ends_at": "2026-10-22T10:00:00-05:00"}, "ends_at"),
        ({"starts_at": "2026-10-20T10:00:00"}, "starts_at"),
        ({"price": {"amount": "ciento", "currency": "PEN"}}, "price.amount"),
        ({"price": {"amount": "-5", "currency": "PEN"}}, "price.amount"),
        ({"price": {"amount": "5", "currency": "EUR"}}, "price.currency"),
        ({"psychotherapist_id": "nobody"}, "psychotherapist_id"),
        ({"client_id": "nobody"}, "client_id"),
        ({"modality": "phone"}, "modality"),
    ],
)
def test_a_wrong_session_is_refused(api: ApiClient, ana: dict, emard: dict, change: dict, field: str) -> None:
    problem = api.post("/sessions", slot(ana, emard, "10:00", "10:50") | change, status=422)
    assert list(problem["errors"]) == [field]
    assert api.get("/sessions")["total"] == 0


def test_what_is_not_json_or_has_no_token_is_refused(api: ApiClient, app) -> None:
    assert ApiClient(app.test_client()).get("/clients", status=401)["title"]
    api.call("POST", "/clients", 415, data="x", content_type="text/plain")
    api.call("POST", "/clients", 400, data="{", content_type="application/json")
    api.call("POST", "/clients", 422, json=[1])
    api.call("PUT", "/clients", 405, json={})
    api.get("/nowhere", status=404)


def test_logging_out_revokes_every_token_of_the_login(api: ApiClient, app) -> None:
    other = ApiClient(app.test_client(), token=api.refresh_token)
    renewed = other.post("/refresh", status=200)["access_token"]
    api.get("/clients")
    api.post("/logout", status=204)
    for token in (api.token, renewed):
        ApiClient(app.test_client(), token=token).get("/clients", status=401)
    other.post("/refresh", status=401)
