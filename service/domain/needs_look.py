"""What needs a look before a month is closed ("Pendientes"): rules over its sessions and people.

Nothing here is refused or changed; a person looks, mends it or lets it be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from service.domain.people import is_minor
from service.domain.terms import terms_on

Document = Mapping[str, Any]

#: The kinds, in the order in which pages show them.
STILL_SCHEDULED = "still_scheduled"
OVERLAPS = "overlaps"
ODD_PRICES = "odd_prices"
MINORS_ALONE = "minors_without_guardian"
WITHOUT_EMAIL = "without_email"
DUPLICATES = "duplicates"
KINDS = (STILL_SCHEDULED, OVERLAPS, ODD_PRICES, MINORS_ALONE, WITHOUT_EMAIL, DUPLICATES)

#: Below half of the default price, or above twice as much, is far from it.
FAR_FACTOR = 2


def still_scheduled(sessions: Iterable[Document], now: datetime) -> list[Document]:
    """Sessions that are over and still say that they are to come."""
    return [one for one in sessions if one["status"] == "scheduled" and one["ends_at"] <= now]


def overlaps(sessions: Iterable[Document]) -> list[tuple[Document, Document]]:
    """Pairs of sessions that count, of one psychotherapist or one client, at the same time, for which nobody
    gave a reason; the earlier of the two first, each pair once.
    """
    pairs: dict[tuple[str, str], tuple[Document, Document]] = {}
    for whose in ("psychotherapist_id", "client_id"):
        groups: dict[str, list[Document]] = defaultdict(list)
        for one in sorted((one for one in sessions if one["counts"]), key=_start):
            groups[one[whose]].append(one)
        for group in groups.values():
            for earlier, later in _meeting(group):
                if not (earlier.get("overbooking_reason") or later.get("overbooking_reason")):
                    pairs[earlier["_id"], later["_id"]] = earlier, later
    return sorted(pairs.values(), key=lambda pair: _start(pair[1]))


def odd_prices(sessions: Iterable[Document], terms: Mapping[str, list[dict[str, Any]]]) -> list[Document]:
    """Sessions that count whose price is far from their psychotherapist's default of that day.

    `terms` by psychotherapist. Two currencies are not compared, nor anything with a default of 0.
    """
    return [one for one in sessions if one["counts"] and _is_far(one, terms[one["psychotherapist_id"]])]


def minors_alone(clients: Iterable[Document], today: str) -> list[Document]:
    """Clients who are minors on the local day `today` and for whom nobody answers."""
    return [one for one in clients if is_minor(one.get("birth_date"), today) and not answering(one)]


def without_email(
    clients: Iterable[Document], people: Mapping[str, Document], today: str
) -> list[tuple[Document, Document]]:
    """(client, who would get their mail) where that person has no e-mail: a minor's is who answers for them.

    `people` by id. Minors for whom nobody answers are left to `minors_alone`.
    """
    found = []
    for client in clients:
        minor = is_minor(client.get("birth_date"), today)
        other = people.get(answering(client) or "") if minor else client
        if other is not None and not other.get("email"):
            found.append((client, other))
    return found


def answering(client: Document) -> str | None:
    """The id of whoever answers for a client, if anybody does."""
    links = client.get("relationships", {}).get("clients", [])
    return next((link["client_id"] for link in links if link["answers_surveys"]), None)


def _meeting(ordered: list[Document]) -> Iterable[tuple[Document, Document]]:
    """The pairs that overlap, of sessions by start."""
    running: list[Document] = []
    for one in ordered:
        running = [other for other in running if other["ends_at"] > one["starts_at"]]
        yield from ((other, one) for other in running)
        running.append(one)


def _is_far(session: Document, terms: list[dict[str, Any]]) -> bool:
    usual = terms_on(terms, session["local_date"])
    price, default = session["price_cents"], usual["price_cents"]
    if session["currency"] != usual["currency"] or not default:
        return False
    return bool(price * FAR_FACTOR < default or price > default * FAR_FACTOR)


def _start(session: Document) -> tuple[datetime, str]:
    return session["starts_at"], session["_id"]
