"""`python -m bench.centre`: how long daily work takes in a centre of 60,000 sessions, on this machine.

The figures compare one version with another on the same machine; they promise nothing.
"""

import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from service import auth, database
from service.app import create_app
from service.config import Settings
from service.documents import staff
from service.embedded import place
from tests.api_client import ApiClient
from tests.integration.embedded_process import running
from tests.large_centre import PSYCHOTHERAPISTS, SESSIONS, fill

MONTH, NOW = "2021-06", datetime(2026, 10, 15, 17, tzinfo=UTC)
TIMES = 7


def main() -> None:
    """Prints one line for each thing measured: the median of TIMES, and the slowest."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "store") as store:
        settings = Settings(place.uri(store.folder), "redis://127.0.0.1:1", "k" * 32, testing=True, now=NOW)
        app = create_app(settings)
        db = app.extensions["db"]
        database.ensure_indexes(db)
        account = staff.add(db, "bench@example.com", "Bench", "una clave de prueba", "direction", NOW)
        show(f"filling {SESSIONS} sessions", lambda: fill(db), times=1)
        with app.test_request_context():
            api = ApiClient(app.test_client(), *auth.start_login(db, account["_id"]))
        with contextlib.redirect_stderr(io.StringIO()):  # the log of requests stays out of the figures
            measure(api)
        store.stop()
        show("the store's start with them", store.start, times=1)


def measure(api: ApiClient) -> None:
    """What staff do all day."""
    client_id, psychotherapist_id = f"{600:032x}", f"{600 % PSYCHOTHERAPISTS:032x}"
    show("a month's list", lambda: api.get("/sessions", month=MONTH))
    show("a month's report", lambda: api.get("/reports/monthly", month=MONTH))
    show("a client", lambda: api.get(f"/clients/{client_id}"))
    show("a client's sessions", lambda: api.get("/sessions", client_id=client_id))
    show("a search for a client", lambda: api.get("/clients", q="apellido12"))
    hours = iter(range(10**6))

    def create() -> None:
        day, hour = divmod(next(hours), 12)
        starts, ends = (f"2026-11-{day + 1:02}T{hour + 8:02}:{minute:02}:00-05:00" for minute in (0, 50))
        who = {"client_id": client_id, "psychotherapist_id": psychotherapist_id}
        api.post("/sessions", {**who, "starts_at": starts, "ends_at": ends, "modality": "virtual"})

    show("a new session", create)


def show(what: str, call: Callable[[], object], times: int = TIMES) -> None:
    """Measures and prints."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    print(
        f"{what:32} {statistics.median(seconds) * 1000:9.1f} ms   slowest {max(seconds) * 1000:9.1f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
