"""A session as a page's form writes it: a local day and two wall clock times in place of instants."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from service.domain.months import at, local_day, local_time
from service.errors import InvalidInput
from service.schemas.fields import Flag, LocalDate
from service.schemas.loading import load
from service.schemas.sessions import SessionSchema
from service.texts import _

#: As for instants in JSON.
LAST_YEAR = 2200
TIMES = ("day", "starts", "ends", "ends_next_day")
#: The form's names of what the rest calls by its instant.
INSTANTS = {"starts_at": "starts", "ends_at": "ends"}


class WallTime(fields.String):
    """A wall clock time "09:50", kept as text."""

    default_error_messages = {
        "invalid": _("Escriba una hora como 09:50."),
        "time": _("Escriba una hora como 09:50."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        try:
            return time.fromisoformat(text if len(text) > 4 else f"0{text}").strftime("%H:%M")
        except ValueError as error:
            raise self.make_error("time") from error


class SessionFormSchema(SessionSchema):
    """The fields of the form, in the order they are filled in."""

    class Meta:
        exclude = ("starts_at", "ends_at")

    day = LocalDate(required=True, metadata={"label": _("Fecha"), "input": "date"})
    starts = WallTime(required=True, metadata={"label": _("Inicio"), "input": "time"})
    ends = WallTime(required=True, metadata={"label": _("Fin"), "input": "time"})
    ends_next_day = Flag(
        load_default=False, metadata={"label": _("Termina al día siguiente"), "input": "checkbox"}
    )


def load_form(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """What was typed (form_input.loadable's shape) as documents.sessions takes it.

    InvalidInput names every field that is wrong, the order of the times too, by the form's own names.
    """
    errors: dict[str, list[str]] = {}
    data, instants = {}, {}
    try:
        data = load(SessionFormSchema(), values)
    except InvalidInput as error:
        errors |= error.errors
    try:
        instants = load_times(values, zone)
    except InvalidInput as error:
        errors |= error.errors
    if errors:
        raise InvalidInput(errors)
    return {**{name: value for name, value in data.items() if name not in TIMES}, **instants}


def load_times(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, datetime]:
    """{starts_at, ends_at} of a form's times alone; InvalidInput where they are missing or make no sense."""
    data = load(SessionFormSchema(only=TIMES), {name: values[name] for name in TIMES if name in values})
    day = load_day(values)
    starts_at = _instant(day, data["starts"], zone, "starts")
    last_day = (date.fromisoformat(day) + timedelta(days=data["ends_next_day"])).isoformat()
    ends_at = _instant(last_day, data["ends"], zone, "ends")
    if ends_at <= starts_at:
        raise InvalidInput({"ends": [_("El fin debe ser posterior al inicio.")]})
    return {"starts_at": starts_at, "ends_at": ends_at}


def load_day(values: Mapping[str, Any]) -> str:
    """The local day of a form; InvalidInput where there is none, or one that no session can have."""
    day = str(load(SessionFormSchema(only=("day",)), {"day": values.get("day")})["day"])
    if int(day[:4]) > LAST_YEAR:
        raise InvalidInput({"day": [_("La fecha está fuera de lo que se puede registrar.")]})
    return day


def form_values(session: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A stored session as the form shows it."""
    days = [local_day(session[name], zone) for name in INSTANTS]
    times = {form_name: local_time(session[name], zone) for name, form_name in INSTANTS.items()}
    shown: dict[str, Any] = SessionFormSchema().dump(session)
    return {**shown, "day": days[0], **times, "ends_next_day": days[0] != days[1]}


def form_errors(error: InvalidInput) -> dict[str, list[str]]:
    """Errors under the form's own names."""
    return {INSTANTS.get(name, name): messages for name, messages in error.errors.items()}


def _instant(day: str, wall_time: str, zone: ZoneInfo, field: str) -> datetime:
    try:
        return at(day, wall_time, zone)
    except ValueError as error:
        raise InvalidInput({field: [_("Esa hora no existe ese día: cambia la hora oficial.")]}) from error
