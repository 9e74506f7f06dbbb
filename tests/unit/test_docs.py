"""What the documents name is there: files, links, functions, make targets and commands; and what is looked up
in them is named in them.
"""

import importlib
import re
from pathlib import Path

import click
import pytest
from flask import Flask

from service import cli
from tests.conftest import ROOT

DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
TREES = ("service", "aggregations", "workers", "templates", "tests", "bench", "docs", ".ci")
FILES = [f"/{path.relative_to(ROOT)}" for tree in TREES for path in (ROOT / tree).rglob("*")]
FILES += [f"/{path.name}" for path in ROOT.iterdir()]
#: Where a dotted name may begin: `documents.months.figures`, `pages.undo.offer`.
PACKAGES = ("", "service.", "service.blueprints.")
#: What is there only once a program runs.
MADE = ("var/", "var-demo/", "wheels/", "outbox/")

named = pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))


def code(doc: Path) -> list[str]:
    """What stands between backticks, in a line."""
    text = re.sub(r"^```.*?^```", "", doc.read_text(), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", text)


@named
def test_every_link_leads_to_a_file(doc: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", doc.read_text())
    assert [link for link in links if not (doc.parent / link).exists()] == []


@named
def test_every_file_that_is_named_is_there(doc: Path) -> None:
    """By the end of its path: `pages/year_graphs.py`. A star stands for one file or more."""
    paths = [
        word for said in code(doc) for word in re.findall(r"[\w*./-]+\.(?:py|html|js|css|md|po)\b", said)
    ]
    paths += [said for said in code(doc) if re.fullmatch(r"\.?[a-z_]+/[\w/-]*", said)]
    missing = [path for path in paths if not path.startswith(MADE) and not is_there(path.rstrip("/"))]
    assert missing == []


def is_there(path: str) -> bool:
    pattern = re.escape(f"/{path}").replace(r"\*", "[^/]*")
    return any(re.search(f"{pattern}$", file) for file in FILES)


@named
def test_every_function_that_is_named_is_there(doc: Path) -> None:
    """Dotted names that begin with one of our own packages."""
    dotted = [said.split("(")[0] for said in code(doc) if re.fullmatch(r"[a-z]\w*(\.\w+)+(\(.*\))?", said)]
    assert [name for name in dotted if is_ours(name) and not resolves(name)] == []


def is_ours(name: str) -> bool:
    first = name.split(".")[0]
    return any((ROOT / package.replace(".", "/") / first / "__init__.py").exists() for package in PACKAGES)


def resolves(name: str) -> bool:
    """Whether it is a module, or what a module has."""
    return any(is_module(package + name) or is_attribute(package + name) for package in PACKAGES)


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def is_attribute(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    return is_module(module) and hasattr(importlib.import_module(module), attribute)


@named
def test_every_make_target_and_command_that_is_named_is_there(doc: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    said = " ".join(re.findall(r"`[^`]+`|^```.*?^```", doc.read_text(), flags=re.M | re.S))
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", said)) - targets == set()
    asked = re.findall(r"flask --app wsgi ([a-z-]+)(?: ([a-z-]+))?", said)
    assert [words for words in asked if not is_command(*words)] == []


def is_command(name: str, part: str) -> bool:
    app = Flask("docs")
    cli.register(app)
    command = app.cli.commands.get(name)
    return part in command.commands if isinstance(command, click.Group) and part else command is not None


@pytest.mark.parametrize(
    ("doc", "folder"),
    [
        ("architecture", "service/*.py"),
        ("architecture", "service/documents/*.py"),
        ("figures", "aggregations/*.py"),
        ("pages", "templates/macros/*.html"),
    ],
)
def test_every_file_of_these_is_named_where_one_looks_for_it(doc: str, folder: str) -> None:
    """Each beside those of its subject: what is named nowhere is found by nobody."""
    words = {word for said in code(ROOT / f"docs/{doc}.md") for word in re.findall(r"\w+", said)}
    unnamed = [path.name for path in ROOT.glob(folder) if path.stem not in {*words, "__init__"}]
    assert unnamed == [], f"write them into docs/{doc}.md: {unnamed}"
