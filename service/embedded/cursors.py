"""Answers that do not fit one reply: batches of a snapshot, kept until they are fetched, killed or forgotten.

A cursor holds documents that are never changed, so what it answers is the state when it was opened.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import bson
from bson import Int64
from bson.raw_bson import RawBSONDocument

from service.embedded.errors import CURSOR_NOT_FOUND, OBJECT_TOO_LARGE, CommandError
from service.embedded.stored import MAX_DOCUMENT_BYTES
from service.embedded.values import Document
from service.embedded.wire import CODEC

FIRST_BATCH = 101
IDLE_SECONDS = 600.0
_PLACE_IN_ARRAY = 16  # bytes that each document's number and type take beside it


class _Batches:
    """Documents that are encoded one by one as they are taken."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._bodies = map(_encoded, documents)
        self._next = next(self._bodies, None)

    @property
    def finished(self) -> bool:
        """Whether none is left."""
        return self._next is None

    def take(self, size: int | None) -> list[RawBSONDocument]:
        """Up to `size` documents that fit one reply: at least one, unless `size` is 0."""
        batch: list[RawBSONDocument] = []
        room = MAX_DOCUMENT_BYTES
        while (
            self._next is not None
            and (size is None or len(batch) < size)
            and (len(self._next) <= room or not batch)
        ):
            batch.append(RawBSONDocument(self._next))
            room -= len(self._next) + _PLACE_IN_ARRAY
            self._next = next(self._bodies, None)
        return batch


@dataclass
class _Cursor:
    namespace: str
    batches: _Batches
    never_idle: bool
    used: float


class Cursors:
    """The open cursors of all connections, by number."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._open: dict[int, _Cursor] = {}
        self._clock = clock

    def open(
        self,
        namespace: str,
        documents: Iterable[Document],
        batch_size: int | None = None,
        single_batch: bool = False,
        never_idle: bool = False,
    ) -> Document:
        """The `cursor` part of a reply with its first batch; what is left stays here."""
        self._forget_idle()
        batches = _Batches(documents)
        batch = batches.take(FIRST_BATCH if batch_size is None else batch_size)
        number = 0
        if not batches.finished and not single_batch:
            number = secrets.randbelow(2**62) + 1
            self._open[number] = _Cursor(namespace, batches, never_idle, self._clock())
        return {"firstBatch": batch, "id": Int64(number), "ns": namespace}

    def more(self, number: int, namespace: str, batch_size: int | None) -> Document:
        """The `cursor` part of a getMore. CommandError (43) where it is not open."""
        self._forget_idle()
        cursor = self._open.get(number)
        if cursor is None or cursor.namespace != namespace:
            raise CommandError(CURSOR_NOT_FOUND, f"cursor id {number} not found")
        batch = cursor.batches.take(batch_size or None)
        cursor.used = self._clock()
        if cursor.batches.finished:
            del self._open[number]
        return {"nextBatch": batch, "id": Int64(number if number in self._open else 0), "ns": namespace}

    def kill(self, number: int) -> bool:
        """Closes a cursor; False where it was not open."""
        return self._open.pop(number, None) is not None

    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    def _forget_idle(self) -> None:
        oldest = self._clock() - IDLE_SECONDS
        for number in [
            n for n, cursor in self._open.items() if cursor.used < oldest and not cursor.never_idle
        ]:
            del self._open[number]


def _encoded(document: Document) -> bytes:
    body = bson.encode(document, codec_options=CODEC)
    if len(body) > MAX_DOCUMENT_BYTES:
        raise CommandError(OBJECT_TOO_LARGE, "a document of the answer exceeds 16 MiB")
    return body
