"""Who is in the invented centre: its psychotherapists with their dated terms, its clients with families."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.domain.demo.names import FAMILY, MEN, WOMEN
from service.domain.money import Money
from service.domain.names import fold

SUNDAY = 6
_WEEK = (0, 1, 2, 3, 4)
#: What part of the clients are children, or children for whom nobody answers yet; and of the other children,
#: brothers and sisters.
_CHILDREN, _ALONE, _SIBLINGS = 0.17, 0.015, 0.25


@dataclass(frozen=True)
class Psychotherapist:
    """Names, percent in hundredths, price in whole units, the weekdays (0 is Monday) and hours of work, and
    what changed: (months before today, percent, price).
    """

    given_names: str
    family_names: str
    commission_bp: int
    price: int
    currency: str = "PEN"
    weekdays: tuple[int, ...] = _WEEK
    hours: tuple[int, int] = (9, 19)
    changes: tuple[tuple[int, int, int], ...] = ()


PSYCHOTHERAPISTS = (
    Psychotherapist("Lucía", "Salazar Huamán", 5000, 150, changes=((13, 5250, 160), (4, 5500, 170))),
    Psychotherapist(
        "Jorge", "Quispe Rojas", 4500, 130, weekdays=(0, 1, 2, 3, 4, 5), changes=((8, 4750, 140),)
    ),
    Psychotherapist("Carmen", "Villanueva Díaz", 5000, 140, changes=((11, 5000, 150),)),
    Psychotherapist("Óscar", "Mendoza Ñahui", 3750, 120, hours=(14, 21)),
    Psychotherapist("Patricia", "Benavides Ugarte", 6000, 60, "USD", changes=((9, 6000, 65),)),
    Psychotherapist("Renato", "Cáceres Flores", 4500, 130, weekdays=(1, 3, 5, SUNDAY), hours=(10, 19)),
    Psychotherapist("Milagros", "Condori Apaza", 4000, 110, weekdays=(0, 2, 4, 5), changes=((6, 4250, 120),)),
    Psychotherapist("Verónica", "Núñez Torres", 5000, 150, weekdays=(0, 1, 2, 3), hours=(9, 15)),
    Psychotherapist("Álvaro", "Bustamante Ramos", 5500, 50, "USD", weekdays=(1, 2, 4), hours=(15, 21)),
    Psychotherapist("Daniela", "Espinoza Chávez", 4250, 120, weekdays=(2, 3, 4, 5, SUNDAY), hours=(10, 18)),
    Psychotherapist("Gonzalo", "Paredes Agüero", 4000, 110, weekdays=(0, 4), hours=(16, 21)),
    Psychotherapist("Norma", "Yupanqui Ochoa", 4500, 120, weekdays=(5,), hours=(8, 13)),
)


@dataclass(frozen=True)
class Client:
    """One client as ClientSchema loads it (`data`, without relationships); `answers` is the place in the list
    of the parent who answers for a child. Parents who only answer have no sessions.
    """

    data: dict[str, Any]
    answers: int | None = None
    has_sessions: bool = True


def psychotherapist_data(person: Psychotherapist, number: int) -> dict[str, Any]:
    """As PsychotherapistSchema loads it, with the first terms."""
    return {
        "given_names": person.given_names,
        "family_names": person.family_names,
        "document": {"type": "DNI", "number": f"{40100000 + 7919 * number:08d}"},
        "email": _email(person.given_names, person.family_names),
        "phone": f"+51955{100000 + 1237 * number:06d}",
        "license_number": str(10500 + 413 * number),
        "commission_bp": person.commission_bp,
        "default_price": Money(person.price * 100, person.currency),
    }


def clients(chance: random.Random, number: int, today: date) -> list[Client]:
    """So many clients with sessions, the parents of the children among them besides; no two of one name."""
    names, found = _names(chance), list[Client]()
    parent: int | None = None
    for at in range(number):
        given, family = next(names)
        roll = chance.random()
        if roll > _CHILDREN:
            found.append(Client(_adult(chance, given, family, at, today)))
        elif roll > _CHILDREN - _ALONE:
            found.append(Client(_child(chance, given, family, today)))
        else:
            if parent is None or chance.random() > _SIBLINGS:
                parent = len(found)
                own = _parent(chance, *next(names), number + at, today)
                found.append(Client(own, has_sessions=False))
            family = f"{found[parent].data['family_names'].split()[0]} {family.split()[1]}"
            found.append(Client(_child(chance, given, family, today), answers=parent))
    return found


def _adult(chance: random.Random, given: str, family: str, at: int, today: date) -> dict[str, Any]:
    """Most with everything; some without document or e-mail, some who do not want to be asked."""
    data = _parent(chance, given, family, at, today)
    data["survey_consent"] = chance.random() < 0.9
    if chance.random() < 0.06:
        del data["email"]
    if chance.random() < 0.08:
        del data["document"]
    return data


def _parent(chance: random.Random, given: str, family: str, at: int, today: date) -> dict[str, Any]:
    foreign = chance.random() < 0.05
    number = f"{chance.randrange(10**5):05d}{at:04d}"
    return {
        "given_names": given,
        "family_names": family,
        "document": {"type": "CE" if foreign else "DNI", "number": number if foreign else number[1:]},
        "email": _email(given, family),
        "phone": f"+519{chance.randrange(10**8):08d}",
        "birth_date": _born(chance, 22, 68, today),
        "survey_consent": True,
    }


def _child(chance: random.Random, given: str, family: str, today: date) -> dict[str, Any]:
    return {
        "given_names": given,
        "family_names": family,
        "birth_date": _born(chance, 6, 16, today),
        "survey_consent": chance.random() < 0.95,
    }


def _names(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Given and family names, each pair of words once."""
    used = set[str]()
    while True:
        given = " ".join(chance.sample(chance.choice((WOMEN, MEN)), chance.choice((1, 1, 2))))
        family = " ".join(chance.sample(FAMILY, 2))
        key = given.split()[0] + family
        if key not in used:
            used.add(key)
            yield given, family


def _email(given: str, family: str) -> str:
    words = [fold(given).split()[0], *fold(family).split()]
    return ".".join(words) + "@example.com"


def _born(chance: random.Random, youngest: int, oldest: int, today: date) -> str:
    return (today - timedelta(days=chance.randrange(youngest * 366, oldest * 365))).isoformat()
