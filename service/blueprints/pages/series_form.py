"""What a new session's form says about repeating it: its data, and each conflict with what was chosen for it.

Nothing is written while one of them is undecided (documents.series); the form comes back with all of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from service import current
from service.blueprints.pages import day
from service.documents import series
from service.documents.store import Document
from service.errors import Conflict, InvalidInput
from service.schemas.form import Form
from service.schemas.form_field import FormField
from service.schemas.form_input import loadable
from service.schemas.series_form import DECISIONS, NewSessionFormSchema, load_series

#: The form's field that says whether there is a series at all.
REPEATS = "repeat.every_weeks"


class Row(NamedTuple):
    """A session of the series that something is in the way of, as the form asks about it.

    `messages` say what is in its way where it would be now, `free` are (start, end) of the same day.
    """

    field: FormField
    day: str
    hours: tuple[datetime, datetime] | None
    messages: Sequence[str]
    free: Sequence[tuple[str, str]]


class Shown(NamedTuple):
    """The form, the rows that it asks about, how many sessions the series has (0 while that is unclear), and
    the local day of its last.
    """

    form: Form
    rows: Sequence[Row] = ()
    length: int = 0
    last: str = ""

    @property
    def context(self) -> dict[str, Any]:
        """What templates/pages/sessions/series_rows.html takes besides the form."""
        return {"series_rows": self.rows, "series_length": self.length, "series_last": self.last}


def is_wanted(fields: Mapping[str, str]) -> bool:
    """Whether the form repeats its session."""
    return bool(fields.get(REPEATS))


def load(fields: MultiDict[str, str]) -> dict[str, Any]:
    """The series as documents.series takes it; InvalidInput names every field that is wrong."""
    return load_series(Form.decode(fields, NewSessionFormSchema()), current.settings().zone)


def again(
    fields: MultiDict[str, str], error: InvalidInput | Conflict | None = None, messages: Any = None
) -> Shown:
    """The form as it was typed, with a row for each session that is in conflict or was decided about."""
    form = Form.typed(NewSessionFormSchema(), fields, messages)
    typed = [row for row in form.values.get(DECISIONS) or [] if row.get("local_date")]
    if not is_wanted(fields):
        return Shown(form)
    data, items = _previewed(form)
    chosen = {row["local_date"]: row for row in [*data.get(DECISIONS, ()), *typed]}
    asked = [item for item in items if item["conflicts"] or chosen.get(item["local_date"], {}).get("action")]
    free = {item["local_date"]: day.free(_wanted(data, item), item["local_date"]) for item in asked}
    rows = [_row(item["local_date"], chosen.get(item["local_date"]), free) for item in asked]
    if not items:
        rows = typed
    numbers = {row["local_date"]: number for number, row in enumerate(rows)}
    said = _renumbered(form.errors, typed, numbers)
    if isinstance(error, Conflict) and typed:
        said |= _undecided(error, rows, numbers)
    form = Form(form.schema, {**form.values, DECISIONS: rows}, said)
    by_day = {item["local_date"]: item for item in items}
    return Shown(
        form,
        [
            _shown(field, by_day.get(row["local_date"]), row["local_date"], free.get(row["local_date"], ()))
            for field, row in zip(form.rows(DECISIONS), rows, strict=True)
        ],
        len(items),
        items[-1]["local_date"] if items else "",
    )


def _previewed(form: Form) -> tuple[dict[str, Any], list[Document]]:
    """The series as far as it can be read, without decisions that cannot; nothing where it cannot."""
    values, zone = loadable(form.values, form.schema), current.settings().zone
    for decisions in (values.get(DECISIONS), None):
        try:
            data = load_series({**values, DECISIONS: decisions}, zone)
            return data, series.preview(current.db(), data, current.now(), zone)["items"]
        except (InvalidInput, Conflict):
            continue
    return {}, []


def _wanted(data: Mapping[str, Any], item: Document) -> Document:
    """The session of an item as the free hours of its day are looked for."""
    return {**data, **{name: datetime.fromisoformat(item[name]) for name in ("starts_at", "ends_at")}}


def _row(
    day: str, typed: Mapping[str, Any] | None, free: Mapping[str, Sequence[tuple[str, str]]]
) -> Document:
    """What the form has in it for a day: what was chosen, and a free hour where none was."""
    row = {"action": "", "reason": "", "starts": "", **(typed or {}), "local_date": day}
    return row if row["starts"] or not free[day] else {**row, "starts": free[day][0][0]}


def _renumbered(
    errors: Mapping[str, Any], typed: Sequence[Document], numbers: Mapping[str, int]
) -> dict[str, Any]:
    """Messages about rows under the numbers that these have now."""
    said = {name: messages for name, messages in errors.items() if not name.startswith(f"{DECISIONS}.")}
    for name in errors.keys() - said.keys():
        _list, number, field = name.split(".", 2)
        local_date = typed[int(number)]["local_date"]
        if local_date in numbers:
            said[f"{DECISIONS}.{numbers[local_date]}.{field}"] = errors[name]
    return said


def _undecided(error: Conflict, rows: Sequence[Document], numbers: Mapping[str, int]) -> dict[str, Any]:
    """What is still to be said about the sessions that could not be written."""
    said = {}
    for item in error.in_the_way:
        number = numbers.get(item.get("local_date", ""))
        if number is not None and rows[number]["action"] == "move":
            said[f"{DECISIONS}.{number}.starts"] = [_("A esa hora también hay algo. Elija otra.")]
        elif number is not None:
            said[f"{DECISIONS}.{number}.action"] = [_("Elija qué hacer con esta cita.")]
    return said


def _shown(field: FormField, item: Document | None, day: str, free: Sequence[tuple[str, str]]) -> Row:
    if item is None:
        return Row(field, day, None, (), free)
    start, end = (datetime.fromisoformat(item[name]) for name in ("starts_at", "ends_at"))
    return Row(field, day, (start, end), [conflict["message"] for conflict in item["conflicts"]], free)
