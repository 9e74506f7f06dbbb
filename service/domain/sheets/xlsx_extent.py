"""How far the cells of a worksheet reach, found while its XML streams by: nothing is kept of it."""

import re
from collections.abc import Mapping
from xml.parsers import expat

_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})", re.ASCII)
_ROW = re.compile(r"\d{1,7}", re.ASCII)


class BadXml(Exception):
    """Not well-formed, with a document type of its own (entities), or with an impossible cell reference."""


class Extent:
    """Last row and last column with anything in it (1 is the first); how many values and shared strings."""

    def __init__(self) -> None:
        self.rows = self.columns = self.values = 0
        self._row = self._column = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        """Takes the next piece of the XML; BadXml."""
        self._parse(chunk, False)

    def close(self) -> None:
        """Says that the XML is complete; BadXml."""
        self._parse(b"", True)

    def _parse(self, chunk: bytes, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise BadXml from error

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row, self._column = _row_number(attributes.get("r"), self._row + 1), 0
        elif local == "c":
            self._place(attributes.get("r"))
        elif local in ("v", "is", "f"):
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
            self.values += 1
        elif local == "si":
            self.values += 1

    def _place(self, reference: str | None) -> None:
        """A cell stands where it says, or right of the one before."""
        if reference is None:
            self._column += 1
            return
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise BadXml
        self._row, self._column = int(match[2]), _column_number(match[1].upper())

    def _refuse(self, *_: object) -> None:
        raise BadXml


def _row_number(text: str | None, following: int) -> int:
    if text is None:
        return following
    if not _ROW.fullmatch(text):
        raise BadXml
    return int(text)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
