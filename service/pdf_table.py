"""`<pdf:longtable>`: an HTML table of plain text, handed to reportlab as one LongTable.

xhtml2pdf runs the CSS cascade and builds a paragraph for every cell: 60 rows of 7 cells cost it 4 to 5 times
the CPU of this, 500 rows 8 times. Here a cell is one string in the element's font; nothing in it is markup.

    <pdf:longtable widths="20mm 100mm 30mm" aligns="left left right" rule="#e3e8ed" head="#5f6f7f">
      <table><thead><tr><th>…</th></tr></thead><tbody><tr><td>…<br>…</td></tr></tbody></table>
    </pdf:longtable>

The rows of <thead> come again on each page. A text too wide for its column is broken into lines.
"""

import re
from collections.abc import Iterator
from math import inf
from typing import Any
from xml.dom.minidom import Element, Node

from reportlab.lib.fonts import tt2ps
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus.tables import LongTable
from xhtml2pdf import default, parser
from xhtml2pdf.tags import pisaTag
from xhtml2pdf.util import getSize

LEADING = 1.35
GAP = 4.0

#: What HTML takes as blank; a no-break space is not among them.
_BLANKS = re.compile(r"[ \t\r\n\f]+")


class LongTableTag(pisaTag):  # type: ignore[misc]
    """Takes the rows out of the document before xhtml2pdf walks into them, and adds the finished table."""

    def start(self, c: Any) -> None:
        """Called by xhtml2pdf when it opens the element; `c` carries the font, the story and the errors."""
        widths = [getSize(width) for width in self.attr.widths.split()]
        aligns = self.attr.aligns.split()
        # A figure, which stands at the right, is never broken.
        rooms = [inf if at == "right" else width - GAP for width, at in zip(widths, aligns, strict=True)]
        regular, bold = (tt2ps(c.frag.fontName, is_bold, 0) for is_bold in (0, 1))
        head = [_wrapped(row, rooms, bold, c.frag.fontSize) for row in _rows(self.node, "thead")]
        body = [_wrapped(row, rooms, regular, c.frag.fontSize) for row in _rows(self.node, "tbody")]
        self.node.childNodes = []
        style = self._style(c.frag, len(head), regular, bold)
        c.addPara()
        c.addStory(LongTable(head + body, widths, repeatRows=len(head), style=style))

    def _style(self, frag: Any, heads: int, regular: str, bold: str) -> list[tuple[Any, ...]]:
        size = frag.fontSize
        everywhere, header = ((0, 0), (-1, -1)), ((0, 0), (-1, heads - 1))
        columns = enumerate(self.attr.aligns.split())
        return [
            ("FONT", *everywhere, regular, size, size * LEADING),
            ("FONT", *header, bold, size, size * LEADING),
            ("TEXTCOLOR", *everywhere, frag.textColor),
            ("TEXTCOLOR", *header, self.attr.head),
            ("VALIGN", *everywhere, "TOP"),
            ("TOPPADDING", *everywhere, self.attr.padding),
            ("BOTTOMPADDING", *everywhere, self.attr.padding),
            ("LEFTPADDING", *everywhere, 0),
            ("RIGHTPADDING", *everywhere, 0),
            ("LINEBELOW", *everywhere, 0.5, self.attr.rule),
            *(("ALIGN", (column, 0), (column, -1), align.upper()) for column, align in columns),
        ]


def register() -> None:
    """Makes the element known to xhtml2pdf, which finds the class of an element by its name in its parser."""
    default.TAGS["pdflongtable"] = (
        1,
        {
            "widths": (default.STRING, default.MUST),
            "aligns": (default.STRING, default.MUST),
            "rule": (default.COLOR, "#cccccc"),
            "head": (default.COLOR, "#000000"),
            "padding": (default.SIZE, "4pt"),
        },
    )
    parser.pisaTagPDFLONGTABLE = LongTableTag


def _rows(node: Element, group: str) -> Iterator[list[list[str]]]:
    """Each row of a <thead> or <tbody> as cells, each cell as its lines (parted by <br>)."""
    for part in node.getElementsByTagName(group):
        for row in part.getElementsByTagName("tr"):
            yield [_lines(cell) for cell in row.childNodes if cell.nodeType == Node.ELEMENT_NODE]


def _lines(cell: Element) -> list[str]:
    texts = (
        "\n" if part.nodeName == "br" else _BLANKS.sub(" ", part.nodeValue or "") for part in cell.childNodes
    )
    return [line.strip(" ") for line in "".join(texts).split("\n")]


def _wrapped(row: list[list[str]], rooms: list[float], font: str, size: float) -> list[str]:
    """The row's cells as reportlab takes them, no line wider than the room in its column."""
    return [
        "\n".join(part for line in lines for part in _split(line, font, size, room))
        for lines, room in zip(row, rooms, strict=True)
    ]


def _split(line: str, font: str, size: float, width: float) -> list[str]:
    """`line` in parts that fit `width`: at blanks; inside a word only where it alone is too wide."""
    if stringWidth(line, font, size) <= width:
        return [line]
    return [piece for part in simpleSplit(line, font, size, width) for piece in _cut(part, font, size, width)]


def _cut(word: str, font: str, size: float, width: float) -> Iterator[str]:
    while stringWidth(word, font, size) > width and len(word) > 1:
        fits = max(1, sum(stringWidth(word[: n + 1], font, size) <= width for n in range(len(word))))
        yield word[:fits]
        word = word[fits:]
    yield word
