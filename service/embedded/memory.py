"""All collections in memory, and the journal by which a command's changes are written down or taken back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import bson

from service.embedded.collection import Collection
from service.embedded.disk import (
    Disk,
    DiskDamaged,
    Operation,
    PutCollection,
    PutDocument,
    PutIndex,
    RemoveCollection,
    RemoveDocument,
    RemoveIndex,
)
from service.embedded.errors import CommandError
from service.embedded.indexes import Index
from service.embedded.stored import check_namespace, encoded, identity_of, index_of
from service.embedded.values import Document
from service.embedded.wire import CODEC


class Memory:
    """Every change goes through here: it is made at once, and noted for the disk and for taking it back."""

    def __init__(self, disk: Disk) -> None:
        """Loads everything. DiskDamaged where a part of it makes no sense."""
        self._disk = disk
        self._collections: dict[tuple[str, str], Collection] = {}
        self._undo: list[Callable[[], None]] = []
        self._operations: list[Operation] = []
        try:
            last_number, last_record = self._load()
        except (bson.errors.BSONError, CommandError, KeyError, TypeError) as error:
            raise DiskDamaged(f"el archivo {disk.path} no se entiende ({type(error).__name__})") from None
        self._numbers, self._records = itertools.count(last_number + 1), itertools.count(last_record + 1)

    def collection(self, database: str, name: str) -> Collection | None:
        """The collection, or None."""
        return self._collections.get((database, name))

    def collections(self, database: str | None = None) -> Iterator[Collection]:
        """All of a database, or all there are, in the order they were made."""
        return (one for one in list(self._collections.values()) if database in (None, one.database))

    def made(self, database: str, name: str) -> Collection:
        """The collection, made where it is not there yet. CommandError for an impossible name."""
        found = self.collection(database, name)
        if found:
            return found
        new = Collection(next(self._numbers), database, check_namespace(database, name))
        self._place(new)
        self._note(lambda: self._displace(new), PutCollection(new.number, database, name))
        return new

    def drop(self, collection: Collection) -> None:
        """Takes a collection away with all that is in it."""
        self._displace(collection)
        self._note(lambda: self._place(collection), RemoveCollection(collection.number))

    def insert(self, collection: Collection, document: Document) -> None:
        """Stores a new document. CommandError, and nothing changed."""
        record, body = next(self._records), encoded(document)
        collection.check(record, document)
        collection.put(record, document)
        put = PutDocument(record, collection.number, identity_of(document), body)
        self._note(lambda: collection.remove(record), put)

    def replace(self, collection: Collection, record: int, document: Document) -> bool:
        """Stores a document in the place of the one with this number; False where it is the same one."""
        before, body = collection.documents[record], encoded(document)
        if body == bson.encode(before, codec_options=CODEC):
            return False
        collection.check(record, document)
        collection.put(record, document)
        put = PutDocument(record, collection.number, identity_of(document), body)
        self._note(lambda: collection.put(record, before), put)
        return True

    def remove(self, collection: Collection, record: int) -> None:
        """Takes a document out."""
        document = collection.documents[record]
        collection.remove(record)

        def put_back() -> None:
            collection.put(record, document)
            collection.in_order()

        self._note(put_back, RemoveDocument(record))

    def add_index(self, collection: Collection, index: Index) -> None:
        """Builds an index. CommandError where the documents do not allow it."""
        collection.add_index(index)
        body = bson.encode(index.specification, codec_options=CODEC)
        self._note(lambda: collection.drop_index(index.name), PutIndex(collection.number, index.name, body))

    def drop_index(self, collection: Collection, name: str) -> None:
        """Takes an index away."""
        before = dict(collection.indexes)
        collection.drop_index(name)

        def put_back() -> None:
            collection.add_index(before[name])
            collection.indexes = before

        self._note(put_back, RemoveIndex(collection.number, name))

    def mark(self) -> int:
        """Where the journal stands, for `take_back`."""
        return len(self._undo)

    def take_back(self, mark: int = 0) -> None:
        """Undoes everything since the mark."""
        while len(self._undo) > mark:
            self._undo.pop()()
        del self._operations[mark:]

    def write_down(self) -> None:
        """Makes the command's changes durable. DiskFailed; then they have to be taken back."""
        if self._operations:
            self._disk.write(self._operations)
        self._operations, self._undo = [], []

    def sizes(self) -> dict[str, int]:
        """{database: bytes of its documents} of every database with a collection."""
        return self._disk.bytes_by_database()

    def looked_at(self) -> int:
        """How many documents queries have looked at since the start."""
        return self._looked_at_before + sum(one.looked_at for one in self._collections.values())

    _looked_at_before = 0  # in collections that are no more

    def _note(self, undo: Callable[[], None], operation: Operation) -> None:
        self._undo.append(undo)
        self._operations.append(operation)

    def _place(self, collection: Collection) -> None:
        self._collections[collection.database, collection.name] = collection

    def _displace(self, collection: Collection) -> None:
        del self._collections[collection.database, collection.name]
        self._looked_at_before += collection.looked_at
        collection.looked_at = 0

    def _load(self) -> tuple[int, int]:
        by_number: dict[int, Collection] = {}
        record = 0
        for number, database, name in self._disk.collections():
            by_number[number] = Collection(number, database, name)
            self._place(by_number[number])
        for record, number, body in self._disk.documents():
            document = _decoded(body)
            by_number[number].check(record, document)
            by_number[number].put(record, document)
        for number, specification in self._disk.indexes():
            by_number[number].add_index(index_of(_decoded(specification)))
        return max(by_number, default=0), record


def _decoded(body: bytes) -> dict[str, Any]:
    return bson.decode(body, codec_options=CODEC)
