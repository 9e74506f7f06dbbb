"""`make` alone lists the targets, and what they start exists."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_make_alone_lists_every_target() -> None:
    make = shutil.which("make")
    if not make:
        pytest.skip("no make on this machine")
    listed = subprocess.run([make, "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    for target in phony.group(1).split():
        assert re.search(rf"^  make {target} +\w", listed, re.MULTILINE), target
    assert {"run", "test", "lint", "bench", "import"} <= set(phony.group(1).split())


def test_each_module_that_a_target_starts_exists() -> None:
    modules = re.findall(r"\$\(PYTHON\) -m (\S+)", MAKEFILE)
    assert modules
    for module in modules:
        assert importlib.util.find_spec(module), module
