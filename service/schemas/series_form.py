"""A new session's form with what repeats it: how often, until when, what to do about each conflict.

Where nothing repeats, it is a session's form as any other.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from service.domain.months import at
from service.domain.series import local_days
from service.errors import InvalidInput
from service.schemas.clients import ClientSchema
from service.schemas.fields import Choice, LocalDate, StrictSchema, Text
from service.schemas.loading import load
from service.schemas.series import RepeatSchema
from service.schemas.session_form import SessionFormSchema, WallTime, load_form
from service.texts import _

REPEAT, DECISIONS, NEW_CLIENT = "repeat", "decisions", "new_client"
EVERY = [("", _("No")), ("1", _("Cada semana")), ("2", _("Cada dos semanas"))]
ACTIONS = [("skip", _("Omitir")), ("move", _("Mover")), ("overbook", _("Registrar igual"))]
_OTHER = (REPEAT, DECISIONS, NEW_CLIENT)
#: What a session's form asks and a series does not take: each session's own end decides its status.
_NOT_OF_A_SERIES = ("status", "charge", "overbooking_reason")
_NEEDED = {
    "move": ("starts", _("Escriba a qué hora se mueve.")),
    "overbook": ("reason", _("Escriba el motivo del sobrecupo.")),
}


class RepeatFormSchema(StrictSchema):
    """How often, and either how many times or until which day (inclusive)."""

    every_weeks = Choice(EVERY, load_default="", metadata={"label": _("Repetir")})
    count = fields.String(
        metadata={
            "label": _("Número de citas"),
            "input": "text",
            "inputmode": "numeric",
            "autocomplete": "off",
        }
    )
    until = LocalDate(metadata={"label": _("o hasta el día"), "input": "date"})


class DecisionFormSchema(StrictSchema):
    """What to do with the session that the series has on a local day."""

    local_date = LocalDate(required=True, metadata={"input": "hidden"})
    action = Choice(ACTIONS, load_default="", metadata={"label": _("Qué hacer")})
    starts = WallTime(metadata={"label": _("Nueva hora"), "input": "time"})
    reason = Text(longest=200, metadata={"label": _("Motivo del sobrecupo")})


def new_client_schema() -> ClientSchema:
    """What is asked of a client who is registered with a session; the rest can be completed later."""
    return ClientSchema(only=("given_names", "family_names", "document", "phone", "birth_date"))


class NewSessionFormSchema(SessionFormSchema):
    """The form of a new session, or of a series; perhaps of its client too."""

    new_client = fields.Nested(new_client_schema, metadata={"label": _("Nuevo cliente")})
    repeat = fields.Nested(RepeatFormSchema)
    decisions = fields.List(fields.Nested(DecisionFormSchema))


def load_series(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """What was typed (form_input.loadable's shape) as documents.series takes it.

    A row without an action decides nothing, nor does one of a day that the series does not have (any more).
    InvalidInput names every field that is wrong; `decisions.N` counts the rows as they were typed.
    """
    errors: dict[str, list[str]] = {}
    data: dict[str, Any] = {}
    own = {name: value for name, value in values.items() if name not in _OTHER}
    for loaded in (
        lambda: load_form(own, zone),
        lambda: {REPEAT: _repeat(values.get(REPEAT) or {})},
        lambda: {DECISIONS: _decisions(values.get(DECISIONS) or [], zone)},
    ):
        try:
            data |= loaded()
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors)
    days = local_days(str(values["day"]), data[REPEAT])
    decisions = [decision for decision in data[DECISIONS] if decision["local_date"] in days]
    return _with_first_reason({**data, DECISIONS: decisions}, days[0])


def _repeat(typed: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {name: value.strip() for name, value in typed.items() if value and value.strip()}
    if not given:  # blank but for how often: nothing was typed, so nothing came
        raise InvalidInput({"repeat.count": [_("Indique el número de citas o el último día.")]})
    if "count" in given and "until" in given:
        raise InvalidInput({"repeat.count": [_("Deje solo uno: el número de citas o el último día.")]})
    for name in {"every_weeks", "count"} & given.keys():
        given[name] = int(given[name]) if given[name].isascii() and given[name].isdigit() else given[name]
    try:
        return load(RepeatSchema(), given)
    except InvalidInput as error:
        raise InvalidInput({f"{REPEAT}.{name}": said for name, said in error.errors.items()}) from error


def _decisions(rows: list[Mapping[str, Any]], zone: ZoneInfo) -> list[dict[str, Any]]:
    errors: dict[str, list[str]] = {}
    decisions = []
    for number, row in enumerate(rows):
        if not row.get("action"):
            continue
        try:
            decisions.append(_decision(row, zone))
        except InvalidInput as error:
            errors |= {f"{DECISIONS}.{number}.{name}": said for name, said in error.errors.items()}
    if errors:
        raise InvalidInput(errors)
    return decisions


def _decision(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A row of which only what its action asks for counts."""
    needed, missing = _NEEDED.get(row["action"], ("", _("Falta este dato.")))
    wanted = {
        name: value for name, value in row.items() if name in ("local_date", "action", needed) and value
    }
    data = load(DecisionFormSchema(), wanted)
    if needed and not data.get(needed):
        raise InvalidInput({needed: [missing]})
    if "starts" in data:
        try:
            data["starts_at"] = at(data["local_date"], data.pop("starts"), zone)
        except ValueError as error:
            raise InvalidInput(
                {"starts": [_("Esa hora no existe ese día: cambia la hora oficial.")]}
            ) from error
    return data


def _with_first_reason(data: dict[str, Any], day: str) -> dict[str, Any]:
    """The reason typed beside the first day's strip is what was decided about that day."""
    decided = {decision["local_date"] for decision in data[DECISIONS]}
    if data.get("overbooking_reason") and day not in decided:
        first = {"local_date": day, "action": "overbook", "reason": data["overbooking_reason"]}
        data[DECISIONS] = [first, *data[DECISIONS]]
    return {name: value for name, value in data.items() if name not in _NOT_OF_A_SERIES}
