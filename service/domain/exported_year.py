"""A year's figures as a file: a row a month, those of the year before first."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from service.domain.exported import Column, Table, Value
from service.domain.figures import Figures
from service.domain.money import CURRENCIES
from service.texts import _

_Cell = tuple[Column, Callable[[Figures], Value]]


def table(months: Sequence[Figures], year: int, graph: str) -> Table:
    """The figures of one of GRAPHS ("" for all) of some months (documents.months.year) as they are given."""
    cells = GRAPHS[graph]
    columns = (Column(_("Mes")), *(column for column, _of in cells))
    rows = [(own["month"], *(of(own) for _column, of in cells)) for own in months]
    name = f"-{graph}" if graph else ""
    return Table(_("reporte-%(year)s%(graph)s", year=year, graph=name), columns, rows)


def _count(heading: str, name: str) -> _Cell:
    return Column(heading, "count"), lambda own: int(own[name])


def _nps_count(heading: str, name: str) -> _Cell:
    return Column(heading, "count"), lambda own: int(own["nps"][name])


def _amount(heading: str, currency: str) -> _Cell:
    def of(own: Figures) -> Value:
        return Decimal(own["gross"][currency]).scaleb(-2) if currency in own["gross"] else None

    return Column(heading, "money"), of


def _score(heading: str, of: Callable[[Any], float | None]) -> _Cell:
    def rounded(own: Figures) -> Value:
        score = of(own["nps"])
        return None if score is None else Decimal(str(score)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    return Column(heading, "decimal"), rounded


_NPS = [
    _score(_("NPS"), lambda nps: nps["score"]),
    _score(_("NPS desde"), lambda nps: nps["interval"] and nps["interval"][0]),
    _score(_("NPS hasta"), lambda nps: nps["interval"] and nps["interval"][1]),
    _nps_count(_("Respuestas"), "answers"),
    _nps_count(_("Promotores"), "promoters"),
    _nps_count(_("Pasivos"), "passives"),
    _nps_count(_("Detractores"), "detractors"),
    _nps_count(_("Invitados"), "invited"),
]
_CLIENTS = [
    _count(_("Clientes activos"), "clients"),
    _count(_("Clientes recurrentes"), "recurrent_clients"),
    _count(_("Clientes nuevos"), "new_clients"),
]
_MODALITIES = [
    _count(_("Clientes virtuales"), "virtual_clients"),
    _count(_("Clientes presenciales"), "on_site_clients"),
    _count(_("Clientes en ambas"), "both_clients"),
    _count(_("Sesiones virtuales"), "virtual_sessions"),
    _count(_("Sesiones presenciales"), "on_site_sessions"),
]
_INCOME = [_amount(_("Ingresos brutos %(currency)s", currency=code), code) for code in CURRENCIES]

#: The figures of each graph, by what `?grafico=` calls it; "" has all of them.
GRAPHS: dict[str, list[_Cell]] = {
    "nps": _NPS,
    "clientes": _CLIENTS,
    "tipo": _MODALITIES,
    "ingresos": _INCOME,
    "": [_count(_("Sesiones"), "sessions"), *_CLIENTS, *_MODALITIES, *_INCOME, *_NPS],
}
