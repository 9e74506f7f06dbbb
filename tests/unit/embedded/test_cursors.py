"""Cursors that nobody fetches from are forgotten."""

from typing import Any

import pytest

from service.embedded.cursors import IDLE_SECONDS, Cursors
from service.embedded.errors import CommandError


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> Any:
        return self.now


def test_an_idle_cursor_is_forgotten() -> None:
    clock = Clock()
    cursors = Cursors(clock)
    documents = [{"_id": n} for n in range(5)]
    idle, used, kept = (cursors.open("a.b", documents, 1, never_idle=n == 2)["id"] for n in range(3))
    clock.now = IDLE_SECONDS - 1
    cursors.more(used, "a.b", 1)
    clock.now = IDLE_SECONDS + 1
    assert len(cursors.more(used, "a.b", 1)["nextBatch"]) == 1
    assert len(cursors.more(kept, "a.b", 1)["nextBatch"]) == 1
    with pytest.raises(CommandError) as caught:
        cursors.more(idle, "a.b", 1)
    assert caught.value.code == 43
    assert cursors.count() == 2
