"""A closed month never changes: what is written in it later is made up for in a later month."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

import workers.statements as job
from service.database import Db
from service.documents import (
    clients,
    closings,
    merges,
    month_closing,
    month_summaries,
    months,
    psychotherapists,
    sessions,
    statements,
)
from service.domain.money import Money
from service.errors import Conflict, InvalidInput, Stale
from tests import interrupted, small_centre
from tests.api_client import ApiClient
from tests.conftest import NOW, STAFF_ID
from tests.small_centre import LIMA, SmallCentre
from tests.statement_data import text_of

SEPTEMBER, OCTOBER, NOVEMBER = "2026-09", "2026-10", "2026-11"
TODAY = small_centre.TODAY


def close(db: Db, month: str = SEPTEMBER, today: str = TODAY, **more: Any) -> Any:
    return month_closing.close(db, month, STAFF_ID, today, NOW, **more)


def reopen(db: Db, month: str = SEPTEMBER) -> Any:
    return month_closing.reopen(db, month, "Faltaba una cita", STAFF_ID, NOW)


def first(db: Db, month: str = SEPTEMBER) -> Any:
    return sessions.find(db, {"month": month})[0]


def reprice(db: Db, session: Any, cents: int) -> None:
    sessions.update(db, session["_id"], {"price": Money(cents, session["currency"])}, None, NOW, LIMA)


def everything_shown(db: Db, api: ApiClient, month: str = SEPTEMBER) -> Any:
    """All that reports and lists say of a month."""
    condition = {"month": month}
    return (
        api.get("/reports/monthly", month=month),
        api.get("/sessions", month=month),
        months.totals(db, condition),
        months.client_groups(db, month),
        [each for each in months.year(db, 2026) if each["month"] == month],
    )


def test_a_closed_month_says_what_it_said_whatever_is_written_in_it_later(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    close(db)
    before = everything_shown(db, api)
    assert before[0]["closed"] is True
    reprice(db, first(db), 99900)
    centre.session("2026-09-20", "09:00", centre.ana, centre.fisher)
    sessions.delete(db, sessions.find(db, {"month": SEPTEMBER})[1]["_id"], None, NOW)
    merges.merge(db, centre.lucia, centre.bruno, None, STAFF_ID, NOW)
    psychotherapists.update(db, centre.emard, {"given_names": "Rolando"}, None, NOW)
    assert everything_shown(db, api) == before


def test_what_was_changed_is_made_up_for_in_the_next_open_month(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    october = api.get("/reports/monthly", month=OCTOBER)
    assert october["adjustments"] == {}
    close(db)
    assert api.get("/reports/monthly", month=OCTOBER) == october
    reprice(db, first(db), 20000)  # 180.00 → 200.00
    adjusted = api.get("/reports/monthly", month=OCTOBER)
    assert adjusted == {
        **october,
        "adjustments": {"PEN": {"gross": "20.00", "commission": "7.50", "center_share": "12.50"}},
    }
    assert api.get("/reports/monthly", month=NOVEMBER)["adjustments"] == {}
    reprice(db, first(db), 18000)
    assert api.get("/reports/monthly", month=OCTOBER) == october


def test_what_a_month_carried_when_it_was_closed_it_carries_for_ever_and_nobody_else(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    close(db)
    reprice(db, first(db), 20000)
    close(db, OCTOBER, today="2026-11-03")
    carried = api.get("/reports/monthly", month=OCTOBER)
    assert carried["adjustments"]["PEN"]["gross"] == "20.00"
    assert api.get("/reports/monthly", month=NOVEMBER)["adjustments"] == {}
    reprice(db, first(db), 21000)
    assert api.get("/reports/monthly", month=OCTOBER) == carried
    assert api.get("/reports/monthly", month=NOVEMBER)["adjustments"]["PEN"]["gross"] == "10.00"


def test_a_reopened_month_counts_its_sessions_anew_and_the_next_closing_is_a_version_higher(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    close(db)
    reprice(db, first(db), 20000)
    state = reopen(db)
    assert ("closing" in state, state["number"], state["history"][-1]["reason"]) == (
        False,
        1,
        "Faltaba una cita",
    )
    report = api.get("/reports/monthly", month=SEPTEMBER)
    assert (report["closed"], report["gross"]["PEN"]) == (False, "200.00")
    assert api.get("/reports/monthly", month=OCTOBER)["adjustments"] == {}
    assert close(db)["number"] == 2
    assert api.get("/reports/monthly", month=SEPTEMBER)["gross"]["PEN"] == "200.00"
    assert [event["what"] for event in closings.state(db, SEPTEMBER)["history"]] == [
        "closed",
        "reopened",
        "closed",
    ]


def test_a_month_reopened_after_a_later_one_carried_for_it_has_that_taken_back(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    close(db)
    reprice(db, first(db), 20000)
    close(db, OCTOBER, today="2026-11-03")
    reopen(db)
    assert api.get("/reports/monthly", month=SEPTEMBER)["gross"]["PEN"] == "200.00"
    assert api.get("/reports/monthly", month=NOVEMBER)["adjustments"]["PEN"]["gross"] == "-20.00"


def test_a_session_moved_out_of_a_closed_month_is_taken_back_and_counts_where_it_is(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    close(db)
    october = api.get("/reports/monthly", month=OCTOBER)
    when = {
        name: datetime.fromisoformat(f"2026-10-20T{hour}").replace(tzinfo=LIMA)
        for name, hour in (("starts_at", "09:00"), ("ends_at", "09:50"))
    }
    sessions.update(db, first(db)["_id"], when, None, NOW, LIMA)
    after = api.get("/reports/monthly", month=OCTOBER)
    assert after["sessions"] == october["sessions"] + 1
    assert after["adjustments"] == {
        "PEN": {"gross": "-180.00", "commission": "-67.50", "center_share": "-112.50"}
    }


def test_a_month_is_closed_when_it_is_over_and_once(db: Db, centre: SmallCentre) -> None:
    with pytest.raises(InvalidInput):
        close(db, OCTOBER, today="2026-10-31")
    with pytest.raises(Conflict):
        reopen(db)
    close(db)
    with pytest.raises(Conflict):
        close(db)
    with pytest.raises(Stale):
        close(db, version=7)


def test_of_many_who_close_at_once_one_closes(db: Db, centre: SmallCentre) -> None:
    def attempt(number: int) -> str:
        try:
            return str(close(db)["closing"])
        except (Conflict, Stale):
            return ""

    with ThreadPoolExecutor(6) as pool:
        done = [closing for closing in pool.map(attempt, range(6)) if closing]
    assert done == [closings.state(db, SEPTEMBER)["closing"]]
    assert months.figures(db, SEPTEMBER)["sessions"] == 2
    assert len(closings.state(db, SEPTEMBER)["history"]) == 1


@pytest.mark.parametrize("at", range(4))
def test_a_closing_cut_off_anywhere_is_whole_or_not_there(
    db: Db, api: ApiClient, centre: SmallCentre, at: int
) -> None:
    month_summaries.settle(db)
    before = api.get("/reports/monthly", month=SEPTEMBER)
    told = interrupted.crash(db, at)
    try:
        close(told.db)
    except interrupted.Crash:
        assert told.reached
    report = api.get("/reports/monthly", month=SEPTEMBER)
    assert {**report, "closed": False} == before
    if not report["closed"]:
        close(db)
    assert {**api.get("/reports/monthly", month=SEPTEMBER), "closed": False} == before
    assert db.closings.count_documents({"month": SEPTEMBER}) == 1


def statement(app: Flask, month: str, person: str) -> tuple[str, bytes]:
    db: Db = app.extensions["db"]
    asked = statements.create(db, person, month, NOW)["_id"]
    with app.app_context():
        job.render(app, asked)
    return asked, statements.pdf(db, asked)


def test_the_statement_of_a_closed_month_stays_to_the_byte(app: Flask, db: Db, centre: SmallCentre) -> None:
    assert "Borrador" in text_of(statement(app, SEPTEMBER, centre.emard)[1])
    close(db)
    asked, pdf = statement(app, SEPTEMBER, centre.emard)
    record = statements.get(db, asked)
    assert (record["folio"], record["number"]) == ("2026-09-002", 1)
    text = text_of(pdf)
    assert "Borrador" not in text
    assert f"Folio {record['folio']} · v1" in text
    assert record["sha256"] in text
    reprice(db, first(db), 20000)
    clients.update(db, centre.lucia, {"given_names": "Otra"}, None, NOW)
    psychotherapists.update(db, centre.emard, {"given_names": "Rolando"}, None, NOW)
    assert statement(app, SEPTEMBER, centre.emard) == (asked, pdf)
    db.statement_files.delete_one({"_id": asked})
    db.statements.delete_one({"_id": asked})
    assert statement(app, SEPTEMBER, centre.emard) == (asked, pdf)  # made anew, and the same
    october = text_of(statement(app, OCTOBER, centre.emard)[1])
    assert "Ajustes de meses cerrados" in october
    assert "S/ 7.50" in october


def test_a_reopened_months_next_statement_keeps_its_folio_and_the_old_one_its_bytes(
    app: Flask, db: Db, centre: SmallCentre
) -> None:
    close(db)
    old, pdf = statement(app, SEPTEMBER, centre.emard)
    reopen(db)
    reprice(db, first(db), 20000)
    close(db)
    new, second = statement(app, SEPTEMBER, centre.emard)
    assert (statements.get(db, new)["folio"], statements.get(db, new)["number"]) == ("2026-09-002", 2)
    assert "· v2" in text_of(second)
    assert "S/ 200.00" in text_of(second)
    assert statements.pdf(db, old) == pdf


def test_all_statements_of_a_month_are_one_zip(
    app: Flask, db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    close(db)
    batch = api.post("/statements/batch", {"month": SEPTEMBER}, status=202)
    assert (batch["status"], batch["done"], batch["total"]) == ("pending", 0, 2)
    assert api.get(f"/statements/batch/{batch['id']}/zip", status=409)["in_the_way"][0]["total"] == 2
    with app.app_context():
        for statement_id in batch["statements"]:
            job.render(app, statement_id)
    assert api.get(f"/statements/batch/{batch['id']}")["status"] == "ready"
    packed = api.http.get(
        f"/api/v1/statements/batch/{batch['id']}/zip", headers={"Authorization": f"Bearer {api.token}"}
    ).data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == [
            "liquidacion-2026-09-hellen-roberts.pdf",
            "liquidacion-2026-09-ronald-emard.pdf",
        ]
        assert (
            archive.read("liquidacion-2026-09-ronald-emard.pdf") == statement(app, SEPTEMBER, centre.emard)[1]
        )


def test_by_the_api_a_month_is_closed_and_reopened_with_a_reason(api: ApiClient, centre: SmallCentre) -> None:
    assert api.get(f"/months/{SEPTEMBER}")["closed"] is False
    closed = api.post(f"/months/{SEPTEMBER}/close", status=200)
    assert (closed["closed"], closed["number"], closed["history"][0]["by"]) == (True, 1, STAFF_ID)
    assert api.post(f"/months/{SEPTEMBER}/close", status=409)["status"] == 409
    assert "reason" in api.post(f"/months/{SEPTEMBER}/reopen", {}, status=422)["errors"]
    stale = api.post(f"/months/{SEPTEMBER}/reopen", {"reason": "x"}, status=412, If_Match='"9"')
    assert stale["status"] == 412
    reopened = api.post(f"/months/{SEPTEMBER}/reopen", {"reason": "Faltaba una cita"}, status=200)
    assert (reopened["closed"], reopened["history"][1]["reason"]) == (False, "Faltaba una cita")
    assert "month" in api.post(f"/months/{OCTOBER}/close", status=422)["errors"]
    assert "month" in api.post("/months/2026-13/close", status=422)["errors"]


def test_the_api_says_what_needs_a_look(api: ApiClient, db: Db, centre: SmallCentre) -> None:
    found = api.get(f"/months/{SEPTEMBER}/pending")
    assert {one["client_id"] for one in found["without_email"]} == {centre.lucia, centre.jose}
    assert (found["total"], found["overlaps"], found["still_scheduled"]) == (2, [], [])
    session = first(db)
    db.sessions.update_one({"_id": session["_id"]}, {"$set": {"status": "scheduled"}})
    found = api.get(f"/months/{SEPTEMBER}/pending")
    assert found["still_scheduled"] == [{"session_id": session["_id"]}]
