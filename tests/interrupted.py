"""A database in which something happens between two writes: the process dies, or somebody else writes."""

from collections.abc import Callable
from typing import Any, cast

from service.database import Db

_WRITES = frozenset(
    ("insert_one", "insert_many", "update_one", "update_many", "replace_one", "delete_one", "delete_many")
) | {"find_one_and_update", "bulk_write"}
_READS = frozenset(("find", "find_one", "aggregate", "count_documents", "distinct"))


class Crash(Exception):
    """The process is killed here."""


class Interruption:
    """Before the `at`-th write (0 is the first) `happens` is called, once; `reached` says whether it was.

    With `reads` it is the `at`-th operation of either kind.
    """

    def __init__(self, db: Db, at: int, happens: Callable[[], object], reads: bool = False) -> None:
        self._db, self._left, self._happens = db, at, happens
        self.counted = _WRITES | _READS if reads else _WRITES
        self.reached = False

    @property
    def db(self) -> Db:
        """The database to hand to what shall be interrupted."""
        return cast(Db, _Watched(self._db, self))

    def write(self) -> None:
        """Counts one operation."""
        if self._left == 0:
            self.reached = True
            self._left = -1
            self._happens()
        elif self._left > 0:
            self._left -= 1


def crash(db: Db, at: int) -> Interruption:
    """The process is killed before the `at`-th write."""

    def dies() -> None:
        raise Crash()

    return Interruption(db, at, dies)


class _Watched:
    """A database whose collections tell of their writes."""

    def __init__(self, db: Db, told: Interruption) -> None:
        self._db, self._told = db, told

    def __getattr__(self, name: str) -> Any:
        return _Collection(self._db[name], self._told)

    __getitem__ = __getattr__


class _Collection:
    def __init__(self, collection: Any, told: Interruption) -> None:
        self._collection, self._told = collection, told

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._collection, name)
        if name not in self._told.counted:
            return found

        def write(*args: Any, **kwargs: Any) -> Any:
            self._told.write()
            return found(*args, **kwargs)

        return write
