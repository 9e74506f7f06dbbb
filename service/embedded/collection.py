"""One collection in memory: its documents in the order they came, and its indexes.

A stored document is never changed, only replaced; whoever holds one (a cursor, an answer) keeps what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from service.embedded.candidates import candidates
from service.embedded.errors import bad_value, not_supported
from service.embedded.indexes import FieldIndex, Index, UniqueIndex, duplicate
from service.embedded.matching import matcher
from service.embedded.values import Document, key_of

Found = tuple[int, Document]
_ID_INDEX = Index({"v": 2, "key": {"_id": 1}, "name": "_id_"})


class Collection:
    """Documents by record number. `put` and `remove` keep every index in step."""

    def __init__(self, number: int, database: str, name: str) -> None:
        self.number = number
        self.database = database
        self.name = name
        self.documents: dict[int, Document] = {}
        self.indexes: dict[str, Index] = {_ID_INDEX.name: _ID_INDEX}
        self.looked_at = 0  # documents that queries have looked at since the start
        self._by_id = FieldIndex("_id")
        self._hashes: dict[str, FieldIndex] = {}
        self._unique: dict[str, UniqueIndex] = {}

    @property
    def namespace(self) -> str:
        """database.collection"""
        return f"{self.database}.{self.name}"

    def find(self, query: Document) -> Iterator[Found]:
        """(record, document) of what matches, oldest first; only likely ones are looked at."""
        test = matcher(query)
        for record, document in self._likely(query):
            self.looked_at += 1
            if test(document):
                yield record, document

    def check_hint(self, hint: Any) -> None:
        """CommandError where a hint names no index, or one through which MongoDB would miss documents."""
        wanted = [index for index in self.indexes.values() if index.is_called(hint)]
        if not wanted:
            raise bad_value("error processing query: hint provided does not correspond to an existing index")
        if any(index.is_partial for index in wanted):
            raise not_supported("a hint at an index that leaves documents out")

    def check(self, record: int, document: Document) -> None:
        """CommandError (11000) where the document may not stand beside the others."""
        owner = self._by_id.owner(key_of(document["_id"]))
        if owner is not None and owner != record:
            raise duplicate(self.namespace, _ID_INDEX, {"_id": document["_id"]})
        for unique in self._unique.values():
            unique.check(record, document)

    def put(self, record: int, document: Document) -> None:
        """Stores a document that was checked, in place of the one that has this record number."""
        if record in self.documents:
            self._forget(record)
        self.documents[record] = document
        for index in self._all_indexes():
            index.add(record, document)

    def remove(self, record: int) -> None:
        """Takes a document out."""
        self._forget(record)
        del self.documents[record]

    def in_order(self) -> None:
        """Brings the documents back into their order after one was put back."""
        self.documents = dict(sorted(self.documents.items()))

    def add_index(self, index: Index) -> None:
        """Builds an index over what is there. CommandError (11000), and nothing built."""
        if index.unique:
            unique = UniqueIndex(index, self.namespace)
            for record, document in self.documents.items():
                unique.check(record, document)
                unique.add(record, document)
            self._unique[index.name] = unique
        self.indexes[index.name] = index
        self._hash(index.fields[0])

    def drop_index(self, name: str) -> None:
        """Takes an index away."""
        path = self.indexes.pop(name).fields[0]
        self._unique.pop(name, None)
        if not any(index.fields[0] == path for index in self.indexes.values()):
            self._hashes.pop(path, None)

    def hash_of(self, path: str) -> FieldIndex | None:
        """The hash for a path that an index begins with."""
        return self._by_id if path == "_id" else self._hashes.get(path)

    def finder(self, path: str) -> Callable[[Iterable[Any]], list[Document]]:
        """What finds documents by the values at a path; without an index it looks at all, but only once."""
        hashed = self.hash_of(path) or self._temporary_hash(path)

        def find(values: Iterable[Any]) -> list[Document]:
            records = sorted(hashed.find({key_of(value) for value in values}))
            self.looked_at += len(records)
            return [self.documents[record] for record in records]

        return find

    def _likely(self, query: Document) -> Iterable[Found]:
        found = candidates(query, self.hash_of)
        if found is None:
            return self.documents.items()
        return ((record, self.documents[record]) for record in found.records())

    def _forget(self, record: int) -> None:
        document = self.documents[record]
        for index in self._all_indexes():
            index.remove(record, document)

    def _all_indexes(self) -> Iterator[FieldIndex | UniqueIndex]:
        yield self._by_id
        yield from self._hashes.values()
        yield from self._unique.values()

    def _hash(self, path: str) -> None:
        if path != "_id" and path not in self._hashes:
            self._hashes[path] = self._hash_over_all(path)

    def _temporary_hash(self, path: str) -> FieldIndex:
        self.looked_at += len(self.documents)
        return self._hash_over_all(path)

    def _hash_over_all(self, path: str) -> FieldIndex:
        hashed = FieldIndex(path)
        for record, document in self.documents.items():
            hashed.add(record, document)
        return hashed
