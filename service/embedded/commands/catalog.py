"""Collections and their indexes: create, drop, dropDatabase, list…, createIndexes, dropIndexes."""

from __future__ import annotations

from typing import Any

from bson import Int64

from service.embedded.collection import Collection
from service.embedded.commands.request import Command, Request, as_whole, command, typed
from service.embedded.errors import (
    INDEX_KEY_SPECS_CONFLICT,
    INDEX_NOT_FOUND,
    INDEX_OPTIONS_CONFLICT,
    INVALID_OPTIONS,
    NAMESPACE_EXISTS,
    NAMESPACE_NOT_FOUND,
    CommandError,
    bad_value,
)
from service.embedded.indexes import Index
from service.embedded.matching import matcher
from service.embedded.stored import index_of
from service.embedded.values import Document, key_of


def create(request: Request) -> Document:
    """Makes an empty collection. CommandError (48) where it is there."""
    if request.collection():
        raise CommandError(NAMESPACE_EXISTS, f"Collection {request.namespace} already exists.")
    request.memory.made(request.database, request.target)
    return {}


def drop(request: Request) -> Document:
    """Takes a collection away; one that is not there is as good as gone (as from MongoDB 7 on)."""
    collection = request.collection()
    if collection is None:
        return {}
    request.memory.drop(collection)
    return {"nIndexesWas": len(collection.indexes), "ns": request.namespace}


def drop_database(request: Request) -> Document:
    """Takes all of a database's collections away."""
    for collection in request.memory.collections(request.database):
        request.memory.drop(collection)
    return {"dropped": request.database}


def list_collections(request: Request) -> Document:
    """{"cursor": …}, a document for each collection."""
    keep = matcher(request.option("filter", dict, {}))
    shown = [_shown(one) for one in request.memory.collections(request.database)]
    found = [one for one in shown if keep(one)]
    if request.flag("nameOnly"):
        found = [{"name": one["name"], "type": one["type"]} for one in found]
    return _cursor(request, f"{request.database}.$cmd.listCollections", found)


def list_databases(request: Request) -> Document:
    """{"databases": [{"name", "sizeOnDisk", "empty"}], "totalSize"}."""
    keep = matcher(request.option("filter", dict, {}))
    sizes = request.memory.sizes()
    databases = [{"name": name, "sizeOnDisk": Int64(size), "empty": False} for name, size in sizes.items()]
    found = [one for one in databases if keep(one)]
    if request.flag("nameOnly"):
        return {"databases": [{"name": one["name"]} for one in found]}
    return {"databases": found, "totalSize": Int64(sum(sizes[str(one["name"])] for one in found))}


def create_indexes(request: Request) -> Document:
    """Builds indexes, and their collection where it is not there. CommandError, and nothing built."""
    specifications = request.option("indexes", list, [])
    if not specifications:
        raise bad_value("Must specify at least one index to create")
    wanted = [index_of(specification) for specification in specifications]
    made = request.collection() is None
    collection = request.memory.made(request.database, request.target)
    before = len(collection.indexes)
    for index in wanted:
        if not _is_there(collection, index):
            request.memory.add_index(collection, index)
    reply = {
        "numIndexesBefore": before,
        "numIndexesAfter": len(collection.indexes),
        "createdCollectionAutomatically": made,
    }
    return reply if len(collection.indexes) > before else {**reply, "note": "all indexes already exist"}


def drop_indexes(request: Request) -> Document:
    """Takes indexes away: by name, by key, several names, or "*" for all but that of _id."""
    collection = _existing(request)
    before = len(collection.indexes)
    for name in _names(collection, request.body.get("index")):
        request.memory.drop_index(collection, name)
    return {"nIndexesWas": before}


def list_indexes(request: Request) -> Document:
    """{"cursor": …}, a document for each index. CommandError (26) without the collection."""
    shown = [index.specification for index in _existing(request).indexes.values()]
    return _cursor(request, request.namespace, shown)


def _existing(request: Request) -> Collection:
    collection = request.collection()
    if collection is None:
        raise CommandError(NAMESPACE_NOT_FOUND, f"ns does not exist: {request.namespace}")
    return collection


def _cursor(request: Request, namespace: str, documents: list[Document]) -> Document:
    options = request.option("cursor", dict, {})
    size = as_whole(options.get("batchSize"), f"{request.name}.cursor.batchSize")
    return {"cursor": request.cursors.open(namespace, documents, size)}


def _shown(collection: Collection) -> Document:
    return {
        "name": collection.name,
        "type": "collection",
        "options": {},
        "info": {"readOnly": False},
        "idIndex": collection.indexes["_id_"].specification,
    }


def _is_there(collection: Collection, index: Index) -> bool:
    """Whether just this index exists. CommandError (85, 86) where another one is in its way."""
    same_name = collection.indexes.get(index.name)
    if same_name and _signature(same_name) == _signature(index):
        return True
    if list(index.specification["key"].items()) == [("_id", 1)]:
        return True  # that of _id is always there, under its own name
    if same_name:
        raise CommandError(
            INDEX_KEY_SPECS_CONFLICT,
            f"An existing index has the same name as the requested index {index.name}: key or options differ",
        )
    for other in collection.indexes.values():
        if _signature(other) == _signature(index):
            raise CommandError(
                INDEX_OPTIONS_CONFLICT, f"Index already exists with a different name: {other.name}"
            )
    return False


def _signature(index: Index) -> Any:
    """What makes two indexes the same one, whatever they are called."""
    parts = {name: value for name, value in index.specification.items() if name not in ("name", "v")}
    return key_of({name: parts[name] for name in sorted(parts)})


def _names(collection: Collection, wanted: Any) -> list[str]:
    if wanted == "*":
        return [name for name in collection.indexes if name != "_id_"]
    if type(wanted) is dict:
        names = [name for name, index in collection.indexes.items() if index.is_called(wanted)]
        if not names:
            raise CommandError(INDEX_NOT_FOUND, "can't find index with that key")
    else:
        names = [
            typed(name, str, "dropIndexes.index") for name in (wanted if type(wanted) is list else [wanted])
        ]
    for name in names:
        if name == "_id_":
            raise CommandError(INVALID_OPTIONS, "cannot drop _id index")
        if name not in collection.indexes:
            raise CommandError(INDEX_NOT_FOUND, f"index not found with name [{name}]")
    return list(dict.fromkeys(names))


_NOT_IN_CREATE = (
    "capped size max timeseries expireAfterSeconds clusteredIndex changeStreamPreAndPostImages"
    " validator validationLevel validationAction viewOn pipeline collation storageEngine indexOptionDefaults"
    " encryptedFields"
)
COMMANDS: dict[str, Command] = {
    "create": command(create, unsupported=_NOT_IN_CREATE),
    "drop": command(drop),
    "dropDatabase": command(drop_database),
    "listCollections": command(list_collections, "filter nameOnly cursor authorizedCollections"),
    "listDatabases": command(list_databases, "filter nameOnly authorizedDatabases"),
    "createIndexes": command(create_indexes, "indexes commitQuorum"),
    "dropIndexes": command(drop_indexes, "index"),
    "listIndexes": command(list_indexes, "cursor"),
}
