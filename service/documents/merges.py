"""Merges of one client into another: the record says how far it is, and a sweep finishes what a crash left.

    {_id, version, from, into, state, before: {client id: as it was}, moved: [session ids], staff_id,
     created_at, finished_at, undone_at}

`state` goes merging → done → undoing → undone, or merging → cancelling → cancelled where the other client was
archived, merged or given another document at the very moment. `before` and `moved` are there as long as the
merge can be undone. Whatever still turns up on a merged client (a session booked while it was being archived)
is taken to the other by the sweep. `before` is personal data: erasing a person has to look here too.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service.database import Db
from service.documents import clients, merge_steps, merge_undo, store
from service.documents.store import Document, Request
from service.domain import merging
from service.domain.people import full_name
from service.errors import Conflict, InvalidInput, Stale
from service.texts import _

_END = {"undoing": "undone", "cancelling": "cancelled"}


def merge(
    db: Db,
    from_id: str,
    into_id: str,
    version: int | None,
    staff_id: str,
    now: datetime,
    request: Request | None = None,
) -> Document:
    """Merges one client into another, who takes over sessions and relationships; gives the record.

    NotFound for the first, InvalidInput on `into` for the second or for the same client twice, Stale on
    another version of the first, Conflict where one was merged already, the second is archived, or their
    documents differ.
    """
    earlier = store.repeated(db.merges, request)
    if earlier is None:
        client = _mergeable(db, from_id, into_id, version)
        for one in (client, *db.clients.find({"unmirrored": {"$in": [from_id, into_id]}})):
            clients.finish_mirroring(db, one)
        new = {"_id": store.new_id(), "version": 1, "from": from_id, "into": into_id, "state": "merging"}
        times = {"before": {}, "moved": [], "staff_id": staff_id, "created_at": now}
        earlier = store.insert(db.merges, new | times, request)
    record = finish(db, earlier["_id"], now)
    if record["state"] in ("cancelling", "cancelled"):
        raise Conflict(_("Uno de los dos clientes cambió mientras se unían. Revise y vuelva a intentarlo."))
    return record


def undo(db: Db, merge_id: str, now: datetime) -> Document:
    """Gives both clients, their relatives and their sessions back as they were, but with later versions.

    Sessions booked since for the client that stayed remain theirs. NotFound without the merge, Conflict
    naming what was edited since. Undoing again changes nothing.
    """
    record = finish(db, merge_id, now)
    if record["state"] == "cancelled":
        raise Conflict(_("Esta unión no llegó a hacerse."))
    if record["state"] == "done":
        _refuse_changed(merge_undo.in_the_way(db, record))
        _step(db, record, "undoing", {})
        record = finish(db, merge_id, now)
    if record["state"] == "done":  # edited in the very moment
        _refuse_changed(merge_undo.in_the_way(db, record))
    return record


def get(db: Db, merge_id: str) -> Document:
    """One record; NotFound without it."""
    return store.get(db.merges, merge_id)


def latest_of(db: Db, client_ids: Iterable[str]) -> list[Document]:
    """The merges into these clients that can be undone, the latest first."""
    wanted = {"into": {"$in": sorted(client_ids)}, "state": "done"}
    return list(db.merges.find(wanted).sort([("created_at", -1), ("_id", 1)]))


def finish(db: Db, merge_id: str, now: datetime) -> Document:
    """Takes a merge or its undoing to its end, from wherever it is; the record then."""
    record = get(db, merge_id)
    if record["state"] == "merging":
        if merge_steps.take_over(db, record):
            _complete(db, record)
            _step(db, record, "done", {"finished_at": now})
        else:
            _step(db, record, "cancelling", {})
        record = get(db, merge_id)
    if record["state"] in _END:
        _go_back(db, record, now)
    return get(db, merge_id)


def sweep(db: Db, now: datetime) -> int:
    """Finishes what crashes left, and what came late to merged clients; how many merges it touched."""
    unfinished = list(db.merges.find({"state": {"$in": ["merging", *_END]}}, {"_id": 1}))
    for record in unfinished:
        finish(db, record["_id"], now)
    return len(unfinished) + _sweep_late(db)


def _sweep_late(db: Db) -> int:
    done = {record["from"]: record for record in db.merges.find({"state": "done"}, {"before": 0, "moved": 0})}
    ids = {"$in": sorted(done)}
    late = {session["client_id"] for session in db.sessions.find({"client_id": ids}, {"client_id": 1})}
    for client in db.clients.find({"relationships.clients.client_id": ids}, {"relationships": 1}):
        late |= {link["client_id"] for link in client["relationships"]["clients"]} & set(done)
    for from_id in sorted(late):
        _complete(db, done[from_id])
    return len(late)


def _complete(db: Db, record: Document) -> None:
    merge_steps.repoint(db, record)
    merge_steps.move_sessions(db, record)


def _go_back(db: Db, record: Document, now: datetime) -> None:
    if not merge_undo.restore_into(db, record):
        _step(db, record, "done", {})
        return
    merge_undo.restore_others(db, record)
    _step(db, record, _END[record["state"]], {"undone_at": now}, {"before": "", "moved": ""})


def _step(db: Db, record: Document, state: str, fields: Document, gone: Document | None = None) -> bool:
    """Takes a record from its state to the next; whether it was still there."""
    change: Any = {"$set": {"state": state, **fields}, "$inc": {"version": 1}}
    change |= {"$unset": gone} if gone else {}
    here = {"_id": record["_id"], "state": record["state"]}
    return bool(db.merges.update_one(here, change).modified_count)


def _refuse_changed(changed: list[Document]) -> None:
    if changed:
        raise Conflict(_("No se puede deshacer: hay cambios posteriores a la unión."), changed)


def _mergeable(db: Db, from_id: str, into_id: str, version: int | None) -> Document:
    """The client to merge, once everything that can refuse it has been looked at."""
    client, into = clients.get(db, from_id), db.clients.find_one({"_id": into_id})
    if from_id == into_id:
        raise InvalidInput({"into": [_("Elija a otro cliente: este es el mismo.")]})
    if into is None:
        raise InvalidInput({"into": [_("Elija un cliente registrado.")]})
    if version is not None and version != client["version"]:
        raise Stale(client)
    for one in (client, into):
        clients.refuse_merged(one)
    if "archived_at" in into:
        raise Conflict(
            _("%(name)s está archivado. Recupérelo antes de unir.", name=full_name(into)),
            [_named(into)],
            field="into",
        )
    if merging.documents_differ(client, into):
        message = _(
            "%(name)s y %(other)s tienen documentos distintos: son dos personas.",
            name=full_name(client),
            other=full_name(into),
        )
        raise Conflict(message, [_named(into)], field="into")
    return client


def _named(client: Document) -> Document:
    return {"id": client["_id"], "name": full_name(client)}
