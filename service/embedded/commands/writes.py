"""insert, update, delete, findAndModify.

Each statement of a command is done whole or not at all; an error in one is noted by its index, and an ordered
command stops there, as in MongoDB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.embedded.collection import Collection, Found
from service.embedded.commands.request import (
    Command,
    Request,
    as_flag,
    as_whole,
    check_options,
    command,
    typed,
)
from service.embedded.errors import FAILED_TO_PARSE, CommandError
from service.embedded.matching import matcher
from service.embedded.projecting import projection, sort_fields, sorted_by
from service.embedded.stored import check_namespace, with_id
from service.embedded.updating import Update, is_replacement, update_of, upserted
from service.embedded.values import Document, key_of

MAX_STATEMENTS = 100_000


@dataclass(frozen=True)
class _Updated:
    matched: int
    modified: int
    upserted_id: Any = None
    inserted: bool = False


def insert(request: Request) -> Document:
    """{"n": how many were stored} and the errors of the others."""
    target = request.target
    n = 0

    def one(document: Any) -> None:
        nonlocal n
        collection = request.memory.made(request.database, target)
        request.memory.insert(collection, with_id(document))
        n += 1

    errors = _each(request, "documents", one)
    return {"n": n, **errors}


def update(request: Request) -> Document:
    """{"n", "nModified", "upserted"} over all statements, and the errors of the others."""
    n = modified = 0
    inserted: list[Document] = []

    def one(statement: Any) -> None:
        nonlocal n, modified
        result = _update_statement(request, typed(statement, dict, "update.updates"))
        if result.inserted:
            inserted.append({"index": index_of[id(statement)], "_id": result.upserted_id})
        n += result.matched + result.inserted
        modified += result.modified

    index_of = {id(statement): index for index, statement in enumerate(request.option("updates", list, []))}
    errors = _each(request, "updates", one)
    return {"n": n, "nModified": modified, **({"upserted": inserted} if inserted else {}), **errors}


def delete(request: Request) -> Document:
    """{"n": how many are gone} and the errors."""
    n = 0

    def one(statement: Any) -> None:
        nonlocal n
        n += _delete_statement(request, typed(statement, dict, "delete.deletes"))

    errors = _each(request, "deletes", one)
    return {"n": n, **errors}


def find_and_modify(request: Request) -> Document:
    """{"value": the document before or after, or null, "lastErrorObject": …}."""
    query = request.option("query", dict, {})
    change, removing = request.body.get("update"), request.flag("remove")
    if removing == (change is not None):
        raise CommandError(FAILED_TO_PARSE, "Either an update or remove=true must be specified")
    if removing and (request.flag("new") or request.flag("upsert")):
        raise CommandError(FAILED_TO_PARSE, "Cannot specify remove together with new or upsert")
    found = _first(request, query)
    if removing:
        return _removed(request, query, found)
    return _modified(request, query, found, change)


def _each(request: Request, field: str, one: Callable[[Any], None]) -> Document:
    """Does every statement; the writeErrors of those that failed, nothing of which stays."""
    statements = request.option(field, list, [])
    if not 0 < len(statements) <= MAX_STATEMENTS:
        raise CommandError(16, f"Write batch sizes must be between 1 and {MAX_STATEMENTS}.")
    check_namespace(request.database, request.target)
    ordered = request.flag("ordered", True)
    errors: list[Document] = []
    for index, statement in enumerate(statements):
        mark = request.memory.mark()
        try:
            one(statement)
        except CommandError as error:
            request.memory.take_back(mark)
            errors.append({"index": index, "code": error.code, "errmsg": error.message, **error.details})
            if ordered:
                break
    return {"writeErrors": errors} if errors else {}


def _update_statement(request: Request, statement: Document) -> _Updated:
    check_options(
        statement,
        {"q", "u", "multi", "upsert", "arrayFilters", "hint"},
        {"collation", "c", "sort"},
        "update.updates",
    )
    request.check_hint(statement.get("hint"))
    query = typed(statement.get("q"), dict, "update.updates.q")
    multi, upsert = (as_flag(statement.get(name), f"update.updates.{name}") for name in ("multi", "upsert"))
    if multi and is_replacement(statement.get("u")):
        raise CommandError(FAILED_TO_PARSE, "multi update is not supported for replacement-style update")
    change = update_of(statement.get("u"), statement.get("arrayFilters"))
    collection = request.collection()
    found = _targets(collection, query, multi)
    if collection and found:
        modified = sum(_replace(request, collection, one, query, change) for one in found)
        return _Updated(len(found), modified)
    if not upsert:
        return _Updated(0, 0)
    return _Updated(0, 0, _upsert(request, query, statement["u"], change)["_id"], inserted=True)


def _targets(collection: Collection | None, query: Document, multi: bool) -> list[Found]:
    if collection is None:
        matcher(query)  # a wrong filter is wrong on an empty collection, too
        return []
    found = collection.find(query)
    return list(found) if multi else [one for one in [next(found, None)] if one]


def _replace(request: Request, collection: Collection, found: Found, query: Document, change: Update) -> bool:
    record, document = found
    return request.memory.replace(collection, record, change(document, query, False))


def _upsert(request: Request, query: Document, specification: Any, change: Update) -> Document:
    document = with_id(upserted(query, specification, change))
    request.memory.insert(request.memory.made(request.database, request.target), document)
    return document


def _delete_statement(request: Request, statement: Document) -> int:
    check_options(statement, {"q", "limit", "hint"}, {"collation"}, "delete.deletes")
    request.check_hint(statement.get("hint"))
    query = typed(statement.get("q"), dict, "delete.deletes.q")
    limit = as_whole(statement.get("limit"), "delete.deletes.limit")
    if limit not in (0, 1):
        raise CommandError(FAILED_TO_PARSE, "The limit field in delete objects must be 0 or 1")
    collection = request.collection()
    found = _targets(collection, query, limit == 0)
    for record, _ in found:
        assert collection
        request.memory.remove(collection, record)
    return len(found)


def _first(request: Request, query: Document) -> Found | None:
    """The document to change: the first in the given order."""
    collection = request.collection()
    order = request.option("sort", dict, {})
    if not sort_fields(order):
        return next(iter(_targets(collection, query, multi=False)), None)
    found = {
        key_of(document["_id"]): (record, document) for record, document in _targets(collection, query, True)
    }
    ordered = sorted_by((document for _, document in found.values()), order)
    return found[key_of(ordered[0]["_id"])] if ordered else None


def _removed(request: Request, query: Document, found: Found | None) -> Document:
    collection = request.collection()
    if found and collection:
        request.memory.remove(collection, found[0])
    return {
        "lastErrorObject": {"n": int(found is not None)},
        "value": _shown(request, query, found and found[1]),
    }


def _modified(request: Request, query: Document, found: Found | None, specification: Any) -> Document:
    change = update_of(specification, request.body.get("arrayFilters"))
    collection = request.collection()
    if found and collection:
        _replace(request, collection, found, query, change)
        shown = collection.documents[found[0]] if request.flag("new") else found[1]
        return {
            "lastErrorObject": {"n": 1, "updatedExisting": True},
            "value": _shown(request, query, shown),
        }
    if not request.flag("upsert"):
        return {"lastErrorObject": {"n": 0, "updatedExisting": False}, "value": None}
    document = _upsert(request, query, specification, change)
    return {
        "lastErrorObject": {"n": 1, "updatedExisting": False, "upserted": document["_id"]},
        "value": _shown(request, query, document if request.flag("new") else None),
    }


def _shown(request: Request, query: Document, document: Document | None) -> Document | None:
    project = projection(request.body.get("fields"), query)
    return project(document) if project and document else document


COMMANDS: dict[str, Command] = {
    "insert": command(insert, "documents ordered bypassDocumentValidation"),
    "update": command(update, "updates ordered bypassDocumentValidation", "let"),
    "delete": command(delete, "deletes ordered", "let"),
    "findAndModify": command(
        find_and_modify,
        "query sort remove update new fields upsert arrayFilters hint bypassDocumentValidation",
        "collation let",
    ),
}
COMMANDS["findandmodify"] = COMMANDS["findAndModify"]
