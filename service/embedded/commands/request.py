"""What every command is given, and how its options are read: none is ignored that would change the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.embedded.collection import Collection
from service.embedded.cursors import Cursors
from service.embedded.errors import (
    BAD_VALUE,
    ILLEGAL_OPERATION,
    TYPE_MISMATCH,
    UNKNOWN_FIELD,
    CommandError,
    bad_value,
    not_supported,
)
from service.embedded.memory import Memory
from service.embedded.values import Document

# Taken with any command and without effect here: one server, no replicas, no users, nothing that times out.
_EVERYWHERE = {
    "$db", "$clusterTime", "$readPreference", "apiDeprecationErrors", "apiStrict", "apiVersion", "comment",
    "lsid", "maxTimeMS", "readConcern", "writeConcern",
}  # fmt: skip
_TRANSACTION = ("txnNumber", "startTransaction", "autocommit")


@dataclass
class Request:
    """One command with what it works on."""

    name: str
    body: Document
    memory: Memory
    cursors: Cursors

    @property
    def database(self) -> str:
        """The database's name."""
        return str(self.body.get("$db", ""))

    @property
    def namespace(self) -> str:
        """database.collection, for a command whose value is a collection's name."""
        return f"{self.database}.{self.target}"

    @property
    def target(self) -> str:
        """The collection's name that is the command's value. CommandError where it is no text."""
        target = self.body[self.name]
        if not isinstance(target, str) or not target:
            raise CommandError(73, f"collection name has invalid type or is empty for {self.name}")
        return target

    def collection(self) -> Collection | None:
        """The collection the command is on, or None."""
        return self.memory.collection(self.database, self.target)

    def check_hint(self, hint: Any) -> None:
        """CommandError where the collection has no such index. One that is not there has no documents."""
        collection = self.collection() if hint not in (None, {}) else None
        if collection:
            collection.check_hint(hint)

    def option(self, name: str, kind: type, default: Any = None) -> Any:
        """The option's value; CommandError (14) where it is of another kind. Null counts as not given."""
        value = self.body.get(name)
        return default if value is None else typed(value, kind, f"{self.name}.{name}")

    def flag(self, name: str, default: bool = False) -> bool:
        """An option that is true or false."""
        return as_flag(self.body.get(name), f"{self.name}.{name}", default)

    def number(self, name: str, default: int | None = None, least: int = 0) -> int | None:
        """An option that is a whole number."""
        return as_whole(self.body.get(name), f"{self.name}.{name}", default, least)


Handler = Callable[[Request], Document]


@dataclass(frozen=True)
class Command:
    """How a command is done, and its options. `unsupported` may be given where they change nothing."""

    handler: Handler
    options: frozenset[str] = frozenset()
    unsupported: frozenset[str] = frozenset()

    def run(self, request: Request) -> Document:
        """The reply without `ok`. CommandError for an option that is unknown or would be ignored."""
        self._check(request)
        if "hint" in request.body:
            request.check_hint(request.body["hint"])
        return self.handler(request)

    def _check(self, request: Request) -> None:
        for option, value in request.body.items():
            if option in _TRANSACTION:
                raise CommandError(
                    ILLEGAL_OPERATION,
                    "Transaction numbers are only allowed on a replica set member or mongos",
                )
            if option in self.options or option in _EVERYWHERE or option == request.name:
                continue
            refuse_option(option, value, self.unsupported, request.name)
        _check_concerns(request.body)


def command(handler: Handler, options: str = "", unsupported: str = "") -> Command:
    """A Command, its options written as words."""
    return Command(handler, frozenset(options.split()), frozenset(unsupported.split()))


def check_options(given: Document, options: set[str], unsupported: set[str], where: str) -> None:
    """The same for the parts of a command (each update, each delete)."""
    for option, value in given.items():
        if option not in options:
            refuse_option(option, value, frozenset(unsupported), where)


def refuse_option(option: str, value: Any, unsupported: frozenset[str], where: str) -> None:
    """CommandError, unless it is an option that is known and asks for nothing."""
    if option not in unsupported:
        raise CommandError(UNKNOWN_FIELD, f"BSON field '{where}.{option}' is an unknown field.")
    if value not in (None, False, {}, []) and value != {"locale": "simple"}:
        raise not_supported(f"the option '{option}' of {where}")


def typed(value: Any, kind: type, where: str) -> Any:
    """The value, if it is of that kind. CommandError (14)."""
    if not isinstance(value, kind):
        raise CommandError(TYPE_MISMATCH, f"BSON field '{where}' is the wrong type, expected {kind.__name__}")
    return value


def as_flag(value: Any, where: str, default: bool = False) -> bool:
    """True or false, also written as a number."""
    if value is None:
        return default
    if not isinstance(value, (bool, int, float)):
        raise CommandError(TYPE_MISMATCH, f"BSON field '{where}' is the wrong type, expected a boolean")
    return bool(value)


def as_whole(value: Any, where: str, default: int | None = None, least: int = 0) -> int | None:
    """A whole number of at least `least`."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise CommandError(TYPE_MISMATCH, f"BSON field '{where}' is the wrong type, expected a whole number")
    if value < least:
        raise bad_value(f"BSON field '{where}' must be at least {least}")
    return int(value)


def _check_concerns(body: Document) -> None:
    """What a single server can promise: everything but several servers and a moment of the past."""
    write = body.get("writeConcern") or {}
    copies = write.get("w", 1) if type(write) is dict else 1
    if copies not in (0, 1, "majority"):
        raise CommandError(BAD_VALUE, "a single server can only promise w: 0, 1 or 'majority'")
    read = body.get("readConcern") or {}
    if type(read) is dict and read.get("level") == "snapshot":
        raise not_supported("read concern snapshot")
