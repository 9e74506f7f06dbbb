"""What needs attention today, each with the page where it is mended."""

from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from service import current, formats
from service.blueprints.pages import lists, period
from service.documents import attention
from service.documents.attention import Attention
from service.domain.people import full_name

#: Months and minors named one by one; the oldest months come after the latest.
_NAMED = 3


class Line(NamedTuple):
    """What waits, and where it is mended. `tone` is waits or wrong."""

    text: str
    href: str
    tone: str = "waits"


def lines() -> list[Line]:
    """What waits, the most urgent first; none where nothing does."""
    found = attention.today(current.db(), current.today(), current.now())
    return [*_wrong(found), *_overlaps(found), *_unmarked(found), *_minors(found), *_failed(found)]


def _wrong(found: Attention) -> list[Line]:
    return [
        Line(
            _("Las cifras de %(month)s no coinciden con sus citas", month=formats.month_name(month)),
            url_for("pages.reports.monthly", mes=month),
            "wrong",
        )
        for month in found.wrong_months[-_NAMED:]
    ]


def _overlaps(found: Attention) -> list[Line]:
    return [
        Line(_crossing(number, day), url_for("pages.sessions.index", vista=period.DAY, fecha=day), "wrong")
        for day, number in found.overlaps.items()
    ]


def _unmarked(found: Attention) -> list[Line]:
    return [
        Line(
            ngettext(
                "%(num)s cita pasada de %(month)s sigue programada",
                "%(num)s citas pasadas de %(month)s siguen programadas",
                number,
                month=formats.month_name(month),
            ),
            url_for("pages.sessions.index", mes=month, estado=lists.UNMARKED),
        )
        for month, number in list(found.unmarked.items())[:_NAMED]
    ]


def _minors(found: Attention) -> list[Line]:
    return [
        Line(
            _("%(name)s: menor sin quien responda su encuesta", name=full_name(client)),
            url_for("pages.clients.edit", client_id=client["_id"]),
        )
        for client in found.minors[:_NAMED]
    ]


def _failed(found: Attention) -> list[Line]:
    lines = [
        Line(
            ngettext(
                "%(num)s liquidación de %(month)s falló",
                "%(num)s liquidaciones de %(month)s fallaron",
                number,
                month=formats.month_name(month),
            ),
            url_for("pages.statements.index", mes=month),
            "wrong",
        )
        for month, number in _by_month(found).items()
    ]
    if found.imports:
        text = ngettext("%(num)s importación falló", "%(num)s importaciones fallaron", len(found.imports))
        lines.append(Line(text, url_for("pages.imports.index"), "wrong"))
    if found.previews:
        text = ngettext(
            "%(num)s importación espera que la aplique",
            "%(num)s importaciones esperan que las aplique",
            found.previews,
        )
        lines.append(Line(text, url_for("pages.imports.index")))
    return lines


def _by_month(found: Attention) -> dict[str, int]:
    months: dict[str, int] = {}
    for record in found.statements:
        months[record["month"]] = months.get(record["month"], 0) + 1
    return months


def _crossing(number: int, day: str) -> str:
    if day == current.today():
        return str(ngettext("%(num)s cruce de horas hoy", "%(num)s cruces de horas hoy", number))
    said = formats.long_day(day)
    return str(
        ngettext("%(num)s cruce de horas el %(day)s", "%(num)s cruces de horas el %(day)s", number, day=said)
    )
