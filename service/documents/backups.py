"""A centre's whole database as one file: gzipped BSON, first a header, then {collection, document} after
another.

It moves a centre from the embedded store to MongoDB and back. The queue is not in it: records say what waits.
"""

import gzip
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import bson
from bson.codec_options import CodecOptions
from bson.errors import BSONError

from service.database import Db, ensure_indexes
from service.errors import Conflict, InvalidInput
from service.texts import _

FORMAT = "consultorio-backup-1"
_PIECE = 500
#: Counted anew from the others where it is missing.
DERIVED = frozenset({"month_summaries"})
_AWARE: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


def write(db: Db, path: Path) -> int:
    """Writes every document but summaries to `path` (0600), whole or not at all; how many.

    Collections are read one after another: stop the web and the workers for a copy of one single moment.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    count = 0
    try:
        with os.fdopen(handle, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
            file.write(bson.encode({"format": FORMAT}))
            for name in sorted(set(db.list_collection_names()) - DERIVED):
                for document in db[name].find():
                    file.write(bson.encode({"collection": name, "document": document}))
                    count += 1
            file.write(bson.encode({"documents": count}))
            file.flush()
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return count


def restore(db: Db, path: Path, replace: bool = False) -> int:
    """Puts a backup's documents into the database; how many.

    InvalidInput for a file that is no whole backup, checked to its end before anything is written; Conflict
    where the database is not empty, unless `replace`, which empties it first.
    """
    count = sum(1 for _ in _entries(path))
    if any(db[name].find_one({}, {"_id": 1}) for name in db.list_collection_names()):
        if not replace:
            raise Conflict(
                _("La base de datos no está vacía. Use --replace para reemplazar todo su contenido.")
            )
        for name in db.list_collection_names():
            db.drop_collection(name)
    ensure_indexes(db)
    piece: dict[str, list[dict[str, Any]]] = {}
    for name, document in _entries(path):
        piece.setdefault(name, []).append(document)
        if len(piece[name]) == _PIECE:
            db[name].insert_many(piece.pop(name))
    for name, documents in piece.items():
        db[name].insert_many(documents)
    return count


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(collection, document) of a backup that is there to its last byte."""
    found, told = 0, None
    try:
        with gzip.open(path, "rb") as file:
            read = bson.decode_file_iter(cast(BinaryIO, file), codec_options=_AWARE)
            if next(read, {}).get("format") != FORMAT:
                raise _not_a_backup()
            for entry in read:
                if "documents" in entry:
                    told = entry["documents"]
                else:
                    found += 1
                    yield entry["collection"], entry["document"]
    except (OSError, EOFError, BSONError, KeyError) as error:
        raise _not_a_backup() from error
    if told != found:
        raise _not_a_backup()


def _not_a_backup() -> InvalidInput:
    return InvalidInput({"file": [_("El archivo no es una copia de Consultorio, o no está completo.")]})
