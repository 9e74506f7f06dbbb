"""With 60,000 sessions stored, what staff open all day looks at what it shows and at little else.

Counted in documents that the store looked at (serverStatus, as MongoDB counts them), not in seconds.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from service.database import Db
from service.documents import attention, months
from tests.api_client import ApiClient
from tests.large_centre import CLIENTS, PSYCHOTHERAPISTS, SESSIONS, fill
from tests.page_client import logged_in

MONTH, YEAR, MONTHS = "2021-06", 2021, 12


@pytest.fixture
def looked_at() -> Callable[[Db], int]:
    """How many documents the store has looked at so far."""

    def count(db: Db) -> int:
        status = db.client.admin.command("serverStatus")
        return int(status["metrics"]["queryExecutor"]["scannedObjects"])

    return count


@pytest.mark.timeout(300)
def test_nothing_that_is_used_often_scans(
    app: Flask, api: ApiClient, db: Db, looked_at: Callable[[Db], int]
) -> None:
    fill(db)
    of_month = db.sessions.count_documents({"month": MONTH})
    assert SESSIONS / 200 < of_month < SESSIONS / 50

    def cost(call: Callable[[], object]) -> int:
        before = looked_at(db)
        call()
        return looked_at(db) - before

    people = CLIENTS + PSYCHOTHERAPISTS
    client_id = f"{600:032x}"
    # The report looks three times at the month and once at all sessions of its active clients.
    active = len(db.sessions.distinct("client_id", {"month": MONTH}))
    visits = SESSIONS // CLIENTS
    assert cost(lambda: api.get("/sessions", month=MONTH)) <= 3 * of_month
    assert cost(lambda: api.get("/reports/monthly", month=MONTH)) <= 3 * of_month + active * visits + people
    assert cost(lambda: api.get(f"/clients/{client_id}")) <= 5
    assert cost(lambda: api.get("/sessions", client_id=client_id)) <= 3 * visits
    assert active * visits < SESSIONS / 4

    pages = logged_in(app)
    report = 4 * of_month + active * visits + 2 * people
    assert cost(lambda: pages.get(f"/citas?mes={MONTH}")) <= 4 * of_month + people
    assert cost(lambda: pages.get(f"/reportes/mensual?mes={MONTH}")) <= report
    assert cost(lambda: pages.get(f"/citas?vista=dia&fecha={MONTH}-15")) <= of_month
    assert cost(lambda: pages.get(f"/citas?vista=semana&fecha={MONTH}-15")) <= of_month + people
    # Its sessions once; each client in it by name, mail, phone and birth date, whoever else there is.
    closing = of_month + 8 * active + 3 * PSYCHOTHERAPISTS
    assert closing < SESSIONS / 10 and active < CLIENTS / 8
    assert cost(lambda: pages.get(f"/reportes/cierre?mes={MONTH}")) <= closing
    now = datetime.fromisoformat(f"{MONTH}-15T17:00:00+00:00")
    assert cost(lambda: attention.today(db, f"{MONTH}-15", now)) <= of_month
    assert cost(lambda: pages.get(f"/clientes/{client_id}")) <= 3 * visits + PSYCHOTHERAPISTS + 20
    own, therapist = SESSIONS // PSYCHOTHERAPISTS, f"/psicoterapeutas/{1:032x}"
    assert cost(lambda: pages.get(f"{therapist}?mes={MONTH}")) <= report + 4 * own
    change = f"{therapist}/cambio?commission_percent=41&effective_on={MONTH}-15&default_price.amount=1"
    assert cost(lambda: pages.http.get(f"{change}&default_price.currency=PEN")) <= own + 10

    # A year costs the same after ten years as after one: its summaries and those of the year before.
    year = f"/reportes/anual?anio={YEAR}"
    pages.get(year)
    figures_after_ten, page_after_ten = cost(lambda: months.year(db, YEAR)), cost(lambda: pages.get(year))
    of_other_years = {"$or": [{"month": {"$lt": str(YEAR)}}, {"month": {"$gte": str(YEAR + 1)}}]}
    assert db.sessions.delete_many(of_other_years).deleted_count > SESSIONS / 2
    db.month_summaries.delete_many({})
    assert cost(lambda: pages.get(year)) > of_month, "counted for the first time"
    assert cost(lambda: months.year(db, YEAR)) == figures_after_ten == MONTHS
    assert page_after_ten <= cost(lambda: pages.get(year)) + MONTHS
