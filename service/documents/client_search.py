"""Finding clients: by name, document and phone, with one typo a word, and by a parent's or guardian's name.

Names and numbers are found by stored keys (domain.search). Who answers for a client is looked up at the time
of the search, so a new name of theirs needs no other document to be written.
"""

from itertools import islice
from typing import NamedTuple

from pymongo import UpdateOne

from service.database import Db
from service.documents.store import Document
from service.domain.names import fold
from service.domain.search import LOOKED_UP, VERSION, Query, keys, lookups, parse, typos

#: Ranks: found by the whole document number; by all words as they are typed; further ones with 1, 2 … typos.
BY_DOCUMENT, BY_WORDS = 0, 1

_AT_ONCE = 500
#: What the other of a relationship is to whoever answers for them.
_ANSWERED_FOR = ("child", "ward")
#: Whoever was merged into another client is not found.
_LIVE: Document = {"merged_into": {"$exists": False}}


class Hit(NamedTuple):
    """A client that was found: how well, and whether by the name of a parent or guardian."""

    rank: int
    by_guardian: bool
    client: Document

    @property
    def is_sure(self) -> bool:
        """Whether what was typed names this very person, without a typo."""
        return self.rank <= BY_WORDS and not self.by_guardian


def fields(client: Document) -> Document:
    """What a client is stored with for being found."""
    return {"search": keys(client), "search_version": VERSION}


def search(db: Db, text: str, *, archived: bool | None = False) -> list[Document]:
    """All clients that are found, best first, then by family name; without words, all clients.

    `archived` None takes both those who are and those who are not.
    """
    if not parse(text).words:
        condition = {} if archived is None else {"archived_at": {"$exists": archived}}
        return sorted(db.clients.find({**condition, **_LIVE}, {"search": 0}), key=_by_name)
    return [hit.client for hit in found(db, text, archived=archived)]


def closest(db: Db, text: str) -> list[Document]:
    """For a filter, archived or not: who has the document; if nobody, who is called so; if nobody, nearly so.

    Without words, all clients.
    """
    if not parse(text).words:
        return search(db, text, archived=None)
    hits = found(db, text, archived=None)
    best = min((hit.rank for hit in hits), default=BY_WORDS)
    return [hit.client for hit in hits if best > BY_WORDS or hit.rank == best]


def found(db: Db, text: str, *, archived: bool | None = False) -> list[Hit]:
    """What `search` finds, and how; nothing without words.

    It looks at who has a key of the word for which they are fewest, and at those they answer for.
    """
    query = parse(text)
    if not query.words:
        return []
    likely = db.clients.find({**_likely(query), **_LIVE}, {"search": 0})
    hits = [hit for client in likely if (hit := _judged(query, client))]
    hits += _answered_for(db, hits)
    shown = [hit for hit in hits if archived is None or ("archived_at" in hit.client) == archived]
    return sorted(shown, key=lambda hit: (hit.rank, hit.by_guardian, *_by_name(hit.client)))


def rebuild(db: Db) -> int:
    """Gives clients that are stored under keys of another version those of today; how many.

    Doing it again does nothing. Whoever is changed meanwhile gets today's keys with the change.
    """
    old = db.clients.find({"search_version": {"$ne": VERSION}, **_LIVE}, {"search": 0})
    changes = (
        UpdateOne({"_id": client["_id"], "version": client["version"]}, {"$set": fields(client)})
        for client in old
    )
    done = 0
    while some := list(islice(changes, _AT_ONCE)):
        done += db.clients.bulk_write(some, ordered=False).modified_count
    return done


def _likely(query: Query) -> Document:
    """A key of each word (of many, of the longest), or the document's, beside which words may be wrong."""
    longest = sorted(query.words, key=len, reverse=True)[:LOOKED_UP]
    by_words = {"$and": [{"search": {"$in": lookups(word)}} for word in longest]}
    numbers = sorted(number.lower() for number in query.numbers)
    return {"$or": [by_words, {"search": {"$in": numbers}}]} if numbers else by_words


def _judged(query: Query, client: Document) -> Hit | None:
    if client.get("document", {}).get("number") in query.numbers:
        return Hit(BY_DOCUMENT, False, client)
    count = typos(query, client)
    return None if count is None else Hit(BY_WORDS + count, False, client)


def _answered_for(db: Db, hits: list[Hit]) -> list[Hit]:
    """Children and wards of who was found, unless they were found themselves; ranked as the best of those."""
    themselves = {hit.client["_id"] for hit in hits}
    ranks: dict[str, int] = {}
    for hit in hits:
        for link in hit.client["relationships"]["clients"]:
            if link["kind"] in _ANSWERED_FOR and link["client_id"] not in themselves:
                rank = max(hit.rank, BY_WORDS)
                ranks[link["client_id"]] = min(rank, ranks.get(link["client_id"], rank))
    people = db.clients.find({"_id": {"$in": sorted(ranks)}, **_LIVE}, {"search": 0}) if ranks else ()
    return [Hit(ranks[client["_id"]], True, client) for client in people]


def _by_name(client: Document) -> tuple[str, str]:
    return fold(client["family_names"]), fold(client["given_names"])
