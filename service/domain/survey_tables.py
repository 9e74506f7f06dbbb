"""A survey's results as lists that can be taken along as a file; figures have two decimals there."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from service.domain import nps
from service.domain.exported import Column, Table, Value
from service.domain.nps import Figures
from service.domain.spreadsheet_cells import carried
from service.texts import _

_MONTHS = (
    Column(_("Mes")),
    Column(_("Invitaciones"), "count"),
    Column(_("Respuestas"), "count"),
    Column(_("Tasa de respuesta (%%)"), "percent"),
    Column(_("Promotores"), "count"),
    Column(_("Pasivos"), "count"),
    Column(_("Detractores"), "count"),
    Column(_("NPS"), "decimal"),
    Column(_("Intervalo desde"), "decimal"),
    Column(_("Intervalo hasta"), "decimal"),
)
_STARS = (
    Column(_("Mes")),
    Column(_("Psicoterapeuta")),
    Column(_("Respuestas"), "count"),
    Column(_("Personas"), "count"),
    Column(_("Estrellas"), "decimal"),
)
_ANSWERS = (Column(_("Mes")), Column(_("Calificación"), "count"), Column(_("Grupo")), Column(_("Comentario")))
_GROUPS = {"promoters": _("Promotor"), "passives": _("Pasivo"), "detractors": _("Detractor")}


def months(figures: Mapping[str, Figures], name: str) -> Table:
    """A row for each month; `figures` (domain.nps.figures) by month. No answers: empty cells, never 0."""
    rows: list[tuple[Value, ...]] = []
    for month, own in figures.items():
        rate, bounds = own["response_rate"], own["interval"] or (None, None)
        counts = (own["invited"], own["answers"], _two(None if rate is None else rate * 100))
        groups = (own["promoters"], own["passives"], own["detractors"])
        rows.append((month, *counts, *groups, _two(own["score"]), *map(_two, bounds)))
    return Table(name, _MONTHS, rows)


def stars(month: str, people: Iterable[Mapping[str, Any]], name: str) -> Table:
    """A row for each psychotherapist, {name, answers, people, mean}; the mean of too few is an empty cell."""
    rows = [(month, carried(one["name"]), one["answers"], one["people"], _two(one["mean"])) for one in people]
    return Table(name, _STARS, rows)


def answers(month: str, found: Iterable[Mapping[str, Any]], name: str) -> Table:
    """A row for each answer, {nps, comment}, as they are given: nothing says whose it is."""
    rows = [(month, one["nps"], _group(one["nps"]), carried(one["comment"]) or None) for one in found]
    return Table(name, _ANSWERS, rows)


def _group(rating: int) -> str:
    return next(_GROUPS[kind] for kind, number in nps.count([rating])._asdict().items() if number)


def _two(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
