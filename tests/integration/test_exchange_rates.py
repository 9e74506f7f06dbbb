"""Sessions in dollars keep the rate of their day; income in soles is shown where none is missing."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from service.database import Db
from service.documents import exchange_changes, exchange_rates, import_batch, month_checks, sessions
from service.domain.money import Money
from tests import interrupted
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.page_client import logged_in
from tests.small_centre import LIMA, SmallCentre

OCTOBER = "2026-10"
#: The days on which October has sessions or charges in dollars, 60.00, 30.00 and 60.00.
DAYS = {"2026-10-05": 37000, "2026-10-09": 38000, "2026-10-30": 37500}


def in_soles(api: ApiClient, month: str = OCTOBER) -> Any:
    return api.get("/reports/monthly", month=month)["consolidated"]


def test_rates_typed_before_or_after_are_kept_by_the_sessions(
    db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    assert in_soles(api) == {"amount": None, "currency": "PEN", "missing_days": sorted(DAYS)}
    api.post("/exchange-rates", {"rates": {"2026-10-05": "3.70", "2026-10-09": "3.8"}}, status=200)
    assert in_soles(api)["missing_days"] == ["2026-10-30"]
    saved = api.post("/exchange-rates", {"rates": {"2026-10-30": "3.75", "2026-10-20": "4"}}, status=200)
    assert saved["items"][0]["rates"]["2026-10-30"] == "3.75"
    # 60 × 3.70 + 30 × 3.80 + 60 × 3.75 = 561.00
    gross = api.get("/reports/monthly", month=OCTOBER)["gross"]["PEN"]
    assert Decimal(in_soles(api)["amount"]) == Decimal(gross) + 561
    centre.session("2026-10-20", "10:00", centre.jose, centre.roberts)
    assert Decimal(in_soles(api)["amount"]) == Decimal(gross) + 561 + 240
    api.post("/exchange-rates", {"rates": {"2026-10-20": "3"}}, status=200)
    assert Decimal(in_soles(api)["amount"]) == Decimal(gross) + 561 + 240
    assert api.get("/exchange-rates", month=OCTOBER)["rates"]["2026-10-20"] == "3.00"


def test_an_edit_keeps_the_rate_and_a_move_takes_the_other_days(db: Db, centre: SmallCentre) -> None:
    exchange_changes.save(db, DAYS, NOW)
    [one] = sessions.find(db, {"local_date": "2026-10-05", "currency": "USD"})
    exchange_changes.save(db, {"2026-10-05": 50000}, NOW)
    edited = sessions.update(db, one["_id"], {"price": Money(10000, "USD")}, None, NOW, LIMA)
    assert edited["exchange"] == {"on": "2026-10-05", "rate": 37000, "soles_cents": 37000}
    in_sol = sessions.update(db, one["_id"], {"price": Money(10000, "PEN")}, None, NOW, LIMA)
    assert "exchange" not in in_sol


@pytest.mark.parametrize("at", range(8))
def test_a_crash_anywhere_is_finished_by_the_sweep(
    db: Db, api: ApiClient, centre: SmallCentre, at: int
) -> None:
    told = interrupted.crash(db, at)
    try:
        exchange_changes.save(told.db, DAYS, NOW)
    except interrupted.Crash:
        assert told.reached
    exchange_rates.save(db, DAYS, NOW)  # the person sends the form again
    exchange_changes.finish(db)
    assert exchange_changes.finish(db) == 0
    assert in_soles(api)["missing_days"] == []
    assert month_checks.check(db, [OCTOBER]) == []


def test_by_page_lines_are_pasted_and_mistakes_lose_nothing(app: Flask, centre: SmallCentre) -> None:
    pages = logged_in(app)
    page = pages.get(f"/ajustes/tipo-de-cambio?mes={OCTOBER}")
    assert "sin tipo de cambio" in page.text
    wrong = pages.press("Guardar", 422, {"rates": "05/10/2026 3.70\nmañana 3"})
    assert "Línea 2" in wrong.error("rates")
    assert wrong.fields("Guardar")["rates"].splitlines() == ["05/10/2026 3.70", "mañana 3"]
    done = pages.press("Guardar", changes={"rates": "05/10/2026 3.70\n09/10/2026 3.8\n30/10/2026 3.75"})
    assert "Se guardaron 3 días." in done.text
    assert "sin tipo de cambio" not in done.text
    again = pages.press("Guardar", changes={"rates": "05/10/2026 3.75\n09/10/2026 3.8"})
    assert "1 cita de esos días conserva el tipo de cambio que ya tenía." in again.text


def test_days_to_come_are_not_asked_for_and_one_left_empty_waits(app: Flask, centre: SmallCentre) -> None:
    pages = logged_in(app)
    page = pages.get(f"/ajustes/tipo-de-cambio?mes={OCTOBER}")
    assert page.fields("Guardar")["rates"].split() == ["05/10/2026", "09/10/2026"]
    assert "1 día con citas en dólares todavía no llega." in page.text
    done = pages.press("Guardar", changes={"rates": "05/10/2026 3.70\n09/10/2026 "})
    assert "Se guardó 1 día." in done.text
    assert done.fields("Guardar")["rates"].split() == ["09/10/2026"]


def test_the_report_says_the_month_in_soles_or_what_is_missing(
    app: Flask, db: Db, api: ApiClient, centre: SmallCentre
) -> None:
    pages, path = logged_in(app), f"/reportes/mensual?mes={OCTOBER}"
    assert "consolida" not in pages.get(path).text  # nobody keeps rates: nothing is asked for
    exchange_changes.save(db, {"2026-10-05": 37000}, NOW)
    assert "falta el tipo de cambio de 2 días" in pages.get(path).text
    exchange_changes.save(db, DAYS, NOW)
    shown = pages.get(path).text.replace("\xa0", " ")
    assert f"consolidado S/ {Decimal(in_soles(api)['amount']):,}" in shown


def test_a_rate_is_no_edit_that_keeps_an_import_from_being_undone(db: Db, centre: SmallCentre) -> None:
    [one] = sessions.find(db, {"local_date": "2026-10-05", "currency": "USD"})
    db.sessions.update_one({"_id": one["_id"]}, {"$set": {"batch": "b"}})
    exchange_changes.save(db, DAYS, NOW)
    assert import_batch.in_the_way(db, "b") == []
