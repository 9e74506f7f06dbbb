"""What merging a client into another makes of each document, and what undoing gives back; nothing is stored.

Every document that a merge writes carries a mark of it at the end of its `merges`: {id, version, replaces},
the version it was written with and the one before. A document whose version is that of its last mark is as
that merge left it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from service.domain.duplicates import differ

Document = dict[str, Any]
Link = dict[str, Any]

#: What stays each client's own: never taken over from the one that is merged. Consent is given for oneself.
_OWN = frozenset(
    ("_id", "version", "search", "survey_consent", "relationships", "batch", "unmirrored", "request_hash")
) | {"created_at", "updated_at", "archived_at", "merged_into", "merges", "batch_version"}
_EMPTY: Document = {"psychotherapists": [], "clients": []}


def documents_differ(client: Document, into: Document) -> bool:
    """Whether both have an identity document, and not the same: two persons."""
    return differ(client, into, "document")


def filled(into: Document, client: Document) -> Document:
    """`into` with what it lacks taken from `client`, and the relationships of both but to each other."""
    lacking = {
        name: value
        for name, value in client.items()
        if name not in _OWN and value not in (None, "") and into.get(name) in (None, "")
    }
    pair = (client["_id"], into["_id"])
    own, others = into["relationships"], client["relationships"]
    relationships = {
        **own,
        "psychotherapists": united_since(own["psychotherapists"], others["psychotherapists"]),
        "clients": united_links(
            link for link in (*own["clients"], *others["clients"]) if link["client_id"] not in pair
        ),
    }
    return {**into, **lacking, "relationships": relationships}


def tombstone(client: Document, into_id: str, now: datetime) -> Document:
    """What stays of the merged client: archived, found by no search, without document and relationships."""
    kept = {name: value for name, value in client.items() if name not in ("document", "unmirrored")}
    archived_at = client.get("archived_at", now)
    gone = {"archived_at": archived_at, "merged_into": into_id, "search": [], "relationships": _EMPTY}
    return {**kept, **gone, "updated_at": now}


def united_since(own: Iterable[Link], others: Iterable[Link]) -> list[Link]:
    """Both lists of psychotherapists, each once with the earlier `since`."""
    united: dict[str, Link] = {}
    for link in (*own, *others):
        first = united.setdefault(link["psychotherapist_id"], link)
        united[link["psychotherapist_id"]] = {**first, "since": min(first["since"], link["since"])}
    return list(united.values())


def united_links(links: Iterable[Link]) -> list[Link]:
    """Family links, each client once: the first says the kind, and whoever answers surveys in one answers."""
    united: dict[str, Link] = {}
    for link in links:
        first = united.setdefault(link["client_id"], link)
        answers = first["answers_surveys"] or link["answers_surveys"]
        united[link["client_id"]] = {**first, "answers_surveys": answers}
    return list(united.values())


def repointed(links: list[Link], from_id: str, into_id: str) -> list[Link]:
    """A relative's links once `from_id` is `into_id`; a link to `into_id` that is there keeps its kind."""
    moved = [{**link, "client_id": into_id} for link in links if link["client_id"] == from_id]
    return united_links([*(link for link in links if link["client_id"] != from_id), *moved])


def links_back(links: list[Link], before: list[Link], pair: tuple[str, str]) -> list[Link]:
    """A relative's links as they are, but to the two clients as they were before."""
    others = [link for link in links if link["client_id"] not in pair]
    return [*others, *(link for link in before if link["client_id"] in pair)]


def is_marked(document: Document, merge_id: str) -> bool:
    """Whether the merge has written this document, and was not undone."""
    return any(mark["id"] == merge_id for mark in document.get("merges", []))


def is_as_written(document: Document, merge_id: str) -> bool:
    """Whether the document is as the merge left it: nobody, not even a later merge, has written it since."""
    marks = document.get("merges", [])
    return bool(marks) and (marks[-1]["id"], marks[-1]["version"]) == (merge_id, document.get("version"))


def marked(before: Document, after: Document, merge_id: str) -> Document:
    """`after` as the next version of `before`, with the mark of the merge that writes it."""
    version = before["version"] + 1
    mark = {"id": merge_id, "version": version, "replaces": before["version"]}
    return {**after, "version": version, "merges": [*before.get("merges", []), mark]}


def restored(before: Document, current: Document) -> Document:
    """`before` as the next version of `current`: equal to what it was in everything but `version`.

    Versions never go back, or a form opened meanwhile could be saved over what it never showed. Where an
    earlier merge, or an import, had left the document untouched, it is untouched again: its mark goes along.
    """
    version = current["version"] + 1
    marks = [
        {**mark, "version": version} if mark["version"] == before["version"] else mark
        for mark in before.get("merges", [])
    ]
    return {**before, "version": version, **_as_imported(before, version)} | (
        {"merges": marks} if marks else {}
    )


def moved_back(session: Document, from_id: str) -> Document:
    """A session that the last merge moved, again the client's that it was; edits made since stay."""
    *marks, last = session["merges"]
    earlier = {name: value for name, value in session.items() if name != "merges"}
    earlier |= {"merges": marks} if marks else {}
    replaced = last["replaces"] if last["version"] == session["version"] else session["version"]
    return restored({**earlier, "client_id": from_id, "version": replaced}, session)


def _as_imported(before: Document, version: int) -> Document:
    """The version in which a document is as its import left it: 1, or one that an undone merge gave it."""
    untouched = "batch" in before and before["version"] == before.get("batch_version", 1)
    return {"batch_version": version} if untouched else {}
