"""Who a row speaks of: name, identity document, e-mail and phone."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from service.domain.names import fold, split_full_name, tidy_name
from service.domain.people import parse_document, parse_phone
from service.domain.sheets.cells import Cell, is_number, optional_text, text_of
from service.domain.sheets.dates import birth_date
from service.domain.sheets.faults import Fault
from service.domain.sheets.rows import RowReader
from service.texts import Text, _

MAX_NAME = 120

#: Words for a kind of document, in a heading, in a column of kinds or before the number.
_KIND_WORDS = {
    "dni": "DNI",
    "ce": "CE",
    "c.e.": "CE",
    "carne": "CE",
    "carnet": "CE",
    "carne de extranjeria": "CE",
    "carnet de extranjeria": "CE",
    "pasaporte": "passport",
    "passport": "passport",
    "pas": "passport",
}
_KIND_WORD = "|".join(re.escape(word) for word in sorted(_KIND_WORDS, key=len, reverse=True))
_WITH_KIND = re.compile(rf"(?P<kind>{_KIND_WORD})(?:[\s:.#-]+(?:n[°ºo.]*\s)?|(?=\d{{8}}$))(?P<number>.+)")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}", re.ASCII)
_PHONE = re.compile(r"\+?[\d\s().-]+", re.ASCII)
#: A DNI that Excel took for a number has lost leading zeros; with fewer digits it is rather a slip.
_FEWEST_DNI_DIGITS = 5


class Document(NamedTuple):
    """An identity document: "DNI", "CE" or "passport", and its number as text."""

    type: str
    number: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a row describes them; names tidied, phone in E.164, `birth_date` "1960-10-30"."""

    given_names: str
    family_names: str
    document: Document | None = None
    email: str | None = None
    phone: str | None = None
    birth_date: str | None = None

    @property
    def name(self) -> str:
        """`given_names family_names`, as everything shows a person."""
        return f"{self.given_names} {self.family_names}"


def person_in(row: RowReader) -> Person:
    """The person of a row, its faults kept by the row."""
    given, family = _names_in(row)
    kind, heading = row.cell("document_kind"), row.headings.title("document")
    identity = row.take("document", lambda cell: document(cell, kind, heading))
    address, number = row.take("email", email), row.take("phone", phone)
    born = row.take("birth_date", birth_date)
    return Person(given, family, identity, address, number, born.isoformat() if born else None)


def full_name(cell: Cell) -> tuple[str, str]:
    """(given names, family names) of a one-column name; Fault `name_missing` or `name`."""
    given, family = split_full_name(_name(cell))
    if not given:
        raise Fault("name", _("Escriba nombre y apellido."))
    if max(len(given), len(family)) > MAX_NAME:
        raise Fault("name", _("El nombre es demasiado largo."))
    return given, family


def name_part(cell: Cell) -> str:
    """Given or family names from a column of their own; Fault `name_missing` or `name`."""
    name = _name(cell)
    if len(name) > MAX_NAME:
        raise Fault("name", _("El nombre es demasiado largo."))
    return name


def email(cell: Cell) -> str | None:
    """An address in lower case, None for an empty cell; Fault `email`."""
    text = optional_text(cell).lower().removeprefix("mailto:")
    if text and (not _EMAIL.fullmatch(text) or len(text) > 254 or ".." in text):
        raise Fault("email", _("Escriba un solo correo, como nombre@ejemplo.com, o deje la celda vacía."))
    return text or None


def phone(cell: Cell) -> str | None:
    """A phone in E.164, None for an empty cell; Fault `phone`."""
    text = optional_text(cell)
    if not text:
        return None
    try:
        if not _PHONE.fullmatch(text):
            raise ValueError(_("Escriba un solo teléfono, con sus 9 dígitos."))
        return parse_phone(text)
    except ValueError as error:
        raise Fault("phone", _("%(message)s O deje la celda vacía.", message=error.args[0])) from error


def document(cell: Cell, kind_cell: Cell, heading: str) -> Document | None:
    """An identity document, None for an empty cell; Fault `document`.

    Its kind stands before the number, in a column of its own or in the heading; eight digits are a DNI.
    """
    text = optional_text(cell)
    if not text:
        return None
    if is_number(cell) and not text.isdigit():
        raise Fault("document", _("Escriba el número del documento sin decimales ni signos."))
    kind, number = _kind_before(text) or (_kind_in_column(kind_cell) or _kind_in_heading(heading), text)
    if is_number(cell) and cell >= 10 ** (_FEWEST_DNI_DIGITS - 1) and kind in (None, "DNI"):
        number = number.zfill(8)
    if kind is None and not re.fullmatch(r"[\d\s.-]+", number, re.ASCII):
        raise Fault(
            "document", _("Escriba el tipo delante del número: «CE 001234567» o «Pasaporte AB123456».")
        )
    return _checked(kind or "DNI", number)


def _names_in(row: RowReader) -> tuple[str, str]:
    if {"given_names", "family_names"} <= row.headings.columns.keys():
        return row.take("given_names", name_part), row.take("family_names", name_part)
    name = row.take("full_name", full_name)
    return name if row.good("full_name") else ("", "")


def _name(cell: Cell) -> str:
    if not text_of(cell):
        raise Fault("name_missing", _("Falta el nombre."))
    name = tidy_name(text_of(cell))
    if not isinstance(cell, str) or not any(char.isalpha() for char in name):
        raise Fault("name", _("Escriba el nombre con letras."))
    return name


def _kind_before(text: str) -> tuple[str, str] | None:
    match = _WITH_KIND.fullmatch(fold(text))
    return (_KIND_WORDS[match["kind"]], match["number"]) if match else None


def _kind_in_column(cell: Cell) -> str | None:
    word = fold(optional_text(cell))
    if word and word not in _KIND_WORDS:
        raise Fault("document", _("El tipo de documento puede ser DNI, CE o Pasaporte."))
    return _KIND_WORDS.get(word)


def _kind_in_heading(heading: str) -> str | None:
    """The one kind that a heading names ("DNI", "DNI del paciente"); None for "DNI / CE" or "Documento"."""
    words = {_KIND_WORDS[word] for word in re.findall(r"\w+", fold(heading)) if word in _KIND_WORDS}
    return words.pop() if len(words) == 1 else None


def _checked(kind: str, number: str) -> Document:
    try:
        kept = parse_document(kind, number)
    except ValueError as error:
        raise Fault("document", _hinted(error.args[0], kind, number)) from error
    if not kept.strip("0"):
        raise Fault("document", _("Este número no es de un documento: deje la celda vacía si no lo tiene."))
    return Document(kind, kept)


def _hinted(message: Text, kind: str, number: str) -> Text:
    if kind != "DNI":
        return message
    if re.fullmatch(r"\d{5,7}", number, re.ASCII):
        return _(
            "%(message)s Si Excel le quitó los ceros, escriba «DNI %(number)s».",
            message=message,
            number=number.zfill(8),
        )
    return _("%(message)s Si es otro documento, escriba «CE» o «Pasaporte» delante.", message=message)
