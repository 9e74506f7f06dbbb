"""The store's file: one SQLite database, written in one durable transaction before a command is answered.

Every row carries a checksum, because SQLite's own check looks at its pages' structure but not at what is in
them. A file that is damaged anywhere is refused whole.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_APPLICATION = 0x436F6E73  # "Cons"
_VERSION = 1
_SCHEMA = """
CREATE TABLE collections (number INTEGER PRIMARY KEY, database TEXT NOT NULL, name TEXT NOT NULL,
                          checksum INTEGER NOT NULL, UNIQUE (database, name));
CREATE TABLE indexes (collection INTEGER NOT NULL, name TEXT NOT NULL, specification BLOB NOT NULL,
                      checksum INTEGER NOT NULL, PRIMARY KEY (collection, name));
CREATE TABLE documents (record INTEGER PRIMARY KEY, collection INTEGER NOT NULL, id BLOB NOT NULL,
                        body BLOB NOT NULL, checksum INTEGER NOT NULL, UNIQUE (collection, id));
"""


class DiskDamaged(Exception):
    """The file cannot be trusted; the text says how that was seen and what to do."""


class DiskFailed(Exception):
    """A transaction was not written; the text is SQLite's, which holds no data."""


class Operation(Protocol):
    """One change to the file."""

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Does it within the open transaction."""


@dataclass(frozen=True)
class PutDocument:
    """A document as it is from now on; `identity` is its `_id` as BSON and never changes for a record."""

    record: int
    collection: int
    identity: bytes
    body: bytes

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Inserts it or replaces its body."""
        cursor.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (record) DO UPDATE SET body = excluded.body, checksum = excluded.checksum",
            (self.record, self.collection, self.identity, self.body, self._checksum()),
        )

    def _checksum(self) -> int:
        return _checksum(self.record, self.identity + self.body)


@dataclass(frozen=True)
class RemoveDocument:
    """A document that is no more."""

    record: int

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Deletes its row."""
        cursor.execute("DELETE FROM documents WHERE record = ?", (self.record,))


@dataclass(frozen=True)
class PutCollection:
    """A new collection."""

    number: int
    database: str
    name: str

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Inserts it."""
        checksum = _checksum(self.number, f"{self.database}.{self.name}".encode())
        cursor.execute(
            "INSERT INTO collections VALUES (?, ?, ?, ?)", (self.number, self.database, self.name, checksum)
        )


@dataclass(frozen=True)
class RemoveCollection:
    """A collection that is dropped with all that is in it."""

    number: int

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Deletes it, its documents and its indexes."""
        cursor.execute("DELETE FROM documents WHERE collection = ?", (self.number,))
        cursor.execute("DELETE FROM indexes WHERE collection = ?", (self.number,))
        cursor.execute("DELETE FROM collections WHERE number = ?", (self.number,))


@dataclass(frozen=True)
class PutIndex:
    """A new index; `specification` is BSON."""

    collection: int
    name: str
    specification: bytes

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Inserts it."""
        checksum = _checksum(self.collection, self.specification)
        cursor.execute(
            "INSERT INTO indexes VALUES (?, ?, ?, ?)",
            (self.collection, self.name, self.specification, checksum),
        )


@dataclass(frozen=True)
class RemoveIndex:
    """An index that is dropped."""

    collection: int
    name: str

    def run(self, cursor: sqlite3.Cursor) -> None:
        """Deletes it."""
        cursor.execute("DELETE FROM indexes WHERE collection = ? AND name = ?", (self.collection, self.name))


class Disk:
    """The open file. One thread at a time uses it: the one that holds the engine's lock."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. DiskDamaged where it is not one of ours or not whole."""
        self.path = path
        if not path.exists():
            _create(path)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def write(self, operations: list[Operation]) -> None:
        """All of it or nothing, and on the disk when this returns. DiskFailed."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            for operation in operations:
                operation.run(cursor)
            cursor.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise DiskFailed(str(error)) from error

    def collections(self) -> Iterator[tuple[int, str, str]]:
        """(number, database, name) of every collection."""
        rows = self._read("SELECT number, database, name, checksum FROM collections ORDER BY number")
        for number, database, name, checksum in rows:
            self._verify(number, checksum, f"{database}.{name}".encode())
            yield number, database, name

    def indexes(self) -> Iterator[tuple[int, bytes]]:
        """(collection's number, specification as BSON) of every index, in the order they were made."""
        rows = self._read("SELECT collection, specification, checksum FROM indexes ORDER BY rowid")
        for collection, specification, checksum in rows:
            self._verify(collection, checksum, specification)
            yield collection, specification

    def documents(self) -> Iterator[tuple[int, int, bytes]]:
        """(record, collection's number, body as BSON) of every document, oldest first. DiskDamaged."""
        for record, collection, identity, body, checksum in self._read(
            "SELECT record, collection, id, body, checksum FROM documents ORDER BY record"
        ):
            self._verify(record, checksum, identity, body)
            yield record, collection, body

    def bytes_by_database(self) -> dict[str, int]:
        """How much room each database's documents take."""
        return dict(
            self._read(
                "SELECT c.database, SUM(COALESCE(LENGTH(d.body), 0)) FROM collections c"
                " LEFT JOIN documents d ON d.collection = c.number GROUP BY c.database"
            )
        )

    def close(self) -> None:
        """Leaves one file behind, without its log."""
        self._connection.close()

    def _prepare(self) -> None:
        with self._seeing_damage():
            self._check_and_lock()

    def _check_and_lock(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        if run("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            raise self._damaged("no es un archivo de este programa")
        if run("PRAGMA user_version").fetchone()[0] != _VERSION:
            raise self._damaged("lo escribió otra versión del programa")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        faults = [row[0] for row in run("PRAGMA integrity_check(3)")]
        if faults != ["ok"]:
            raise self._damaged("; ".join(faults))

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.rollback()
        except sqlite3.Error:
            pass  # SQLite has ended the transaction itself; what matters is the first error

    def _read(self, query: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        with self._seeing_damage():
            cursor = self._connection.execute(query)
        while True:
            with self._seeing_damage():
                rows = cursor.fetchmany(1000)
            if not rows:
                return
            yield from rows

    @contextlib.contextmanager
    def _seeing_damage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise DiskDamaged(f"otro programa tiene abierto el archivo {self.path}") from error
            raise self._damaged(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _verify(self, number: int, checksum: int, *parts: Any) -> None:
        if any(type(part) is not bytes for part in parts) or _checksum(number, b"".join(parts)) != checksum:
            raise self._damaged(f"la fila {number} no coincide con su suma de control")

    def _damaged(self, how: str) -> DiskDamaged:
        return DiskDamaged(
            f"el archivo {self.path} está dañado ({how}). El almacén no arranca a medias: guarde una copia de"
            " ese archivo, retírelo de la carpeta y recupere el último respaldo con `flask restore ARCHIVO`."
        )


def _create(path: Path) -> None:
    """Makes the whole file under another name first, so that one that is there is always complete."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    connection = sqlite3.connect(draft, isolation_level=None)
    connection.executescript(
        f"PRAGMA synchronous = FULL; BEGIN; {_SCHEMA}"
        f" PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; COMMIT;"
    )
    connection.close()
    draft.replace(path)


def _checksum(number: int, body: bytes) -> int:
    return zlib.crc32(body, number & 0xFFFFFFFF)
