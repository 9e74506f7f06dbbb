"""Finding people by words that may be begun only, and may each have one typo.

A person is stored under *keys*: the beginnings of each word, and marked ones (`~`) with one letter left out.
A typed word is looked up under a few keys, of which whoever it may mean has at least one: so the store looks
only at likely people, and `typos` decides. Leaving a letter out on both sides covers a wrong letter, a
missing one, one too many and two that changed places (Garbe, SymSpell, 2012). Only the first HEAD letters
have marked keys, so that they stay few: a name of four words has about 60 keys, two thirds of them marked.
One more key is the whole name (domain.duplicates.name_key), for finding who is called the same.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from service.domain.duplicates import name_key
from service.domain.names import fold, name_words, query_words, search_words
from service.domain.people import phone_digits

#: Raise it when `keys` gives others than before: what is stored under old ones is then written anew.
VERSION = 3
#: Typos are looked for among the first letters of a word; later ones leave those as they are.
HEAD = 6
#: From this many letters on a word may have a typo.
FORGIVING = 4
#: More words than this are only judged, not looked up.
LOOKED_UP = 8

_MARK = "~"
_NUMBER = re.compile(r"[0-9A-Z]{5,20}")


class Query(NamedTuple):
    """What was typed: folded words, and the document numbers that it may name in full."""

    words: tuple[str, ...]
    numbers: frozenset[str]


def parse(text: str) -> Query:
    """The query that somebody typed; without words it asks for nothing."""
    typed = fold(text).upper()
    parts = [part for part in typed.split() if re.search(r"\d", part)]
    numbers = (re.sub(r"[\s.\-]", "", part) for part in (typed, *parts))
    return Query(tuple(query_words(text)), frozenset(filter(_NUMBER.fullmatch, numbers)))


def keys(person: Mapping[str, Any]) -> list[str]:
    """The keys a person is stored under: of their names, document number and phone."""
    names = _names(person)
    marked = {_MARK + key for word in names if word.isalpha() for key in _with_one_left_out(word)}
    whole = filter(None, [name_key(person)])
    return [*search_words(*names, *_numbers(person)), *sorted(marked), *whole]


def lookups(word: str) -> list[str]:
    """Of these keys, whoever `typos` takes for a typed word has at least one."""
    if len(word) < FORGIVING - 1 or word.isdigit():
        return [word]
    head = word[:HEAD]
    marked = {head} if len(word) < HEAD else set()
    plain = {word} if len(word) < HEAD else {word, head[:-1]}
    if len(word) >= FORGIVING:
        marked |= _each_left_out(head)
        plain |= _each_left_out(head) - {head[:-1]}
    return [*sorted(plain), *sorted(_MARK + key for key in marked)]


def typos(query: Query, person: Mapping[str, Any]) -> int | None:
    """How many words of the query have a typo; None where one of them is none of the person's words."""
    names, count = _names(person), 0
    for typed in query.words:
        if _is_begun(typed, names) or _is_begun(typed, _numbers(person)):
            continue
        if not any(is_near(typed, word) for word in names):
            return None
        count += 1
    return count


def is_near(typed: str, word: str) -> bool:
    """Whether `typed` is `word`, or its beginning, but for one letter (Damerau-Levenshtein distance 1).

    It takes FORGIVING letters, typed or in the whole word. The last letter of a beginning has to be right:
    "mario" may be "maria", but is not yet a "maribel".
    """
    if not word.isalpha() or len(typed) < FORGIVING - 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), len(word))
    left_out = word[at + 1 :].startswith(typed[at:])
    if len(typed) < FORGIVING:
        return left_out and len(word) == FORGIVING
    if at >= len(typed) - 1:
        return left_out or len(word) in (len(typed) - 1, len(typed))
    rest = typed[at + 1 :]
    changed_places = word[at : at + 2] == typed[at : at + 2][::-1] and word[at + 2 :].startswith(rest[1:])
    return left_out or changed_places or word[at:].startswith(rest) or word[at + 1 :].startswith(rest)


def _names(person: Mapping[str, Any]) -> set[str]:
    return {*name_words(person["given_names"]), *name_words(person["family_names"])}


def _numbers(person: Mapping[str, Any]) -> list[str]:
    number = (person.get("document") or {}).get("number") or ""
    return [word for word in (number.lower(), *phone_digits(person.get("phone"))) if word]


def _is_begun(typed: str, words: Iterable[str]) -> bool:
    return any(word.startswith(typed) for word in words)


def _with_one_left_out(word: str) -> set[str]:
    """The marked keys of a word: its beginnings without one letter; a short word whole and without its last.

    A longer word without its last letter is one of its own beginnings, which are keys anyway.
    """
    if len(word) < FORGIVING - 1:
        return set()
    ends = {word[:length] for length in (len(word), len(word) - 1) if FORGIVING - 1 <= length < HEAD - 1}
    heads = (word[:length] for length in range(FORGIVING, min(len(word), HEAD) + 1))
    return ends | {head[:at] + head[at + 1 :] for head in heads for at in range(len(head) - 1)}


def _each_left_out(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}
