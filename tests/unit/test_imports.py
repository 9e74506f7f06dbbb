"""Imports run one way, and each room keeps to its own tools (docs/architecture.md)."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"wsgi", "service", "aggregations", "workers"}
FILES = [
    file for room in OURS for file in [ROOT / f"{room}.py", *(ROOT / room).rglob("*.py")] if file.exists()
]

#: What each room may import of ours, besides itself. A module's room is the longest name that fits.
MAY_IMPORT = {
    "aggregations": set[str](),
    "service.texts": set[str](),
    "service.errors": {"service.texts"},
    "service.domain": {"service.errors", "service.texts"},
    "service.schemas": {"service.domain", "service.errors", "service.texts"},
    "service.embedded": set[str](),
    "service.config": {"service.embedded.place", "service.processes.valkey"},
    "service.clock": {"service.config"},
    "service.database": {"service.config"},
    "service.documents": {
        "aggregations",
        "service.config",
        "service.database",
        "service.domain",
        "service.errors",
        "service.schemas",
        "service.texts",
    },
    "service": OURS - {"workers", "wsgi"},
    "workers": OURS - {"wsgi"},
    "wsgi": {"service"},
}
WEB, QUEUE, STORE = {"flask"}, {"rq", "redis"}, {"pymongo", "bson", "mongomock"}
#: What each room may not import of others.
MAY_NOT_USE = {
    "aggregations": WEB | QUEUE | STORE,
    "service.texts": WEB | QUEUE | STORE,
    "service.domain": WEB | QUEUE | STORE,
    "service.schemas": WEB | QUEUE | STORE,
    "service.documents": WEB | QUEUE,
    "service.blueprints": {"rq"},
    "service.embedded": WEB | QUEUE,
}
#: Where the store may be reached; elsewhere only its errors may be named.
STORE_ROOMS = ("service.documents", "service.database", "service.embedded")
#: Rooms that are told the time.
NO_CLOCK = (
    "aggregations",
    "service.domain",
    "service.schemas",
    "service.documents",
    "service.errors",
    "service.texts",
)
CLOCK = re.compile(
    r"\b(datetime\.(utc)?now|date\.today|time\.time|pendulum\.(now|today)|system_now|calendar_now)\("
)
#: Parts of what we chose, pinned with it.
COME_ALONG = {"babel", "click", "jinja2", "jwt", "markupsafe", "reportlab", "werkzeug"}


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


def within(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def room_of(module: str, rooms: dict[str, set[str]]) -> str:
    return max((room for room in rooms if within(module, room)), key=len, default="")


def imports_of(file: Path, top_level_only: bool = False) -> Iterator[str]:
    """What a file imports: `from a import b` is a.b where that is a module of ours, else a."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)


def code_of(module: str) -> str:
    """The module's code without its comments."""
    return ast.unparse(ast.parse(MODULES[module].read_text("utf-8")))


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 50
    assert {module.split(".")[0] for module in MODULES} == OURS
    assert all(room_of(module, MAY_IMPORT) for module in MODULES)


def test_imports_run_one_way() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module in MODULES
        for room in [room_of(module, MAY_IMPORT)]
        for imported in imports_of(MODULES[module])
        if imported.split(".")[0] in OURS and not within(imported, room, *MAY_IMPORT[room])
    ]
    assert wrong == []


def test_each_room_keeps_to_its_tools() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module in MODULES
        for imported in imports_of(MODULES[module])
        if imported.split(".")[0] in MAY_NOT_USE.get(room_of(module, MAY_NOT_USE), set())
    ]
    assert wrong == []


def test_only_documents_read_and_write_the_store() -> None:
    elsewhere = [module for module in MODULES if not within(module, *STORE_ROOMS)]
    wrong = [
        f"{module} imports {imported}"
        for module in elsewhere
        for imported in imports_of(MODULES[module])
        if imported.split(".")[0] in STORE and imported != "pymongo.errors"
    ]
    wrong += [f"{module} aggregates" for module in elsewhere if ".aggregate(" in code_of(module)]
    assert wrong == []


def test_pages_and_api_do_not_import_each_other() -> None:
    pages, api = "service.blueprints.pages", "service.blueprints.api"
    wrong = [
        f"{module} imports {imported}"
        for one, other in ((pages, api), (api, pages))
        for module in MODULES
        if within(module, one)
        for imported in imports_of(MODULES[module])
        if within(imported, other)
    ]
    assert wrong == []


def test_nothing_below_the_edges_reads_a_clock() -> None:
    wrong = [module for module in MODULES if within(module, *NO_CLOCK) and CLOCK.search(code_of(module))]
    assert wrong == []


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {
        module: set(imports_of(MODULES[module], top_level_only=True)) & set(MODULES) for module in MODULES
    }
    under_way: dict[str, bool] = {}

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert not under_way.get(module), f"a circle: {' → '.join([*way, module])}"
        if module not in under_way:
            under_way[module] = True
            for imported in graph[module]:
                walk(imported, (*way, module))
            under_way[module] = False

    for module in graph:
        walk(module, ())


def test_every_package_that_we_import_is_one_that_we_chose() -> None:
    chosen = {_normal(line) for line in _requirements("requirements.in")}
    distributions = packages_distributions()
    files = [*FILES, *(file for room in ("tests", "bench") for file in (ROOT / room).rglob("*.py"))]
    tops = {imported.split(".")[0] for file in files for imported in imports_of(file)}
    others = tops - set(sys.stdlib_module_names) - OURS - COME_ALONG - {"tests", "bench"}
    wrong = [top for top in others if not {_normal(name) for name in distributions.get(top, [top])} & chosen]
    assert wrong == []


def test_everything_chosen_is_pinned_exactly() -> None:
    pins = dict(line.split("==") for line in _requirements("requirements.txt"))
    assert {_normal(line) for line in _requirements("requirements.in")} <= {_normal(name) for name in pins}


def _requirements(name: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    return [line for line in lines if line]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
