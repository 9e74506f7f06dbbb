"""The people and sessions of the invented centre as documents, written many at once (see documents.demo)."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from service.database import Db
from service.documents import clients, exchange_rates, psychotherapists, sessions, store
from service.documents.store import Document
from service.domain import relationships
from service.domain.demo import people
from service.domain.demo.people import Client
from service.domain.demo.sessions import Case, planned, session_data
from service.domain.marks import marked
from service.domain.months import at, month_of, shift_month
from service.domain.terms import change_terms

#: Local day since when a client (a place in the list) comes to each psychotherapist (a place in theirs).
Since = dict[int, dict[int, str]]
_AT_ONCE = 500
_DUPLICATE = 11000
#: How long before a session it was written down.
_AHEAD = timedelta(days=5)


def chance(*what: object) -> random.Random:
    """A source of chance that is the same each time for the same thing."""
    return random.Random(" ".join(map(str, ("demo", *what))))  # noqa: S311 - nothing here is a secret


def add(db: Db, number: int, first_month: str, today: str, now: datetime, zone: ZoneInfo) -> None:
    """The psychotherapists, so many clients with sessions and their families, and all sessions."""
    therapists = [_psychotherapist(*each, today, now) for each in enumerate(people.PSYCHOTHERAPISTS)]
    _insert(db.psychotherapists, therapists)
    known = people.clients(chance("clients"), number, date.fromisoformat(today))
    coming = [place for place, client in enumerate(known) if client.has_sessions]
    first = date.fromisoformat(f"{first_month}-01")
    visits = list(planned(chance("weeks"), coming, first, date.fromisoformat(today)))
    _insert(db.clients, _clients(known, _since(visits), now, zone))
    own, in_series = chance("sessions"), dict[int, str]()
    documents = [_session(own, case, day, therapists, in_series, now, zone) for case, day in visits]
    _insert(db.sessions, exchange_rates.frozen(db, documents))


def _psychotherapist(number: int, person: people.Psychotherapist, today: str, now: datetime) -> Document:
    data = people.psychotherapist_data(person, number)
    document = {**psychotherapists.new_document(data, now), "_id": _id("psychotherapist", number)}
    for months_ago, commission_bp, price in person.changes:
        changed = {"commission_bp": commission_bp, "price_cents": price * 100, "currency": person.currency}
        since = f"{shift_month(month_of(today), -months_ago)}-01"
        document["terms"] = change_terms(document["terms"], changed, since)
    return document


def _since(visits: Sequence[tuple[Case, str]]) -> Since:
    found: Since = {}
    for case, day in visits:
        found.setdefault(case.client, {}).setdefault(case.psychotherapist, day)
    return found


def _clients(known: Sequence[Client], since: Since, now: datetime, zone: ZoneInfo) -> list[Document]:
    """With both sides of each relationship, registered on the day of the first session."""
    families = _families(known)
    documents = []
    for place, client in enumerate(known):
        seen = since.get(place, {})
        therapists = [
            {"psychotherapist_id": _id("psychotherapist", number), "since": day}
            for number, day in seen.items()
        ]
        lists = {"psychotherapists": therapists, "clients": families.get(place, [])}
        registered = min(now, at(min(seen.values()), "08:00", zone)) if seen else now
        document = clients.new_document({**client.data, "relationships": lists}, registered)
        documents.append({**document, "_id": _id("client", place)})
    return documents


def _families(known: Sequence[Client]) -> dict[int, list[Document]]:
    """{place of a child or parent: the links to the other}."""
    links: dict[int, list[Document]] = {}
    for place, client in enumerate(known):
        if client.answers is not None:
            own = {"client_id": _id("client", client.answers), "kind": "parent", "answers_surveys": True}
            links[place] = [own]
            other = links.get(client.answers, [])
            links[client.answers] = relationships.mirrored(other, _id("client", place), [own])
    return links


def _session(
    own: random.Random,
    case: Case,
    day: str,
    therapists: Sequence[Document],
    in_series: dict[int, str],
    now: datetime,
    zone: ZoneInfo,
) -> Document:
    """A session; `in_series` keeps the first one of each case that is a series."""
    person = therapists[case.psychotherapist]
    data = session_data(own, case, day, person["terms"], now, zone)
    data |= {"client_id": _id("client", case.client), "psychotherapist_id": person["_id"]}
    written = min(now, data["starts_at"] - _AHEAD)
    document = sessions.document_with(person, data, written, zone)
    document["_id"] = store.derived_id("demo", str(case.number), day)
    if case.is_series:
        document["series_id"] = in_series.setdefault(case.number, document["_id"])
    return marked(document)


def _id(*parts: object) -> str:
    return store.derived_id("demo", *map(str, parts))


def _insert(collection: Collection[Document], documents: Sequence[Document]) -> None:
    """Inserts what is not there yet."""
    for start in range(0, len(documents), _AT_ONCE):
        try:
            collection.insert_many(documents[start : start + _AT_ONCE], ordered=False)
        except BulkWriteError as error:
            if any(wrong["code"] != _DUPLICATE for wrong in error.details["writeErrors"]):
                raise
