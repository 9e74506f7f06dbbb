"""What people read, written where it arises: Spanish at once, and still translatable at the edge.

    raise Conflict(_("%(name)s está archivado.", name=name))
    raise InvalidInput({"n": [_n("Falta %(num)s cita.", "Faltan %(num)s citas.", missing)]})

A `Text` is the Spanish sentence, so that everything below the edges may treat it as any other string, and it
remembers what it was made of; `service/languages.py` writes it anew in the language of the page. Joining it
to something (`+`, f-strings, `", ".join`) leaves plain Spanish: put the other part into a parameter instead.
As in gettext, `%(name)s` stands for a parameter and `%%` for a percent sign. A parameter may itself be a
Text, or a `date`, written as "martes 24 de noviembre de 2026".
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

SPANISH = "es_PE"
LONG_DAY = "EEEE d 'de' MMMM 'de' y"


class Text(str):
    """A Spanish sentence that remembers its `msgid`, its `plural` ("" where it has none) and its `params`."""

    msgid: str
    plural: str
    params: Mapping[str, Any]

    def __new__(cls, msgid: str, plural: str = "", params: Mapping[str, Any] | None = None) -> "Text":
        params = params or {}
        form = plural if plural and params["num"] != 1 else msgid
        text = super().__new__(cls, form % {name: _spanish(value) for name, value in params.items()})
        text.msgid, text.plural, text.params = msgid, plural, params
        return text

    def __str__(self) -> str:
        """Itself: `str()` is often called only to be sure."""
        return self

    def format(self, *args: object, **kwargs: object) -> str:
        """Itself: marshmallow calls this on each of its messages, and ours carry their values already."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (self.msgid, self.plural, self.params)


def _(msgid: str, **params: Any) -> Text:
    """The Spanish sentence `msgid` with its parameters."""
    return Text(msgid, params=params)


def _n(singular: str, plural: str, num: int, **params: Any) -> Text:
    """One of two Spanish sentences by the number `num`, which is the parameter of that name too."""
    return Text(singular, plural, {"num": num, **params})


def _spanish(value: Any) -> Any:
    return format_date(value, LONG_DAY, locale=SPANISH) if isinstance(value, date) else value
