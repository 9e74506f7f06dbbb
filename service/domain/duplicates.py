"""Which clients are probably the same person: a hint for staff, which never refuses a save.

Persons are mappings of `given_names, family_names, document, email, phone, birth_date` (E.164, local day),
each of which may be missing: a form that is still being typed has few of them.
"""

import re
from collections.abc import Mapping
from typing import Any

from service.domain.names import SHORT_FOR, fold

Person = Mapping[str, Any]

#: Why two clients are taken for one, the strongest reason first.
REASONS = ("document", "name", "birth_date", "phone", "email")
#: Below this a word with one letter changed is another word ("Ana", "Eva").
_SHORTEST_WITH_TYPO = 4
#: Words that many names share and that say nothing of a person.
_PARTICLES = frozenset(["da", "de", "del", "do", "dos", "e", "la", "las", "los", "y"])


def reasons(person: Person, other: Person) -> list[str]:
    """Why the two are probably one person, some of REASONS in their order; empty where they are not.

    "document": the same one. "name": the same folded words in any order. "birth_date": the same day and
    similar names. "phone" and "email": the same and a word of the name in common, unless the birth dates
    differ (a family shares a telephone). Two documents that differ are two persons, whatever else they share.
    """
    if differ(person, other, "document"):
        return []
    words, others = name_words(person), name_words(other)
    born_alike = not differ(person, other, "birth_date")
    akin = born_alike and bool(words & others)
    found = {
        "document": _same(person, other, "document"),
        "name": len(words) > 1 and words == others,
        "birth_date": _same(person, other, "birth_date") and similar(words, others),
        "phone": _same(person, other, "phone") and akin,
        "email": _same(person, other, "email") and akin,
    }
    return [reason for reason in REASONS if found[reason]]


def marks(person: Person) -> set[tuple[str, str]]:
    """What whoever `reasons` takes for `person` has one of too: {(what it is, its value)}."""
    own = {name: person[name] for name in ("birth_date", "phone", "email") if person.get(name)}
    own |= {"name": name_key(person), "document": (person.get("document") or {}).get("number", "")}
    return {(name, value) for name, value in own.items() if value}


def name_key(person: Person) -> str:
    """The same for the same folded words in any order, and no word that is typed: "=ana quispe". "" for a
    single word, which names nobody.
    """
    words = sorted(name_words(person))
    return f"={' '.join(words)}" if len(words) > 1 else ""


def name_words(person: Person) -> frozenset[str]:
    """The folded words of a name, without particles such as "de la"; "Ma." is María."""
    name = f"{person.get('given_names') or ''} {person.get('family_names') or ''}"
    words = re.findall(r"\w+", fold(name).replace("'", ""))
    return frozenset(SHORT_FOR.get(word, word) for word in words) - _PARTICLES


def similar(words: frozenset[str], others: frozenset[str]) -> bool:
    """Whether every word of the shorter name is in the longer one, give or take one typo a word."""
    shorter, longer = sorted((words, others), key=len)
    return len(shorter) > 1 and all(any(alike(word, one) for one in longer) for word in shorter)


def alike(word: str, other: str) -> bool:
    """The same word, or one letter more, less, changed or swapped with its neighbour."""
    if word == other:
        return True
    if min(len(word), len(other)) < _SHORTEST_WITH_TYPO or abs(len(word) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if start is None:
        return True  # one is the other and a letter
    rest, other_rest = word[start:], other[start:]
    swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
    return swapped or rest[1:] in (other_rest, other_rest[1:]) or rest == other_rest[1:]


def differ(person: Person, other: Person, name: str) -> bool:
    """Whether both have the field, and not the same."""
    return bool(person.get(name) and other.get(name)) and person[name] != other[name]


def _same(person: Person, other: Person, name: str) -> bool:
    return bool(person.get(name)) and person.get(name) == other.get(name)
