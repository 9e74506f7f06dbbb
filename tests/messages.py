"""The texts of code and templates against the catalogues in service/translations.

`make messages` runs this file: it takes new texts into each catalogue and drops those that are gone.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from service.languages import TRANSLATIONS

ROOT = Path(__file__).parents[1]
#: Beside gettext's own: flask_babel's for texts of modules, and the plural of service/texts.py.
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "_n": (1, 2)}
#: Folder, files in it, and how they are read.
SOURCES = (("service", "**.py", "python"), ("workers", "**.py", "python"), ("templates", "**", "jinja2"))
WIDTH = 110


def extracted() -> Catalog:
    """Every text of code and templates, once."""
    texts = Catalog()
    for folder, files, method in SOURCES:
        for *_, text, _comments, context in extract_from_dir(
            ROOT / folder, [(files, method)], keywords=KEYWORDS
        ):
            texts.add(text, context=context)
    return texts


def catalogues() -> Iterator[Path]:
    """The catalogues' files; each is named after its locale."""
    return TRANSLATIONS.glob("*.po")


def read(path: Path) -> Catalog:
    """A catalogue as it is kept."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each text, in each of its forms, with its translation."""
    for message in catalogue:
        if message.id:
            yield from zip(forms(message.id), forms(message.string), strict=True)


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    """The one form of a text, or both where it has a plural."""
    return [text] if isinstance(text, str) else list(text or ())


def is_translated(message: Message) -> bool:
    """Whether a text, in each of its forms, says something."""
    written = forms(message.string)
    return bool(written) and all(written)


def update(path: Path) -> None:
    """Takes new texts into a catalogue, and drops those that are gone."""
    catalogue = read(path)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    with path.open("wb") as file:
        options = {"omit_header": True, "no_location": True, "sort_output": True, "ignore_obsolete": True}
        write_po(file, catalogue, WIDTH, **options)
    missing = sum(not is_translated(message) for message in catalogue if message.id)
    print(f"{path.name}: {len(catalogue)} texts, {missing} of them to translate")


if __name__ == "__main__":
    for each in catalogues():
        update(each)
