"""Names of people: how they are compared and found without accents or case, split, and tidied."""

import re
import unicodedata
from functools import lru_cache

#: No word is looked for beyond this; longer ones are found by their beginning.
LONGEST_WORD = 20

#: What a short word of a name stands for.
SHORT_FOR = {"ma": "maria"}

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ´`′"), "'")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_PUNCTUATION = _APOSTROPHES | _HYPHENS
#: Written small inside a name, as in "María de la Cruz".
_PARTICLES = frozenset(["da", "das", "de", "del", "do", "dos", "e", "la", "las", "los", "y"])


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`text` as names are compared: no accents, one case, single spaces, plain apostrophes and hyphens.

    "  JOSÉ   O’Connor " and "jose o'connor" fold to the same; folding twice changes nothing.
    """
    if text.isascii():
        return " ".join(text.replace("`", "'").lower().split())
    bare = _without_marks(text.translate(_PUNCTUATION))
    return " ".join(_without_marks(bare.casefold()).translate(_PUNCTUATION).split())


def tidy_name(text: str) -> str:
    """A name as it is kept: single spaces, and capitals where it was typed all in one case.

    "  NORMAND  KOCH " becomes "Normand Koch"; "Ronald McDonald" stays as it is.
    """
    name = " ".join(visible(text).split())
    if not (name.isupper() or name.islower()):
        return name
    words = name.lower().split(" ")
    tidied = " ".join(word if n and word in _PARTICLES else _capital(word) for n, word in enumerate(words))
    return tidied if tidied.casefold() == name.casefold() else name


def split_full_name(text: str) -> tuple[str, str]:
    """(given names, family names) of a tidied one-column name; joined with a space they read as before.

    It splits before the last word, from four words on before the last two. A single word is the family name.
    """
    words = tidy_name(text).split()
    family = 2 if len(words) >= 4 else 1
    return " ".join(words[:-family]), " ".join(words[-family:])


def visible(text: str) -> str:
    """`text` without control and format characters, and without halves of characters; spaces stay."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char.isspace() or unicodedata.category(char) not in _NO_TEXT)


def search_words(*texts: str) -> list[str]:
    """The folded words of `texts` with all their beginnings of two letters or more, sorted, each once."""
    words = {word for text in texts for word in name_words(text)}
    return sorted({word[:length] for word in words for length in range(2, len(word) + 1)})


def query_words(query: str) -> list[str]:
    """The words to look up among `search_words`; a phone typed with spaces or +51 is one word."""
    if re.fullmatch(r"\+?[\d\s().-]+", query.strip()):
        digits = re.sub(r"\D", "", query)
        words = [digits.removeprefix("51") if len(digits) == 11 else digits]
    else:
        words = re.findall(r"\w+", fold(query).replace("'", ""))
    return sorted({word[:LONGEST_WORD] for word in words if len(word) > 1})


def name_words(text: str) -> list[str]:
    """The folded words of a text, at most LONGEST_WORD letters of each.

    "O'Kon" is "okon", and "kon"; "Ma." is "ma", and the "maria" that it stands for.
    """
    folded = fold(text)
    words = re.findall(r"\w+", folded) + re.findall(r"\w+", folded.replace("'", ""))
    return [
        word[:LONGEST_WORD] for word in [*words, *(SHORT_FOR[word] for word in words if word in SHORT_FOR)]
    ]


def _without_marks(text: str) -> str:
    """Compatibility forms taken apart (NFKD), without accents and without characters that do not show."""
    return "".join(
        char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) not in _UNSEEN
    )


def _capital(word: str) -> str:
    """Each part of "o'kon" or "ana-maría" with a capital."""
    return re.sub(r"(^|[-'’])(\w)", lambda match: match[1] + match[2].upper(), word)


_UNSEEN = frozenset(("Mn", "Cf"))
_NO_TEXT = frozenset(("Cc", "Cf", "Cs"))
