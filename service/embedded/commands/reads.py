"""find, getMore, killCursors, aggregate, count, distinct."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import bson

from service.embedded import pipelines
from service.embedded.commands.request import Command, Request, as_whole, command, typed
from service.embedded.errors import INVALID_NAMESPACE, CommandError, bad_value, not_supported
from service.embedded.matching import matcher
from service.embedded.projecting import projection, sort_fields, sorted_by
from service.embedded.stored import MAX_DOCUMENT_BYTES
from service.embedded.values import MISSING, Document, elements, key_of, leaves
from service.embedded.wire import CODEC


def find(request: Request) -> Document:
    """{"cursor": …} of the documents a filter finds, sorted, skipped, limited and projected."""
    query = request.option("filter", dict, {})
    project = projection(request.body.get("projection"), query)
    documents = _found(request, query)
    order = request.option("sort", dict, {})
    if sort_fields(order):
        documents = sorted_by(documents, order)
    limit, single_batch = _limit(request)
    documents = _window(documents, request.number("skip", 0) or 0, limit)
    cursor = request.cursors.open(
        request.namespace,
        map(project, documents) if project else documents,
        request.number("batchSize"),
        single_batch,
        request.flag("noCursorTimeout"),
    )
    return {"cursor": cursor}


def get_more(request: Request) -> Document:
    """{"cursor": …} with the next batch. CommandError (43) where the cursor is not open."""
    number = typed(request.body["getMore"], int, "getMore.getMore")
    namespace = f"{request.database}.{request.option('collection', str, '')}"
    return {"cursor": request.cursors.more(number, namespace, request.number("batchSize"))}


def kill_cursors(request: Request) -> Document:
    """Which of the cursors were open; they are not any more."""
    numbers = request.option("cursors", list, [])
    killed = [number for number in numbers if request.cursors.kill(number)]
    missing = [number for number in numbers if number not in killed]
    return {"cursorsKilled": killed, "cursorsNotFound": missing, "cursorsAlive": [], "cursorsUnknown": []}


def aggregate(request: Request) -> Document:
    """{"cursor": …} of what a pipeline makes of a collection; a $match at its head is done as a find."""
    if not isinstance(request.body["aggregate"], str):
        raise not_supported("aggregate on a database")
    pipeline = request.option("pipeline", list, [])
    options = request.option("cursor", dict)
    if options is None:
        raise CommandError(9, "The 'cursor' option is required")
    query, rest = pipelines.leading_match(pipeline)
    to_run = pipelines.stages(rest, _Foreign(request))
    documents = pipelines.run(_found(request, query), to_run)
    batch_size = as_whole(options.get("batchSize"), "aggregate.cursor.batchSize")
    return {"cursor": request.cursors.open(request.namespace, documents, batch_size)}


def count(request: Request) -> Document:
    """{"n": how many documents match}."""
    query = request.option("query", dict, {})
    collection = request.collection()
    whole = collection is not None and not query
    total = len(collection.documents) if whole and collection else len(_found(request, query))
    skip, limit = request.number("skip", 0) or 0, abs(request.number("limit", 0, -(2**31)) or 0)
    after_skip = max(0, total - skip)
    return {"n": min(after_skip, limit) if limit else after_skip}


def distinct(request: Request) -> Document:
    """{"values": each value of a field once}; of an array each element."""
    path = request.option("key", str, "")
    if not path:
        raise bad_value("distinct needs a key")
    seen: dict[Any, Any] = {}
    for document in _found(request, request.option("query", dict, {})):
        for leaf in leaves(document, tuple(path.split("."))):
            for value in elements(leaf):
                if value is not MISSING:
                    seen.setdefault(key_of(value), value)
    reply = {"values": list(seen.values())}
    if len(bson.encode(reply, codec_options=CODEC)) > MAX_DOCUMENT_BYTES:
        raise CommandError(17217, "distinct too big, 16mb cap")
    return reply


class _Foreign:
    """The other collections of the request's database, for $lookup."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def finder(self, collection: str, path: str) -> Callable[[Iterable[Any]], list[Document]]:
        """What finds documents by the values at a path; nothing in a collection that is not there."""
        found = self._request.memory.collection(self._request.database, collection)
        return found.finder(path) if found else lambda values: []


def _found(request: Request, query: Document) -> list[Document]:
    collection = request.collection()
    if collection is None:
        _check_name(request)
        matcher(query)  # a wrong filter is wrong on an empty collection, too
        return []
    return [document for _, document in collection.find(query)]


def _check_name(request: Request) -> None:
    if "$" in request.target or not request.database:
        raise CommandError(INVALID_NAMESPACE, "Invalid namespace specified")


def _limit(request: Request) -> tuple[int, bool]:
    """(limit, whether there is but one batch): a negative limit means both."""
    limit = request.number("limit", 0, -(2**31)) or 0
    return abs(limit), limit < 0 or request.flag("singleBatch")


def _window(documents: list[Document], skip: int, limit: int) -> list[Document]:
    return documents[skip : skip + limit] if limit else documents[skip:]


_NOT_IN_FIND = "collation let max min returnKey showRecordId tailable awaitData"
COMMANDS: dict[str, Command] = {
    "find": command(
        find,
        "filter projection sort skip limit batchSize singleBatch noCursorTimeout hint allowDiskUse"
        " allowPartialResults oplogReplay",
        _NOT_IN_FIND,
    ),
    "getMore": command(get_more, "collection batchSize"),
    "killCursors": command(kill_cursors, "cursors"),
    "aggregate": command(
        aggregate, "pipeline cursor hint allowDiskUse bypassDocumentValidation", "collation let explain"
    ),
    "count": command(count, "query skip limit hint fields", "collation"),
    "distinct": command(distinct, "key query hint", "collation"),
}
