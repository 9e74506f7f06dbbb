"""Four processes save the same session at the same moment, 500 times: one wins, nobody loses their text.

Each is an application of its own on the store over the wire. One sends the form of a page, which costs most,
three the API's PATCH; all of them say the version that they read, which in every round is the same for all.
"""

import multiprocessing
from multiprocessing.synchronize import Barrier
from typing import Any

from service import auth
from service.app import create_app
from service.config import Settings
from service.database import Db
from service.documents import sessions
from tests import page_client
from tests.conftest import STAFF_ID, close
from tests.page_client import SAME_ORIGIN
from tests.small_centre import TODAY, SmallCentre

PROCESSES, ROUNDS = 4, 500
WON, LOST = "won", "lost"


def note_of(number: int, turn: int) -> str:
    return f"Nota {number} de la vuelta {turn}"


def by_api(app: Any, session_id: str) -> Any:
    """What saves once through the API: (number, turn, version) → WON or LOST."""
    with app.test_request_context():
        token, _ = auth.start_login(app.extensions["db"], STAFF_ID)
    http = app.test_client()

    def save(number: int, turn: int, version: int) -> str:
        headers = {"Authorization": f"Bearer {token}", "If-Match": f'"{version}"'}
        body = {"note": note_of(number, turn)}
        answer = http.patch(f"/api/v1/sessions/{session_id}", json=body, headers=headers)
        if answer.status_code == 200:
            assert answer.get_json()["version"] == version + 1
            return WON
        assert answer.status_code in (409, 412), answer.text
        assert answer.get_json()["current_version"] == version + 1
        return LOST

    return save


def by_page(app: Any, session_id: str) -> Any:
    """The same by the form of its page; whoever loses finds their text in it."""
    pages = page_client.logged_in(app)
    fields = pages.get(f"/citas/{session_id}").fields("Guardar")

    def save(number: int, turn: int, version: int) -> str:
        typed = {**fields.to_dict(), "note": note_of(number, turn), "version": str(version)}
        answer = pages.http.post(f"/citas/{session_id}", data=typed, headers=SAME_ORIGIN)
        if answer.status_code == 303:
            return WON
        assert answer.status_code in (409, 412), answer.text
        assert f">\n{typed['note']}</textarea>" in answer.text
        return LOST

    return save


def race(settings: Settings, session_id: str, number: int, barrier: Barrier, results: Any) -> None:
    """One process; what became of its save in each round, or what went wrong."""
    app = create_app(settings)
    save = (by_api if number else by_page)(app, session_id)
    outcome: list[str] = []
    try:
        for turn in range(ROUNDS):
            barrier.wait(60)
            outcome.append(save(number, turn, turn + 1))
    except Exception as error:
        barrier.abort()
        outcome = [repr(error)]
    results.put((number, outcome))
    close(app)


def test_of_four_processes_that_save_the_same_session_one_wins_each_time(
    settings: Settings, db: Db, centre: SmallCentre
) -> None:
    [session] = sessions.find(db, {"local_date": TODAY, "client_id": centre.mateo})
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(PROCESSES), context.Queue()
    racers = [
        context.Process(target=race, args=(settings, session["_id"], number, barrier, results), daemon=True)
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    outcome = dict(results.get(timeout=120) for _ in racers)
    for racer in racers:
        racer.join(10)
    assert [each for each in outcome.values() if len(each) < ROUNDS] == []
    winners = [[n for n in range(PROCESSES) if outcome[n][turn] == WON] for turn in range(ROUNDS)]
    assert [len(each) for each in winners] == [1] * ROUNDS
    stored = sessions.get(db, session["_id"])
    assert stored["version"] == session["version"] + ROUNDS
    assert stored["note"] == note_of(winners[-1][0], ROUNDS - 1)
    assert len({each[0] for each in winners}) > 1
