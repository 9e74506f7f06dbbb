"""Who is asked about a month and who is left out: decided from the month's done sessions and its people.

Consent is that of the client whose sessions it is about (a minor's was given by who registered them); the
e-mail and the wish to receive no more are those of the person who answers. An adult answers alone; a minor's
surveys go to an adult whom the minor's record names with `answers_surveys`, guardians before parents before
others. Nobody becomes that by being a relative: a parent who may not know of the therapy is not written to.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.people import is_minor

Client = Mapping[str, Any]
Pair = tuple[str, str]

NO_EMAIL, NO_CONSENT = "no_email", "no_consent"
UNSUBSCRIBED, WITHOUT_GUARDIAN = "unsubscribed", "minor_without_guardian"
#: Why a client with a done session is not asked about.
REASONS = (NO_EMAIL, NO_CONSENT, UNSUBSCRIBED, WITHOUT_GUARDIAN)

#: Why a mail that was prepared is not sent any more, beside these.
NOT_RESPONSIBLE = "not_responsible"

_FIRST_ASKED = ("guardian", "parent")


@dataclass(frozen=True)
class Asked:
    """One person who answers, and the (client, psychotherapist) pairs to answer for, sorted."""

    person: Client
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class LeftOut:
    """A client with a done session about whom nobody is asked, and the first reason for it."""

    client_id: str
    reason: str


def choose(
    pairs: Iterable[Pair], people: Mapping[str, Client], day: str
) -> tuple[list[Asked], list[LeftOut]]:
    """Who is asked and who is left out, each sorted by id.

    `pairs` (client, psychotherapist) had a done session; `people` are these clients and whoever answers for
    them, by id; `day` is the local day on which it is decided who is a minor. Clients who are not in `people`
    are gone and count nowhere.
    """
    asked: dict[str, set[Pair]] = {}
    left_out: dict[str, str] = {}
    for client_id, psychotherapist_id in pairs:
        if client_id not in people:
            continue
        person_id, reason = answering(people[client_id], people, day)
        if reason:
            left_out[client_id] = reason
        else:
            asked.setdefault(person_id, set()).add((client_id, psychotherapist_id))
    return (
        [Asked(people[person_id], tuple(sorted(own))) for person_id, own in sorted(asked.items())],
        [LeftOut(client_id, reason) for client_id, reason in sorted(left_out.items())],
    )


def unasked(asked: Iterable[Asked], persons: Container[str], pairs: Container[Pair]) -> list[Asked]:
    """Those of `asked` who are still to be asked, each only about what nobody was asked about yet.

    `persons` have an invitation already, and `pairs` stand in one: whoever became responsible for a minor
    later, or the minor who came of age, is not asked again what another was.
    """
    left = [
        Asked(each.person, tuple(pair for pair in each.pairs if pair not in pairs))
        for each in asked
        if each.person["_id"] not in persons
    ]
    return [each for each in left if each.pairs]


def answering(client: Client, people: Mapping[str, Client], day: str) -> tuple[str, str]:
    """(id of the person to ask about a client, "") or ("", the reason why nobody is asked)."""
    if not client.get("survey_consent"):
        return "", NO_CONSENT
    able = _able(client, people, day)
    if not able:
        return "", WITHOUT_GUARDIAN
    reasons = [_unreachable(person) for person in able]
    if "" in reasons:
        return str(able[reasons.index("")]["_id"]), ""
    return "", reasons[0]


def why_no_longer(person: Client, about: Iterable[Client], people: Mapping[str, Client], day: str) -> str:
    """Why a person who was to be asked about some clients is not any more; "" where one of them is enough.

    `day` is the one on which it was decided who is a minor; `people` as in `choose`.
    """
    if reason := _unreachable(person):
        return reason
    consenting = [client for client in about if client.get("survey_consent")]
    if not consenting:
        return NO_CONSENT
    own = (one["_id"] for client in consenting for one in _able(client, people, day))
    return "" if person["_id"] in own else NOT_RESPONSIBLE


def responsible(client: Client, people: Mapping[str, Client], day: str) -> list[Client]:
    """The adults who answer for a minor, whom to ask first first."""
    links = [link for link in client["relationships"]["clients"] if link["answers_surveys"]]
    links.sort(key=lambda link: _FIRST_ASKED.index(link["kind"]) if link["kind"] in _FIRST_ASKED else 2)
    others = (people[link["client_id"]] for link in links if link["client_id"] in people)
    return [other for other in others if not is_minor(other.get("birth_date"), day)]


def _able(client: Client, people: Mapping[str, Client], day: str) -> list[Client]:
    """Who may answer about a client: oneself, for a minor those who are responsible."""
    return responsible(client, people, day) if is_minor(client.get("birth_date"), day) else [client]


def _unreachable(person: Client) -> str:
    """Why a person cannot be asked; "" for who can."""
    if person.get("unsubscribed_at"):
        return UNSUBSCRIBED
    return "" if person.get("email") else NO_EMAIL
