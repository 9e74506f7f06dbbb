"""The lists that can be taken along as a file: headings and rows of typed cells, whatever the format.

Sessions and psychotherapists have headings and words that an import knows, in every language: both files can
be imported again. What a session's row cannot say is an end on a later day, or the second of two hours where
a clock goes back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from service.domain.names import fold
from service.domain.people import age_on, full_name
from service.domain.sheets.words import SHOWN
from service.domain.spreadsheet_cells import carried
from service.domain.terms import terms_on
from service.texts import _

Document = Mapping[str, Any]
#: Text, local day, wall clock time, count, amount in units (85.45) or another figure with two decimals,
#: percent (37.50); None is an empty cell.
Value = str | date | time | int | Decimal | None
ColumnKind = Literal["text", "day", "time", "count", "money", "decimal", "percent"]


class Column(NamedTuple):
    """A heading and what stands below it."""

    heading: str
    kind: ColumnKind = "text"


class Table(NamedTuple):
    """A list; `name` is its sheet's, and its file's without the ending."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]


def sessions(
    found: Iterable[Document],
    clients: Mapping[str, Document],
    psychotherapists: Mapping[str, Document],
    zone: ZoneInfo,
    name: str,
) -> Table:
    """Sessions as they are given, times by `zone`; `clients` and `psychotherapists` by id.

    "Ingreso" is what a session brings: its price where it counts, else its charge; the column adds up to
    what the list says.
    """
    rows = [
        (
            *_times(session, zone),
            *_client_cells(clients.get(session["client_id"])),
            _name(psychotherapists.get(session["psychotherapist_id"])),
            SHOWN[session["modality"]],
            session["currency"],
            _amount(session["price_cents"]),
            SHOWN[session["status"]],
            _amount(session["charge_cents"]),
            _amount(session["income_cents"]),
            _percent(session["commission_bp"]),
            _amount(session["commission_cents"]),
            _amount(session["income_cents"] - session["commission_cents"]),
            _text(session.get("note")),
        )
        for session in found
    ]
    return Table(name, SESSION_COLUMNS, rows)


def clients(
    found: Iterable[Document], psychotherapists: Mapping[str, Document], today: str, name: str
) -> Table:
    """Clients as they are given, with their age on the local day `today`."""
    rows = [
        (
            _text(client["family_names"]),
            _text(client["given_names"]),
            *_client_cells(client)[1:],
            age_on(client["birth_date"], today) if client.get("birth_date") else None,
            ", ".join(_name(psychotherapists.get(id)) for id in _attended_by(client)),
            _("Sí") if client.get("survey_consent") else _("No"),
        )
        for client in found
    ]
    return Table(name, _CLIENT_COLUMNS, rows)


def new_clients(
    found: Iterable[Document], psychotherapists: Mapping[str, Document], first: str, last: str
) -> Table:
    """Whoever is new in the months from `first` to `last` (documents.new_clients), one row each."""
    rows = [
        (
            new["month"],
            _text(new["client"]["family_names"]),
            _text(new["client"]["given_names"]),
            *_client_cells(new["client"])[1:],
            date.fromisoformat(new["first_on"]),
            _name(psychotherapists.get(new["psychotherapist_id"])),
            SHOWN[new["modality"]],
        )
        for new in found
    ]
    months = first if first == last else f"{first}-{last}"
    return Table(_("clientes-nuevos-%(months)s", months=months), _NEW_CLIENT_COLUMNS, rows)


def psychotherapists(found: Iterable[Document], today: str) -> Table:
    """Psychotherapists as they are given, with the terms of the local day `today`."""
    rows = [
        (
            _name(person),
            _identity(person),
            _text(person.get("email")),
            _phone(person),
            _text(person.get("license_number")),
            _percent(terms["commission_bp"]),
            _amount(terms["price_cents"]),
            terms["currency"],
            _("Atiende") if person["active"] else _("Inactivo"),
        )
        for person in found
        for terms in [terms_on(person["terms"], today)]
    ]
    return Table(_("psicoterapeutas"), _PSYCHOTHERAPIST_COLUMNS, rows)


