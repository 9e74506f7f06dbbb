"""A page as a strict reader sees it: valid HTML, one title and one h1, ids once, every input named.

page = read(response.text)      AssertionError says what is wrong with it
page.find(".//h1")              an ElementTree without namespaces
"""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

#: Inputs that nobody sees or that carry their name themselves.
_NAMELESS = ("hidden", "submit", "button", "reset", "image")
_INLINE = {"a", "b", "del", "em", "i", "kbd", "label", "small", "span", "strong", "sub", "sup", "wbr"}
_REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form")


def read(html: str) -> Element:
    """The page's tree; AssertionError where it is not what every page has to be."""
    page = parse(html)
    wrong = list(faults(page))
    assert not wrong, "\n".join(wrong)
    return page


def parse(html: str) -> Element:
    """The tree of valid HTML; AssertionError names the first mistake and its place."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    page: Element = parser.parse(html)
    lines = html.splitlines()
    mistakes = [
        f"{code} at {at}: {lines[min(at[0], len(lines)) - 1].strip()[:160]}" for at, code, _ in parser.errors
    ]
    assert not mistakes, "\n".join(mistakes)
    return page


def faults(page: Element) -> Iterator[str]:
    """What a valid page still lacks, one line each."""
    if not text(page.find(".//title")):
        yield "no title"
    headings = page.findall(".//h1")
    if len(headings) != 1 or not text(headings[0]):
        yield f"{len(headings)} h1 with text, not one"
    if not page.get("lang"):
        yield "no lang"
    ids = Counter(element.get("id", "") for element in page.iter() if "id" in element.attrib)
    yield from (f"id {id!r} {count} times" for id, count in ids.items() if count > 1 or not id)
    for element in page.iter():
        yield from _faults_of(element, page, ids)


def text(element: Element | None) -> str:
    """An element's text as it is seen: blocks and cells apart, runs of spaces made one."""
    return " ".join("".join(_pieces(element)).split()) if element is not None else ""


def _pieces(element: Element) -> Iterator[str]:
    apart = "" if element.tag in _INLINE else " "
    yield from (apart, element.text or "")
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield apart


def _faults_of(element: Element, page: Element, ids: Counter[str]) -> Iterator[str]:
    shown = f"<{element.tag} {' '.join(f'{name}={value!r}' for name, value in element.attrib.items())[:120]}>"
    for name in _REFERENCES:
        yield from (f"{shown}: {name} names no id" for id in element.get(name, "").split() if id not in ids)
    if any(name == "style" or name.startswith("on") for name in element.attrib):
        yield f"{shown}: inline style or script, which the policy forbids"
    if element.tag == "img" and "alt" not in element.attrib:
        yield f"{shown}: no alt"
    if element.tag == "a" and not (element.get("href") and (text(element) or element.get("aria-label"))):
        yield f"{shown}: a link without address or text"
    if element.tag == "button" and not (text(element) or element.get("aria-label")):
        yield f"{shown}: a button without a name"
    if _wants_label(element) and not _has_label(element, page):
        yield f"{shown}: an input without a label"


def _wants_label(element: Element) -> bool:
    if element.tag == "input":
        return element.get("type", "text") not in _NAMELESS
    return element.tag in ("select", "textarea") and "hidden" not in element.attrib


def _has_label(element: Element, page: Element) -> bool:
    if element.get("aria-label") or element.get("aria-labelledby"):
        return True
    labels = page.findall(".//label")
    named = [
        label for label in labels if element in label.iter() or label.get("for") == element.get("id", "-")
    ]
    return any(text(label) for label in named)
