"""A merge while others write: whatever comes between two writes of either, nothing is lost or left behind."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from service.database import Db
from service.documents import clients, merges, sessions
from service.errors import ConsultorioError, Stale
from tests.conftest import NOW, STAFF_ID
from tests.interrupted import Crash, Interruption, crash
from tests.merge_data import Rosas, documents, edit_client, edit_session, fill, put_back
from tests.people_data import book, client
from tests.stored import one

#: More writes than any merge here takes.
MOST_WRITES = 80


@pytest.fixture
def rosas(db: Db) -> Rosas:
    return fill(db)


def merge(db: Db, rosas: Rosas) -> str:
    return str(merges.merge(db, rosas.first, rosas.second, None, STAFF_ID, NOW)["_id"])


def _edits_session(db: Db, rosas: Rosas) -> None:
    edit_session(db, rosas.session, note="en el mismo momento")


def _deletes_session(db: Db, rosas: Rosas) -> None:
    sessions.delete(db, rosas.session, None, NOW)


def _books(db: Db, rosas: Rosas) -> None:
    book(db, {"_id": rosas.first}, one(db.psychotherapists, {"family_names": "Fisher"}), 20)


def _edits_first(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.first, birth_date="1990-02-03")


def _edits_second(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.second, email="otra@example.com")


def _edits_relative(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.luis, email="luis@example.com")


def _unlinks_relative(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.luis, relationships={"clients": []})


def _links_first(db: Db, rosas: Rosas) -> None:
    link = {"client_id": one(db.clients, {"family_names": "Tercera"})["_id"], "kind": "other"}
    edit_client(db, rosas.first, relationships={"clients": [link | {"answers_surveys": False}]})


def _unlinks_first(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.first, relationships={"clients": []})


def _dies_linking_first(db: Db, rosas: Rosas) -> None:
    with contextlib.suppress(Crash):
        _links_first(crash(db, 1).db, rosas)


def _dies_unlinking_first(db: Db, rosas: Rosas) -> None:
    with contextlib.suppress(Crash):
        _unlinks_first(crash(db, 1).db, rosas)


def _merges_the_other_way(db: Db, rosas: Rosas) -> None:
    merges.merge(db, rosas.second, rosas.first, None, STAFF_ID, NOW)


def _merges_twice(db: Db, rosas: Rosas) -> None:
    merge(db, rosas)


def _merges_on(db: Db, rosas: Rosas) -> None:
    third = one(db.clients, {"family_names": "Tercera"})
    merges.merge(db, rosas.second, third["_id"], None, STAFF_ID, NOW)


def _archives_second(db: Db, rosas: Rosas) -> None:
    clients.delete(db, rosas.second, None, NOW)


def _gives_second_a_document(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.second, document={"type": "DNI", "number": "45310882"})


def _sweeps(db: Db, rosas: Rosas) -> None:
    merges.sweep(db, NOW)


AT_THE_SAME_TIME = (
    _edits_session,
    _deletes_session,
    _books,
    _edits_first,
    _dies_linking_first,
    _dies_unlinking_first,
    _edits_second,
    _edits_relative,
    _unlinks_relative,
    _merges_the_other_way,
    _merges_twice,
    _merges_on,
    _archives_second,
    _gives_second_a_document,
    _sweeps,
)


@pytest.mark.parametrize("other", AT_THE_SAME_TIME)
def test_what_others_write_meanwhile_is_neither_lost_nor_left_behind(
    db: Db, rosas: Rosas, other: Callable
) -> None:
    """`other` comes between each two writes of a merge; both are done, or one of them is refused."""
    client(db, "Rosa", "Tercera")
    before = documents(db)
    at = 0
    while True:
        came = Coming(db, at, rosas, other)
        with contextlib.suppress(ConsultorioError):
            merge(came.db, rosas)
        if not came.reached:
            break
        check_after(db, rosas, before, other if came.done else None)
        put_back(db, before)
        at += 1
    assert at > 15


class Coming(Interruption):
    """Somebody else's work comes before the `at`-th write; `done` says whether it was done, not refused."""

    def __init__(self, db: Db, at: int, rosas: Rosas, work: Callable[..., object]) -> None:
        def happens() -> None:
            with contextlib.suppress(ConsultorioError):
                work(db, rosas)
                self.done = True

        super().__init__(db, at, happens)
        self.done = False


