"""What a browser sent for a form, in the shape that a schema loads. Pure: any multidict will do, no request.

A browser sends flat names and strings: "document.number", "relationships.clients.0.kind". Here they become
nested dictionaries and lists, as JSON would have them. Names that the schema does not know (buttons, tokens,
search texts) are left out; strings are left as they were typed, the schema cleans and checks them.

- A name sent twice counts with its last value, so a checkbox follows a hidden field that says "false".
- A list is sent as rows with numbers; a row in which nothing was typed is dropped. The list's own bare name
  with no value says "there is a list, even if no row follows", so that the last row can be taken away.
- What is chosen (a currency, a type of document, a checkbox) always has some value; so a group or a row
  counts as blank when nothing was *typed* in it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from marshmallow import Schema, fields

_ROW = re.compile(r"[0-9]{1,4}", re.ASCII)
#: Parts of a field that is one value to the schema and two inputs to a person (MoneyField).
_CHOSEN_PARTS = {"currency"}


class Multidict(Protocol):
    """What is needed of a form's data: werkzeug's MultiDict has it."""

    def __iter__(self) -> Iterator[str]: ...

    def getlist(self, key: str, /) -> list[str]: ...


def typed_values(data: Multidict, schema: Schema) -> dict[str, Any]:
    """What was typed, nested, blanks and mistakes included: to show a form again."""
    return _shaped_fields(_tree(data), schema)


def loadable(values: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Typed values as `schema.load` takes them.

    Blank is None where the field takes None or asks for a value (so that it complains in a partial load too);
    elsewhere a blank field is left out.
    """
    out: dict[str, Any] = {}
    for name, field in input_fields(schema).items():
        if name not in values:
            continue
        if not _is_blank(values[name], field):
            out[name] = _loadable(values[name], field)
        elif field.required or field.allow_none:
            out[name] = None
    return out


def input_fields(schema: Schema) -> dict[str, fields.Field[Any]]:
    """The fields that can be sent, by the name they are sent under."""
    return {field.data_key or name: field for name, field in schema.load_fields.items()}


def part_schema(field: fields.Field[Any]) -> Schema | None:
    """The schema of a nested field or of a list's rows; None for a single value."""
    inner = field.inner if isinstance(field, fields.List) else field
    return inner.schema if isinstance(inner, fields.Nested) else None


def is_rows(field: fields.Field[Any]) -> bool:
    """Whether a field is a list of nested rows."""
    many = isinstance(field, fields.Nested) and field.many
    return many or (isinstance(field, fields.List) and part_schema(field) is not None)


def _tree(data: Multidict) -> dict[str, Any]:
    """Dotted names as a tree; each leaf is the list of values sent under its name."""
    tree: dict[str, Any] = {}
    for name in data:
        *path, last = name.split(".")
        node = tree
        for step in path:
            if not isinstance(node.get(step), dict):
                node[step] = {}
            node = node[step]
        # A list's bare name may come before its rows or after them: the rows win.
        if not isinstance(node.get(last), dict):
            node[last] = [value.replace("\r\n", "\n") for value in data.getlist(name)]
    return tree


def _shaped_fields(tree: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    known = input_fields(schema)
    return {name: _shaped(sent, known[name]) for name, sent in tree.items() if name in known}


def _shaped(sent: Any, field: fields.Field[Any]) -> Any:
    inner = part_schema(field)
    if inner is not None and is_rows(field):
        rows = sent if isinstance(sent, dict) else {}
        numbers = sorted((number for number in rows if _ROW.fullmatch(number)), key=int)
        shaped = [_shaped_fields(rows[number], inner) for number in numbers if isinstance(rows[number], dict)]
        return [row for row in shaped if not _is_blank_group(row, inner)]
    if isinstance(sent, dict):
        if inner is not None:
            return _shaped_fields(sent, inner)
        return {name: values[-1] for name, values in sent.items() if isinstance(values, list)}
    if isinstance(field, fields.List):
        return [value for value in sent if value.strip()]
    return sent[-1]


def _loadable(value: Any, field: fields.Field[Any]) -> Any:
    inner = part_schema(field)
    if inner is not None and isinstance(value, list):
        return [loadable(row, inner) for row in value]
    if inner is not None and isinstance(value, dict):
        return loadable(value, inner)
    return value


def _is_blank(value: Any, field: fields.Field[Any]) -> bool:
    inner = part_schema(field)
    if isinstance(value, dict):
        if inner is not None:
            return _is_blank_group(value, inner)
        return all(not text.strip() for name, text in value.items() if name not in _CHOSEN_PARTS)
    return isinstance(value, str) and not value.strip()


def _is_blank_group(values: Mapping[str, Any], schema: Schema) -> bool:
    known = input_fields(schema)
    return all(_is_blank(value, known[name]) for name, value in values.items() if not _is_chosen(known[name]))


def _is_chosen(field: fields.Field[Any]) -> bool:
    return isinstance(field, fields.Boolean) or "choices" in field.metadata
