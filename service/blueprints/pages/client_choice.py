"""Who is meant by a client field: a hidden id, what was typed beside it, perhaps a radio chosen of several.

With scripts, typing takes the id away and choosing sets it. Without them only the text changes, so an id
counts only while the text still is that person's name; anything else is looked up.
"""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _

from service import current
from service.blueprints.pages import client_words
from service.database import Db
from service.documents import client_search, clients
from service.documents.store import Document
from service.domain.names import fold, query_words
from service.domain.people import full_name

#: Whoever sees more than these types another letter.
OFFERED = 8


class Choice(NamedTuple):
    """Whom a client field means: `client_id` ("" while that is not clear) and what the field says.

    `candidates` are (id, name, note) of those who may be meant, `error` is what is wrong.
    """

    client_id: str = ""
    text: str = ""
    candidates: Sequence[tuple[str, str, str]] = ()
    error: str = ""


def of(db: Db, client_id: str) -> Choice:
    """The choice of a known client; none where there is no such client."""
    client = clients.by_ids(db, [client_id]).get(client_id) if client_id else None
    return _taken(client) if client else Choice()


def sent(db: Db, ids: Sequence[str], text: str) -> Choice:
    """Who was meant: `ids` are the hidden field's value and a chosen radio's, in the order of the form."""
    text = " ".join(text.split())
    hidden, *picked = ids or [""]
    known = clients.by_ids(db, [client_id for client_id in ids if client_id])
    if hidden in known and fold(full_name(known[hidden])) == fold(text):
        return _taken(known[hidden])
    if picked and picked[-1] in known:
        return _taken(known[picked[-1]])
    return _looked_up(db, text) if text else Choice()


def _looked_up(db: Db, text: str) -> Choice:
    if not query_words(text):
        return Choice("", text, error=_("Escriba al menos dos letras del nombre."))
    found = client_search.found(db, text)
    sure = [hit for hit in found if hit.is_sure and hit.rank == found[0].rank]
    if len(sure) == 1:
        return _taken(sure[0].client)
    if not found:
        return Choice("", text, error=_("No hay ningún cliente con ese nombre, documento o teléfono."))
    error = _("Varias personas coinciden: elija quién es.")
    if len(found) == 1:
        error = _("Nadie se llama exactamente así. Si es esta persona, elíjala.")
    if len(found) > OFFERED:
        error = _("Coinciden %(count)s personas. Escriba más, o elija una de estas.", count=len(found))
    return Choice("", text, [_candidate(db, hit.client) for hit in found[:OFFERED]], error)


def _taken(client: Document) -> Choice:
    return Choice(client["_id"], full_name(client))


def _candidate(db: Db, client: Document) -> tuple[str, str, str]:
    line = client_words.suggestion(db, client, current.today())
    return line["id"], line["name"], " · ".join(filter(None, (line["detail"], line["note"])))
