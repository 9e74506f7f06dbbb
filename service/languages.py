"""The language of a page, mail or file: sentences made below the edges are written in it here.

The setting LANGUAGE decides for staff, `flask_babel.force_locale(LOCALES[…])` for what a client reads.
Spanish needs no catalogue: it is what the code says. The others are read from
`service/translations/<locale>.po` as they stand, so that nothing compiled can be out of date.
"""

import io
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, Domain, get_locale, get_translations

from service import formats
from service.errors import ConsultorioError, InvalidInput
from service.texts import SPANISH, Text

#: Babel's locale for each language of the setting.
LOCALES = {"es": SPANISH, "en": "en"}
TRANSLATIONS = Path(__file__).parent / "translations"


class Catalogues(Domain):  # type: ignore[misc]
    """flask_babel's translations out of our catalogues.

    `%%` is a percent sign whether or not a sentence has parameters, and a parameter may be a Text.
    """

    def get_translations(self) -> NullTranslations:
        """The catalogue of the locale in force."""
        locale = get_locale()
        return _catalogue(str(locale)) if locale else NullTranslations()

    def gettext(self, string: str, **variables: Any) -> str:
        """A sentence with its parameters."""
        return self.get_translations().gettext(string) % _written(variables)

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """One of two sentences by a number, with its parameters."""
        form = self.get_translations().ngettext(singular, plural, num)
        return form % _written({"num": num, **variables})


def register(app: Flask, language: str) -> None:
    """Has pages speak `language`, also where a template is given a sentence from below the edges."""
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES[language]
    Babel(app).domain_instance = Catalogues()
    app.jinja_env.finalize = translated


def translated(value: Any) -> Any:
    """A Text in the language of the page, with its parameters; anything else as it is."""
    if not isinstance(value, Text):
        return value
    catalogue, params = get_translations(), _written(value.params)
    if value.plural:
        return catalogue.ngettext(value.msgid, value.plural, value.params["num"]) % params
    return catalogue.gettext(value.msgid) % params


def all_translated(value: Any) -> Any:
    """What is ready for JSON, with every Text in it in the language of the page."""
    if isinstance(value, Mapping):
        return {name: all_translated(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [all_translated(one) for one in value]
    return translated(value)


def joined(texts: Iterable[str], by: str = " ") -> str:
    """Texts in the language of the page, one after the other."""
    return by.join(map(translated, texts))


def said(error: ConsultorioError) -> str:
    """What an error says, in the language of the page; each of its messages once."""
    if isinstance(error, InvalidInput):
        return joined(dict.fromkeys(message for found in error.errors.values() for message in found))
    return joined([error.message])


def _written(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _parameter(value) for name, value in params.items()}


def _parameter(value: Any) -> Any:
    return formats.long_day(value, year=True) if isinstance(value, date) else translated(value)


@cache
def _catalogue(locale: str) -> NullTranslations:
    path = TRANSLATIONS / f"{locale}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale))
    compiled.seek(0)
    return Translations(compiled)
