"""Which fields of a document are answered, and in which order documents are sorted.

https://www.mongodb.com/docs/manual/reference/method/db.collection.find/#projection
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from service.embedded.errors import CommandError, bad_value, not_supported
from service.embedded.matching import element_test, position
from service.embedded.values import EMPTY_ARRAY_IN_INDEX, MISSING, NULL_KEY, Document, Key, key_of, leaves

Project = Callable[[Document], Document]
Tree = dict[str, Any]  # a field leads to True (the whole of it) or to the tree of its own fields


def projection(specification: Any, query: Document) -> Project | None:
    """What find's projection makes of a document; None where that is the document itself. CommandError."""
    if not specification:
        return None
    if type(specification) is not dict:
        raise bad_value("projection must be an object")
    plain = {
        name: value for name, value in specification.items() if _is_flag(value) and not name.endswith(".$")
    }
    special = {name: value for name, value in specification.items() if name not in plain}
    including = any(plain[name] for name in plain if name != "_id") or any(
        name.endswith(".$") or "$elemMatch" in _operators(value) for name, value in special.items()
    )
    if not including and set(plain) == {"_id"} and plain["_id"] and not special:
        including = True
    parts = [_special(name, value, query) for name, value in special.items()]
    base = selection({**plain, **({_bare(name): True for name in special} if including else {})}, including)

    def project(document: Document) -> Document:
        chosen = base(document)
        for part in parts:
            part(document, chosen)
        return chosen

    return project


def selection(flags: dict[str, Any], including: bool) -> Project:
    """Keeps the named fields (and `_id`), or all but them. CommandError: a mixture, or colliding paths."""
    id_flag = flags.get("_id", True)
    fields = {name: value for name, value in flags.items() if name != "_id"}
    if any(bool(value) != including for value in fields.values()):
        raise CommandError(31254, "Cannot do exclusion in inclusion projection, or the other way round")
    tree = _tree(fields)
    if bool(id_flag) == including:
        tree["_id"] = True
    keep = _included if including else _excluded
    return lambda document: keep(document, tree)


def sorted_by(documents: Iterable[Document], specification: Any) -> list[Document]:
    """The documents in the order of {"field": 1 or -1, …}; documents that tie keep their order."""
    ordered = list(documents)
    for name, direction in reversed(sort_fields(specification)):
        parts = tuple(name.split("."))
        ordered.sort(key=_sort_key(parts, direction), reverse=direction < 0)
    return ordered


def sort_fields(specification: Any) -> list[tuple[str, int]]:
    """[(field, 1 or -1)] of a sort document. CommandError where it is none."""
    if type(specification) is not dict:
        raise bad_value("the sort must be an object")
    for name, direction in specification.items():
        if type(direction) is dict:
            raise not_supported("a sort by $meta")
        if isinstance(direction, bool) or not isinstance(direction, (int, float)) or direction not in (1, -1):
            raise CommandError(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)")
        if not name or name.startswith("$"):
            raise CommandError(16410, "a sort field may not be empty or begin with $")
    return [(name, int(direction)) for name, direction in specification.items()]


def _sort_key(parts: tuple[str, ...], direction: int) -> Callable[[Document], Key]:
    """An array sorts by its smallest element going up, its largest going down; an empty one before null."""
    choose = min if direction > 0 else max

    def key(document: Document) -> Key:
        keys = []
        for leaf in leaves(document, parts):
            keys += _element_keys(leaf) if type(leaf) is list else [key_of(leaf)]
        return choose(keys, default=NULL_KEY)

    return key


def _element_keys(array: list[Any]) -> list[Key]:
    return [key_of(element) for element in array] or [EMPTY_ARRAY_IN_INDEX]


def _is_flag(value: Any) -> bool:
    return isinstance(value, (bool, int, float))


def _operators(value: Any) -> Document:
    return value if type(value) is dict else {}


def _bare(name: str) -> str:
    return name.removesuffix(".$")


