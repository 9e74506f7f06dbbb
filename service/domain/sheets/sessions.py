"""Rows of a sheet of sessions: one local day, a start and an end, who, with whom, how, and for how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

from service.domain import months
from service.domain.money import Money
from service.domain.names import fold
from service.domain.sheets import words
from service.domain.sheets.cells import Cell, text_of
from service.domain.sheets.dates import own_day, session_day, time_of_day
from service.domain.sheets.faults import Fault
from service.domain.sheets.persons import Person, person_in
from service.domain.sheets.prices import price_in
from service.domain.sheets.read import Sheet
from service.domain.sheets.rows import Parsed, RowReader, parse_rows
from service.texts import _

#: Folded full name → ids of the psychotherapists with that name.
Psychotherapists = Mapping[str, Sequence[str]]

#: Stands in a rejected row.
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A complete row: instants in UTC, local day of the start; status and note only where it has them."""

    row: int
    person: Person
    psychotherapist_id: str
    local_date: str
    starts_at: datetime
    ends_at: datetime
    modality: str
    price: Money
    status: str | None = None
    note: str | None = None


def parse_sessions(sheet: Sheet, psychotherapists: Psychotherapists, zone: ZoneInfo) -> Parsed[SessionRow]:
    """Every row of a sheet of sessions, checked by itself; `zone` is the centre's."""
    return parse_rows(sheet, lambda row: _session(row, psychotherapists, zone))


def _session(row: RowReader, psychotherapists: Psychotherapists, zone: ZoneInfo) -> SessionRow:
    day, starts_at, ends_at = _times(row, zone)
    person = person_in(row)
    if row.good("date", "birth_date") and person.birth_date and person.birth_date > day.isoformat():
        row.fault("birth_date", Fault("birth_date", _("La fecha de nacimiento es posterior a la cita.")))
    return SessionRow(
        row=row.number,
        person=person,
        psychotherapist_id=row.take("psychotherapist", partial(_known, psychotherapists)),
        local_date=str(day),
        starts_at=starts_at,
        ends_at=ends_at,
        modality=row.take("modality", words.modality),
        price=price_in(row),
        status=row.take("status", words.status),
        note=row.take("note", words.note),
    )


def _times(row: RowReader, zone: ZoneInfo) -> tuple[date, datetime, datetime]:
    day = row.take("date", session_day)
    start = row.take("start_time", partial(time_of_day, code="start_time"))
    end = row.take("end_time", partial(time_of_day, code="end_time"))
    for name in ("start_time", "end_time"):
        if row.good("date", name) and own_day(row.cell(name)) not in (None, day):
            row.fault(name, Fault(name, _("La hora trae otra fecha que la de la cita: deje solo la hora.")))
    if row.good("date", "start_time", "end_time"):
        if start < end:
            return (
                day,
                _instant(row, "start_time", day, start, zone),
                _instant(row, "end_time", day, end, zone),
            )
        reason = _("La hora de fin debe ser posterior a la de inicio, el mismo día.")
        row.fault("end_time", Fault("end_before_start", reason))
    return day, _NEVER, _NEVER


def _instant(row: RowReader, name: str, day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A local time as an instant; the first of two where the clock goes back."""
    try:
        return months.at(day.isoformat(), clock.isoformat(), zone)
    except ValueError:
        reason = _("Esa hora no existió ese día: el reloj se adelantó.")
        row.fault(name, Fault("time_does_not_exist", reason))
        return _NEVER


def _known(psychotherapists: Psychotherapists, cell: Cell) -> str:
    name = fold(text_of(cell))
    if not name:
        raise Fault("psychotherapist_missing", _("Falta el psicoterapeuta."))
    found = psychotherapists.get(name, ())
    if not found:
        reason = _("No hay psicoterapeuta con este nombre: regístrelo primero o corrija el nombre.")
        raise Fault("psychotherapist_unknown", reason)
    if len(found) > 1:
        reason = _("Hay más de un psicoterapeuta con este nombre: distíngalos en sus registros y en la hoja.")
        raise Fault("psychotherapist_ambiguous", reason)
    return found[0]
