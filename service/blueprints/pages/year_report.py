"""Reporte anual: four graphs of a year beside the year before, each with its table and its file."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages.exports import file_answer
from service.blueprints.pages.year_graphs import graphs
from service.blueprints.pages.year_nps import nps_plot
from service.documents import months
from service.domain import exported_year
from service.domain.figures import Figures
from service.domain.months import month_of, parse_year
from service.errors import InvalidInput
from service.formats import month_name

routes = Blueprint("year", __name__, url_prefix="/reportes/anual")

#: `?vista=` that shows the tables unfolded instead of the graphs.
TABLES = "tablas"


@routes.get("")
def show() -> str:
    """The graphs of a year; with `?vista=tablas` their tables."""
    year, db = _year(), current.db()
    present = month_of(current.today())
    own, before = months.year(db, year), months.year(db, max(year - 1, 1))
    return render_template(
        "pages/reports/yearly.html",
        year=year,
        months=own,
        before=before,
        present=present,
        graphs=graphs(own, before, present),
        nps=nps_plot(own, before, present),
        remarks=_remarks(own, present),
        tables=request.args.get("vista") == TABLES,
        empty=not any(_has_something(figures) for figures in (*own, *before)),
    )


@routes.get("/exportar.<any(csv, xlsx):ending>")
def file(ending: str) -> Response:
    """The months of a year and of the year before, all figures or those of one graph (`?grafico=`)."""
    year, graph = _year(), request.args.get("grafico", "")
    if graph not in exported_year.GRAPHS:
        raise InvalidInput({"grafico": [_("Elija una de las opciones.")]})
    db = current.db()
    found = [*months.year(db, max(year - 1, 1)), *months.year(db, year)]
    return file_answer(exported_year.table(found, year, graph), ending)


def _year() -> int:
    return parse_year(request.args.get("anio") or current.today()[:4], "anio")


def _has_something(figures: Figures) -> bool:
    return bool(figures["gross"] or figures["sessions"] or figures["nps"]["invited"])


def _remarks(own: Sequence[Figures], present: str) -> list[str]:
    """What the graphs cannot say by themselves: which month runs, which are to come, which have nothing."""
    past = [figures for figures in own if figures["month"] < present]
    running = [figures["month"] for figures in own if figures["month"] == present]
    coming = [figures["month"] for figures in own if figures["month"] > present and figures["sessions"]]
    idle = [figures["month"] for figures in past if not figures["sessions"]]
    asked = any(figures["nps"]["invited"] for figures in past)
    silent = [figures["month"] for figures in past if asked and not figures["nps"]["answers"]]
    return [
        *(_("%(month)s va en curso.", month=_names([month], upper=True)) for month in running),
        *([_("Por venir, con lo ya programado: %(months)s.", months=_names(coming))] if coming else []),
        *([_("Sin sesiones: %(months)s.", months=_names(idle))] if idle else []),
        *([_("Sin respuestas a la encuesta: %(months)s.", months=_names(silent))] if silent else []),
    ]


def _names(found: Sequence[str], upper: bool = False) -> str:
    """ "abril, mayo"."""
    names = ", ".join(month_name(month).split(" ")[0] for month in found)
    return names[:1].upper() + names[1:] if upper else names