def month(figures: Mapping[str, Any]) -> Table:
    """A month's figures (see domain.figures), a row per psychotherapist and currency: each column adds up."""
    rows = [
        (
            figures["month"],
            _text(own["name"]),
            currency,
            cents["sessions"],
            _amount(cents["gross_cents"]),
            _amount(cents["commission_cents"]),
            _amount(cents["center_share_cents"]),
        )
        for own in sorted(figures["psychotherapists"], key=lambda own: fold(own["name"]))
        for currency, cents in own["by_currency"].items()
    ]
    return Table(_("reporte-%(month)s", month=figures["month"]), _MONTH_COLUMNS, rows)


_CLIENT = (
    Column(_("DNI")),
    Column(_("Correo")),
    Column(_("Celular")),
    Column(_("Fecha de nacimiento"), "day"),
)
SESSION_COLUMNS = (
    Column(_("Fecha"), "day"),
    Column(_("Hora inicio"), "time"),
    Column(_("Hora fin"), "time"),
    Column(_("Paciente")),
    *_CLIENT,
    Column(_("Psicoterapeuta")),
    Column(_("Tipo")),
    Column(_("Moneda")),
    Column(_("Monto"), "money"),
    Column(_("Estado")),
    Column(_("Monto a cobrar"), "money"),
    Column(_("Ingreso"), "money"),
    Column(_("Comisión (%%)"), "percent"),
    Column(_("Comisión"), "money"),
    Column(_("Para el centro"), "money"),
    Column(_("Nota")),
)
_CLIENT_COLUMNS = (
    Column(_("Apellidos")),
    Column(_("Nombres")),
    *_CLIENT,
    Column(_("Edad"), "count"),
    Column(_("Psicoterapeutas")),
    Column(_("Acepta encuestas")),
)
_NEW_CLIENT_COLUMNS = (
    Column(_("Mes")),
    Column(_("Apellidos")),
    Column(_("Nombres")),
    *_CLIENT,
    Column(_("Primera cita"), "day"),
    Column(_("Psicoterapeuta")),
    Column(_("Tipo")),
)
_PSYCHOTHERAPIST_COLUMNS = (
    Column(_("Psicoterapeuta")),
    Column(_("DNI")),
    Column(_("Correo")),
    Column(_("Celular")),
    Column(_("Colegiatura")),
    Column(_("Comisión (%%)"), "percent"),
    Column(_("Tarifa"), "money"),
    Column(_("Moneda")),
    Column(_("Estado")),
)
_MONTH_COLUMNS = (
    Column(_("Mes")),
    Column(_("Psicoterapeuta")),
    Column(_("Moneda")),
    Column(_("Sesiones"), "count"),
    Column(_("Ingresos brutos"), "money"),
    Column(_("Comisión"), "money"),
    Column(_("Para el centro"), "money"),
)
_PREFIXES = {"DNI": "", "CE": "CE "}
_HOME_PREFIX = "+51"


def _times(session: Document, zone: ZoneInfo) -> tuple[date, time, time]:
    return (
        date.fromisoformat(session["local_date"]),
        _clock(session["starts_at"], zone),
        _clock(session["ends_at"], zone),
    )


def _clock(instant: datetime, zone: ZoneInfo) -> time:
    return instant.astimezone(zone).time().replace(microsecond=0)


def _client_cells(client: Document | None) -> tuple[Value, ...]:
    """Full name, document, e-mail, phone, birth date; empty where nobody is known."""
    if client is None:
        return (None,) * (1 + len(_CLIENT))
    born = client.get("birth_date")
    return (
        _name(client),
        _identity(client),
        _text(client.get("email")),
        _phone(client),
        date.fromisoformat(born) if born else None,
    )


def _name(person: Document | None) -> str:
    return carried(full_name(dict(person))) if person else ""


def _identity(person: Document) -> str | None:
    """The number of a DNI; any other document's kind stands before it, as an import reads it."""
    document = person.get("document")
    if not document:
        return None
    passport = document["type"] == "passport"
    number: str = document["number"]
    return _("Pasaporte %(number)s", number=number) if passport else f"{_PREFIXES[document['type']]}{number}"


def _phone(person: Document) -> str | None:
    """A phone at home without its prefix: a plus would make it a formula."""
    return (person.get("phone") or "").removeprefix(_HOME_PREFIX) or None


def _attended_by(client: Document) -> list[str]:
    links = client.get("relationships", {}).get("psychotherapists", [])
    return [link["psychotherapist_id"] for link in links]


def _text(text: str | None) -> str | None:
    return carried(text) if text else None


def _amount(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _percent(basis_points: int) -> Decimal:
    return Decimal(basis_points).scaleb(-2)