def _special(name: str, value: Any, query: Document) -> Callable[[Document, Document], None]:
    parts = tuple(_bare(name).split("."))
    if name.endswith(".$"):
        return lambda document, chosen: _only_matching(document, chosen, query, parts)
    if set(_operators(value)) == {"$elemMatch"}:
        return _first_element(name, value["$elemMatch"])
    if set(_operators(value)) == {"$slice"}:
        return _sliced(parts, value["$slice"])
    raise not_supported("a computed field in find's projection")


def _only_matching(document: Document, chosen: Document, query: Document, parts: tuple[str, ...]) -> None:
    index = position(query, document, parts)
    if index is None:
        raise bad_value(
            "Executor error: positional operator '.$' couldn't find a matching element in the array"
        )
    _replace_array(chosen, parts, lambda array: array[index : index + 1])


def _first_element(name: str, operand: Any) -> Callable[[Document, Document], None]:
    test = element_test(operand)

    def choose(document: Document, chosen: Document) -> None:
        array = document.get(name)
        found = [element for element in array if test(element)] if type(array) is list else []
        if found:
            chosen[name] = found[:1]
        else:
            chosen.pop(name, None)

    return choose


def _sliced(parts: tuple[str, ...], operand: Any) -> Callable[[Document, Document], None]:
    skip, count = operand if type(operand) is list and len(operand) == 2 else (None, operand)
    if not all(type(number) is int for number in (skip or 0, count)) or (skip is not None and count <= 0):
        raise CommandError(28667, "$slice takes a whole number, or how many to skip and a positive limit")

    def part(array: list[Any]) -> list[Any]:
        if skip is None:
            return array[:count] if count >= 0 else array[count:]
        start = skip if skip >= 0 else max(0, len(array) + skip)
        return array[start : start + count]

    return lambda document, chosen: _replace_array(chosen, parts, part)


def _replace_array(
    chosen: Document, parts: tuple[str, ...], change: Callable[[list[Any]], list[Any]]
) -> None:
    holder: Any = chosen
    for part in parts[:-1]:
        inner = holder.get(part, MISSING) if type(holder) is dict else MISSING
        if type(inner) is not dict:
            return
        holder[part] = dict(inner)  # what `chosen` shares with the stored document stays as it is
        holder = holder[part]
    if type(holder.get(parts[-1])) is list:
        holder[parts[-1]] = change(holder[parts[-1]])


def _tree(paths: Iterable[str]) -> Tree:
    tree: Tree = {}
    for path in paths:
        *holders, last = path.split(".")
        if not all((*holders, last)) or last.startswith("$"):
            raise bad_value("a projected path may not be empty or begin with $")
        node = tree
        for part in holders:
            node = node.setdefault(part, {})
            if node is True:
                raise CommandError(31249, "Path collision in a projection")
        if last in node:
            raise CommandError(31250, "Path collision in a projection")
        node[last] = True
    return tree


def _included(value: Document, tree: Tree) -> Document:
    chosen: Document = {}
    for name, inner in value.items():
        branch = tree.get(name)
        if branch is True:
            chosen[name] = inner
        elif branch and type(inner) is dict:
            chosen[name] = _included(inner, branch)
        elif branch and type(inner) is list:
            chosen[name] = _included_elements(inner, branch)
    return chosen


def _included_elements(array: list[Any], tree: Tree) -> list[Any]:
    return [
        _included(element, tree) if type(element) is dict else _included_elements(element, tree)
        for element in array
        if type(element) in (dict, list)
    ]


def _excluded(value: Document, tree: Tree) -> Document:
    return {
        name: _without(inner, tree.get(name)) for name, inner in value.items() if tree.get(name) is not True
    }


def _without(value: Any, tree: Tree | None) -> Any:
    if tree and type(value) is dict:
        return _excluded(value, tree)
    if tree and type(value) is list:
        return [_without(element, tree) for element in value]
    return value
