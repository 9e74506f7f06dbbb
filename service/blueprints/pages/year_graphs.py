"""What the yearly report draws: four graphs, each with the values its table and its file have too.

A graph: {id, title, note, legend: [Measure], plots, measures: [[Measure]], a list for each table}. A plot:
{name, unit, height, ticks: [(label, y)], months: [{month, marks}]}; a mark is a bar {kind, bar, href, words,
before, before_y}: `words` are shown on hover and focus, `before` is the figure of the year before.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from service import formats
from service.domain.charts import Bar, Scale, from_zero, side_by_side, stacked
from service.domain.figures import Figures

Graph = dict[str, Any]

#: Two plots in one card are lower each.
_LOW = 72
#: Amounts from here on are written in thousands beside the grid lines.
_THOUSANDS_CENTS = 1_000_000


class Measure(NamedTuple):
    """One of a month's figures: its name, and the filters of the list of sessions that adds up to it."""

    kind: str
    name: str
    link: dict[str, Any]
    currency: str = ""

    def of(self, figures: Figures) -> int | None:
        """The figure; None where the month has no session in its currency."""
        found: int | None = figures["gross"].get(self.currency) if self.currency else figures[self.kind]
        return found

    def href(self, month: str) -> str:
        """The list behind the figure of a month."""
        return url_for("pages.sessions.index", mes=month, **self.link)

    def shown(self, value: int | None) -> str:
        """The figure as people read it."""
        return formats.money(value, self.currency) if self.currency else formats.number(value)


def graphs(months: Sequence[Figures], before: Sequence[Figures], present: str) -> list[Graph]:
    """The graphs of bars of a year beside the year before (documents.months.year); `present` runs."""
    active, recurrent, new, virtual, on_site, both = _client_measures()
    year = _Year(months, before, present)
    return [
        {
            "id": "clientes",
            "title": _("Clientes recurrentes y nuevos"),
            "note": _("la altura es el total de clientes activos"),
            "legend": [recurrent, new],
            "plots": [_stack(year, recurrent, new, active)],
            "measures": [[recurrent, new, active]],
        },
        {
            "id": "tipo",
            "title": _("Clientes virtuales y presenciales"),
            "note": _("quien tuvo ambas está en las dos barras"),
            "legend": [virtual, on_site],
            "plots": [_pair(year, [virtual, on_site])],
            "measures": [[virtual, on_site, both]],
        },
        _income(year),
    ]


class _Year(NamedTuple):
    months: Sequence[Figures]
    before: Sequence[Figures]
    present: str

    def highest(self, measures: Sequence[Measure]) -> int:
        return max(measure.of(own) or 0 for own in (*self.months, *self.before) for measure in measures)


def _client_measures() -> list[Measure]:
    counted = {"estado": "cuentan"}
    return [
        Measure("clients", _("Activos"), counted),
        Measure("recurrent_clients", _("Recurrentes"), {**counted, "clientes": "recurrentes"}),
        Measure("new_clients", _("Nuevos"), {**counted, "clientes": "nuevos"}),
        Measure("virtual_clients", _("Virtuales"), {**counted, "tipo": "virtual"}),
        Measure("on_site_clients", _("Presenciales"), {**counted, "tipo": "on_site"}),
        Measure("both_clients", _("En ambas"), {**counted, "clientes": "ambas"}),
    ]


def _income(year: _Year) -> Graph:
    currencies = {"PEN": _("Soles"), "USD": _("Dólares")}
    used = [code for code in currencies if any(code in own["gross"] for own in (*year.months, *year.before))]
    measures = [Measure(code, currencies[code], {"moneda": code}, code) for code in used or ["PEN"]]
    height = _LOW if len(measures) > 1 else Scale((0, 1)).height
    return {
        "id": "ingresos",
        "title": _("Ingresos brutos por mes"),
        "note": _("cada moneda con su escala; no se suman") if len(measures) > 1 else "",
        "legend": [],
        "plots": [_amounts(year, measure, height) for measure in measures],
        "measures": [[measure] for measure in measures],
    }


def _stack(year: _Year, lower: Measure, upper: Measure, whole: Measure) -> Graph:
    scale = from_zero(year.highest([whole]))

    def marks(own: Figures, before: Figures) -> list[Graph]:
        bars = stacked(own[lower.kind], own[upper.kind], scale)
        found = [_mark(year, own, before, *each) for each in zip((lower, upper), bars, strict=True)]
        last = before[whole.kind]
        return [{**found[0], "before": last, "before_y": scale.y(last)}, found[1]]

    return _plot(year, scale, "", formats.number, marks)


def _pair(year: _Year, measures: Sequence[Measure]) -> Graph:
    scale = from_zero(year.highest(measures))
    return _plot(
        year, scale, "", formats.number, lambda own, before: _bars(year, scale, measures, own, before)
    )


def _amounts(year: _Year, measure: Measure, height: float) -> Graph:
    highest = year.highest([measure])
    unit = 100_000 if highest >= _THOUSANDS_CENTS else 100
    scale = from_zero(highest, unit, most=3 if height == _LOW else 4, height=height)
    symbol = formats.SYMBOLS[measure.currency]
    plot = _plot(
        year,
        scale,
        _("miles de %(symbol)s", symbol=symbol) if unit > 100 else symbol,
        lambda cents: formats.number(cents // unit),
        lambda own, before: _bars(year, scale, [measure], own, before),
    )
    return {**plot, "name": measure.name}


def _plot(year: _Year, scale: Scale, unit: str, written: Any, marks: Any) -> Graph:
    pairs = zip(year.months, year.before, strict=True)
    return {
        "name": "",
        "unit": unit,
        "height": scale.height,
        "ticks": [(written(tick), scale.y(tick)) for tick in scale.ticks],
        "months": [{"month": own["month"], "marks": marks(own, before)} for own, before in pairs],
    }


def _bars(
    year: _Year, scale: Scale, measures: Sequence[Measure], own: Figures, before: Figures
) -> list[Graph]:
    bars = side_by_side([measure.of(own) or 0 for measure in measures], scale)
    return [
        {**_mark(year, own, before, measure, bar), "before_y": scale.y(measure.of(before) or 0)}
        for measure, bar in zip(measures, bars, strict=True)
    ]


def _mark(year: _Year, own: Figures, before: Figures, measure: Measure, bar: Bar) -> Graph:
    month = own["month"]
    words = [
        formats.month_title(month) + _unfinished(month, year.present),
        f"{measure.name}: {measure.shown(measure.of(own))}",
        f"{formats.month_name(before['month'])}: {measure.shown(measure.of(before))}",
    ]
    return {
        "kind": measure.kind,
        "bar": bar,
        "href": measure.href(month),
        "words": " · ".join(words),
        "before": measure.of(before) or 0,
    }


def _unfinished(month: str, present: str) -> str:
    """What a month's figures leave open, behind its name."""
    if month < present:
        return ""
    return f" ({_('en curso') if month == present else _('por venir')})"
