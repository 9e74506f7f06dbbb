"""A merge, its undoing and the sweep, killed between any two writes."""

from collections.abc import Callable

import pytest

from service.database import Db
from service.documents import merges
from tests.conftest import NOW, STAFF_ID
from tests.interrupted import Crash, crash
from tests.merge_data import Rosas, contents, documents, fill, put_back

Work = Callable[[Db], object]


@pytest.fixture
def rosas(db: Db) -> Rosas:
    return fill(db)


def merge(db: Db, rosas: Rosas) -> str:
    return str(merges.merge(db, rosas.first, rosas.second, None, STAFF_ID, NOW)["_id"])


def killed(db: Db, work: Work, at: int) -> bool:
    told = crash(db, at)
    try:
        work(told.db)
    except Crash:
        return True
    return False


def test_a_merge_killed_anywhere_is_finished_or_never_was(db: Db, rosas: Rosas) -> None:
    before = documents(db)
    merge(db, rosas)
    merged = contents(documents(db))
    put_back(db, before)
    outcomes = []
    at = 0
    while killed(db, lambda told: merge(told, rosas), at):
        merges.sweep(db, NOW)
        outcomes.append(contents(documents(db)) == merged)
        assert outcomes[-1] or documents(db) == before
        assert merges.sweep(db, NOW) == 0
        for record in merges.latest_of(db, [rosas.second]):
            merges.undo(db, record["_id"], NOW)
        assert contents(documents(db)) == contents(before)
        put_back(db, before)
        at += 1
    assert len(outcomes) > 15
    assert outcomes == sorted(outcomes), "once begun it is finished"
    assert outcomes.count(False) == 1, "only before the record is written there is nothing to finish"


def test_the_sweep_itself_may_be_killed(db: Db, rosas: Rosas) -> None:
    before = documents(db)
    merge(db, rosas)
    merged = contents(documents(db))
    for first in range(2, 20, 5):
        second = 0
        while True:
            put_back(db, before)
            assert killed(db, lambda told: merge(told, rosas), first)
            if not killed(db, lambda told: merges.sweep(told, NOW), second):
                break
            merges.sweep(db, NOW)
            assert contents(documents(db)) == merged
            second += 2
        assert second > 2


def test_an_undo_killed_anywhere_is_finished_or_never_was(db: Db, rosas: Rosas) -> None:
    before = documents(db)
    merge_id = merge(db, rosas)
    merged = documents(db) | {"merges": {merge_id: merges.get(db, merge_id)}}
    at = 0
    while killed(db, lambda told: merges.undo(told, merge_id, NOW), at):
        merges.sweep(db, NOW)
        if merges.get(db, merge_id)["state"] == "undone":
            assert contents(documents(db)) == contents(before)
        else:
            assert documents(db) == {name: merged[name] for name in documents(db)}
        assert merges.sweep(db, NOW) == 0
        put_back(db, merged)
        at += 1
    assert at > 10
