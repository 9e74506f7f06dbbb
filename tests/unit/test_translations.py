"""Every text of code and templates is translated, and every text that people read can be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from jinja2 import Environment, nodes

from tests import messages
from tests.messages import ROOT, forms

CATALOGUES = sorted(messages.catalogues())
#: Functions whose arguments are texts that are extracted.
MARKS = {"_", "_n", "pgettext", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"}
#: Letters and beginnings that only Spanish texts here have.
SPANISH = re.compile(
    r"[áéíóúñÁÉÍÓÚ¿¡]|\b(el|la|los|las|del?|una?|con|para|por|que|se|su|sin|ya) [a-z]"
    r"|^[A-Z][a-z]+ [a-z ]+[.:]$"
)
#: Files whose Spanish the program reads; what other programs or processes say; the invented centre; the last
#: resort.
READ = ("columns.py", "words.py", "cells.py", "persons.py")
APART = ("embedded", "processes", "ops", "demo", "__main__.py", "config.py", "pdf.py")
BARE_PAGE = "<!doctype html>"
#: What stands on keys and in both languages.
SAME_IN_BOTH = {"Ctrl", "Enter", "Esc", "Tab"}
PARAMETER = re.compile(r"%\((\w+)\)s|%%|%")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return messages.extracted()


def parameters(text: str) -> set[str]:
    """The names of a text's parameters; "%" for a percent sign that is not written twice."""
    found = (match.group(1) or match.group() for match in PARAMETER.finditer(text))
    return {name for name in found if name != "%%"}


def all_texts(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_there_are_catalogues_and_texts(texts: Catalog) -> None:
    assert [path.name for path in CATALOGUES] == ["en.po"]
    assert len(texts) > 800


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_a_translation_has_the_parameters_of_its_text(path: Path) -> None:
    for message in all_texts(messages.read(path)):
        wanted = set.union(*(parameters(form) for form in forms(message.id)))
        for form in forms(message.string):
            assert "%" not in parameters(form), message.id
            assert parameters(form) <= wanted, message.id
        assert set.union(*(parameters(form) for form in forms(message.string))) == wanted, message.id


def test_a_percent_sign_in_a_text_is_written_twice(texts: Catalog) -> None:
    assert [message.id for message in all_texts(texts) if "%" in parameters(forms(message.id)[0])] == []


def code_files() -> list[Path]:
    found = (path for folder in ("service", "workers") for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if path.name not in READ and not set(APART) & set(path.parts))


def unmarked(path: Path) -> Iterator[str]:
    """Texts of a file that nothing extracts, docstrings apart."""
    tree = ast.parse(path.read_text("utf-8"))
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            marked |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        elif isinstance(node, ast.Expr) or (isinstance(node, ast.keyword) and node.arg == "help"):
            marked.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in marked:
            yield node.value


def put_together(path: Path) -> Iterator[str]:
    """Sentences of a file that are f-strings, which nothing can translate."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            pieces = [str(piece.value) if isinstance(piece, ast.Constant) else "{}" for piece in node.values]
            if re.search(r"[a-zñáéíóú]{2,} [a-zñáéíóú]{2,}", "".join(pieces)):
                yield "".join(pieces)


@pytest.mark.parametrize("path", code_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_in_code_is_left_out(path: Path) -> None:
    found = [text for text in unmarked(path) if SPANISH.search(text) and not text.startswith(BARE_PAGE)]
    assert [*found, *put_together(path)] == []


def template_files() -> list[Path]:
    found = (path for path in (ROOT / "templates").rglob("*") if path.is_file() and path.suffix != ".css")
    return sorted(found)


@pytest.mark.parametrize("path", template_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_in_a_template_is_left_out(path: Path) -> None:
    """Between tags, and in the attributes that are read out, stand only expressions."""
    tokens = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).lex(path.read_text("utf-8"))
    plain = "".join(text if kind == "data" else "\0" for _, kind, text in tokens)
    plain = re.sub(r"<style>.*?</style>", "", plain, flags=re.DOTALL)
    between = re.findall(r">([^<>\0]*[^\W\d_]{3}[^<>\0]*)", plain)
    spoken = re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"\0]*[^\W\d_]{3}[^"\0]*)"', plain)
    assert {text.strip() for text in (*between, *spoken)} - SAME_IN_BOTH == set()


IMPORT = re.compile(r'{% from "macros/([^"]+)" import [^%]*%}')
#: Files of macros that somebody imports without the context.
SHARED = {
    match[1]
    for path in (ROOT / "templates").rglob("*.html")
    for match in IMPORT.finditer(path.read_text("utf-8"))
    if " with context " not in match[0]
}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_no_macro_keeps_the_first_readers_language(name: str) -> None:
    """What stands outside of a macro is worked out once, unless it is imported `with context`."""
    source = (ROOT / "templates" / "macros" / name).read_text("utf-8")
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source)
    outside = [node for node in tree.body if not isinstance(node, nodes.Macro)]
    calls = [call for node in outside for call in node.find_all(nodes.Call)]
    assert not [call for call in calls if getattr(call.node, "name", "") in ("_", "gettext", "ngettext")]
