"""Templates say no more than they need: what one takes from another is used, and every macro is drawn
somewhere.
"""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
IMPORT = re.compile(r"\{%-? *from +\S+ +import +(.+?)(?: +with +context)? *-?%\}")
MACRO = re.compile(r"\{%-? *macro +(\w+)")
ALL = "\n".join(path.read_text() for path in TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_what_is_imported_or_defined_is_used(template: Path) -> None:
    text = template.read_text()
    code = " ".join(re.findall(r"\{[{%].+?[%}]\}", IMPORT.sub("", text), flags=re.S))
    taken = [name.split()[-1] for names in IMPORT.findall(text) for name in names.split(",")]
    assert [name for name in taken if not re.search(rf"\b{name}\b", code)] == []
    defined = MACRO.findall(text)
    assert [name for name in defined if len(re.findall(rf"\b{name}\(", ALL)) < 2] == []