def check_after(db: Db, rosas: Rosas, before: dict, done: Callable[..., object] | None) -> None:
    """After the sweeps all is whole, and what was `done` beside a merge is there."""
    clients.sweep_unmirrored(db)
    merges.sweep(db, NOW)
    check_whole(db, rosas, before)
    if done is not None:
        _check_effect(db, rosas, done)


def check_whole(db: Db, rosas: Rosas, before: dict) -> None:
    """No merge is half done, nobody's session is on a merged client, and family is mutual."""
    assert merges.sweep(db, NOW) == 0
    assert {record["state"] for record in db.merges.find()} <= {"done", "cancelled", "undone"}
    merged = {
        found["_id"]: found["merged_into"] for found in db.clients.find({"merged_into": {"$exists": True}})
    }
    assert len(merged) == db.merges.count_documents({"state": "done"})
    assert not db.sessions.count_documents({"client_id": {"$in": list(merged)}})
    people = {found["_id"]: found for found in db.clients.find()}
    links = {
        (id, link["client_id"]) for id, found in people.items() for link in found["relationships"]["clients"]
    }
    assert {(other, one) for one, other in links} == links
    assert not {id for pair in links for id in pair} & set(merged)
    assert not db.clients.count_documents({"unmirrored": {"$exists": True}})
    numbers = [found["document"]["number"] for found in people.values() if "document" in found]
    assert {"04531088", "45310882"} & set(numbers), "the document is somebody's, unless it was typed over"
    assert set(before["sessions"]) <= {found["_id"] for found in db.sessions.find()}


def _check_effect(db: Db, rosas: Rosas, other: Callable) -> None:
    """Whoever was told that it is done finds it done."""
    second = clients.get(db, rosas.second)
    family = {link["client_id"] for link in second["relationships"]["clients"]}
    effects: dict[Any, Callable[[], bool]] = {
        _dies_linking_first: lambda: one(db.clients, {"family_names": "Tercera"})["_id"] in family,
        _dies_unlinking_first: lambda: rosas.luis not in family,
        _edits_session: lambda: sessions.get(db, rosas.session)["note"] == "en el mismo momento",
        _deletes_session: lambda: "deleted" in one(db.sessions, {"_id": rosas.session}),
        _books: lambda: db.sessions.count_documents({"local_date": "2026-10-20"}) == 1,
        _edits_first: lambda: second["birth_date"] == "1990-02-03",
        _edits_second: lambda: second["email"] == "otra@example.com",
        _edits_relative: lambda: clients.get(db, rosas.luis)["email"] == "luis@example.com",
        _unlinks_relative: lambda: clients.get(db, rosas.luis)["relationships"]["clients"] == [],
    }
    assert effects.get(other, lambda: True)()


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(_edits_session, id="edit"),
        pytest.param(_books, id="new"),
        pytest.param(_deletes_session, id="delete"),
        pytest.param(_edits_relative, id="relative"),
        pytest.param(_unlinks_relative, id="unlink"),
        pytest.param(_links_first, id="link-first"),
        pytest.param(_unlinks_first, id="unlink-first"),
    ],
)
def test_a_merge_between_any_two_writes_of_others(db: Db, rosas: Rosas, work: Callable) -> None:
    """The other way round: a whole merge comes between each two writes of an edit."""
    client(db, "Rosa", "Tercera")
    before = documents(db)
    for at in range(MOST_WRITES):
        put_back(db, before)
        told = Interruption(db, at, lambda: merge(db, rosas))
        done: Callable | None = work
        try:
            work(told.db, rosas)
        except Stale:
            done = None
        if not told.reached:
            break
        check_after(db, rosas, before, done)
    assert at >= 1


def test_an_undo_and_an_edit_at_the_same_time(db: Db, rosas: Rosas) -> None:
    """Either the undo is refused, or the edit stays on what was given back."""
    before = documents(db)
    merge_id = merge(db, rosas)
    merged = documents(db) | {"merges": {merge_id: merges.get(db, merge_id)}}
    for other in (_edits_session, _edits_second, _edits_relative, _sweeps):
        for at in range(MOST_WRITES):
            put_back(db, merged)
            came = Coming(db, at, rosas, other)
            with contextlib.suppress(ConsultorioError):
                merges.undo(came.db, merge_id, NOW)
            if not came.reached:
                break
            check_after(db, rosas, before, other if came.done else None)
        assert at > 5
