"""Unir con otro cliente: who may be the same person, merging one into the other, and undoing it."""

from flask import Blueprint, Response, flash, g, make_response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import client_words, sending
from service.blueprints.statuses import status_of
from service.documents import client_search, clients, duplicates, merges
from service.documents.store import Document
from service.domain.names import query_words
from service.domain.people import full_name
from service.errors import Conflict, ConsultorioError, InvalidInput, Stale
from service.languages import joined, said

routes = Blueprint("merges", __name__)

#: How many clients a search offers.
OFFERED = 20


@routes.get("/clientes/<client_id>/unir")
def choose(client_id: str) -> str:
    """Likely duplicates of a client, or whoever `?q=` finds; and the merges that can be undone."""
    return _page(clients.get(current.db(), client_id))


@routes.post("/clientes/<client_id>/unir")
def merge(client_id: str) -> Response:
    """Merges the client into the one that was chosen."""
    db, into_id = current.db(), request.form.get("into", "")
    client = clients.get(db, client_id)
    version = sending.version(request.form)
    try:
        merges.merge(db, client_id, into_id, version, g.staff["_id"], current.now())
    except (Conflict, InvalidInput, Stale) as error:
        return make_response(_page(clients.get(db, client_id), _said(error)), status_of(error))
    names = {"name": full_name(client), "other": full_name(clients.get(db, into_id))}
    flash(_("%(name)s se unió con %(other)s.", **names), "success")
    return sending.see_other(".choose", client_id=into_id)


@routes.post("/uniones/<merge_id>/deshacer")
def undo(merge_id: str) -> Response:
    """Gives both clients back as they were."""
    db = current.db()
    record = merges.get(db, merge_id)
    try:
        merges.undo(db, merge_id, current.now())
    except Conflict as error:
        flash(_said(error), "warning")
        return sending.see_other(".choose", client_id=record["into"])
    flash(_("Se deshizo la unión. Los dos clientes están como antes."), "success")
    return sending.see_other("pages.clients.show", client_id=record["from"])


def _page(client: Document, problem: str = "") -> str:
    db = current.db()
    words = request.args.get("q", "").strip()
    found = (
        client_search.search(db, words)[:OFFERED]
        if query_words(words)
        else duplicates.of_client(db, client["_id"])
    )
    done = merges.latest_of(db, [client["_id"]])
    return render_template(
        "pages/merges/choose.html",
        client=client,
        offered=[other for other in found if other["_id"] != client["_id"] and "archived_at" not in other],
        details={other["_id"]: client_words.details(other, current.today()) for other in found},
        reasons=client_words.REASONS,
        done=done,
        merged=clients.by_ids(db, [record["from"] for record in done]),
        q=words,
        problem=problem,
    )


def _said(error: ConsultorioError) -> str:
    """The error's sentence; for what was edited since, what that is."""
    named = error.in_the_way if isinstance(error, Conflict) else []
    sessions = sum(item.get("type") == "sessions" for item in named)
    names = [item["name"] for item in named if item.get("type") == "clients"]
    if sessions:
        names.append(_("%(count)s citas", count=sessions) if sessions > 1 else _("1 cita"))
    changed = [_("Cambió: %(what)s.", what=", ".join(names))] if names else []
    return joined([said(error), *changed])
