"""Answers to the monthly survey: written once on the invitation they answer, under the secret of its link.

What is stored of one: `answered_at`, `answer` {nps, stars: [{client_id, psychotherapist_id, stars}],
comment}, and in the same write the mark `pending` for the summary of the month that was asked about.
"""

from collections.abc import Sequence
from datetime import datetime

from aggregations import stars_by_psychotherapist
from service.database import Db
from service.documents import clients, month_summaries, psychotherapists, store
from service.documents.store import Document
from service.domain import nps
from service.domain.names import fold
from service.domain.people import full_name


def record(db: Db, invitation: Document, answer: Document, now: datetime) -> bool:
    """Stores the answer to an invitation; False, and nothing is written, if it has one or is closed."""
    changed = db.invitations.update_one(
        {"_id": invitation["_id"], "answered_at": None, "closes_at": {"$gt": now}},
        {
            "$set": {"answer": answer, "answered_at": now},
            "$addToSet": {"pending": invitation["month"]},
            "$inc": {"version": 1},
        },
    )
    return bool(changed.modified_count)


def rows(db: Db, invitation: Document) -> list[Document]:
    """Whom each pair of an invitation is about, oneself first, then by name.

    {number: its place in the invitation, client: given names or "" for oneself, psychotherapist: name};
    a client is shown without surname: whoever sees the page over a shoulder need not learn more.
    """
    people = clients.by_ids(db, [pair["client_id"] for pair in invitation["pairs"]])
    given = {client_id: person["given_names"] for client_id, person in people.items()}
    given[invitation["person_id"]] = ""
    therapists = {person_id: full_name(person) for person_id, person in psychotherapists.names(db).items()}
    found = [
        {
            "number": number,
            "client": given.get(pair["client_id"], ""),
            "psychotherapist": therapists.get(pair["psychotherapist_id"], ""),
        }
        for number, pair in enumerate(invitation["pairs"])
    ]
    return sorted(found, key=lambda row: (fold(row["client"]), fold(row["psychotherapist"]), row["number"]))


def unsubscribe(db: Db, invitation: Document, now: datetime) -> None:
    """Whoever an invitation was for is asked no more, from any month; twice is once.

    A client who was merged into another since is that other one now.
    """
    asked = invitation["person_id"]
    db.clients.update_one(
        {"_id": clients.present_ids(db, [asked])[asked], "unsubscribed_at": None},
        {"$set": {"unsubscribed_at": now}, "$inc": {"version": 1}},
    )


def resubscribe(db: Db, client_id: str, version: int) -> Document:
    """Takes a client's wish to be asked no more back, on their word; Stale where somebody was faster."""
    clients.get(db, client_id)
    return store.replace_fields(db.clients, client_id, version, {"unsubscribed_at": None})


def nps_figures(db: Db, months: Sequence[str]) -> dict[str, nps.Figures]:
    """The figures (see domain.nps.figures) of each of `months`, in their order, out of their summaries."""
    summaries = month_summaries.read(db, months)
    return {month: nps.figures(summaries[month]["nps"]) for month in months}


def stars(db: Db, month: str) -> list[Document]:
    """Each psychotherapist whom a month's answers are about, by name.

    {psychotherapist_id, name, answers, people, mean}; the mean is None where too few people answered.
    """
    rows = db[stars_by_psychotherapist.COLLECTION].aggregate(stars_by_psychotherapist.pipeline([month]))
    people = psychotherapists.names(db)
    found = [
        {"psychotherapist_id": id, "name": full_name(people[id]) if id in people else "–", **figures}
        for id, figures in nps.star_figures(rows).items()
    ]
    return sorted(found, key=lambda one: fold(one["name"]))


def answers(db: Db, month: str) -> list[Document]:
    """A month's answers, {nps, comment} each: the lowest rating first, and in no order that tells who."""
    shown = {"answer.nps": 1, "answer.comment": 1, "link_hash": 1}
    found = db.invitations.find({"month": month, "answered_at": {"$exists": True}}, shown)
    ordered = sorted(found, key=lambda one: (one["answer"]["nps"], one["link_hash"]))
    return [{"nps": one["answer"]["nps"], "comment": one["answer"]["comment"]} for one in ordered]
