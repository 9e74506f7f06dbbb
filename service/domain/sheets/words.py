"""Columns of a few known words: how a session is held, and what became of it; and free notes."""

from service.domain.names import fold
from service.domain.sheets.cells import Cell, text_of
from service.domain.sheets.faults import Fault
from service.texts import _

MAX_NOTE = 1000

_MODALITIES = {
    "virtual": (
        "virtual",
        "online",
        "on line",
        "on-line",
        "en linea",
        "remoto",
        "remota",
        "a distancia",
        "videollamada",
        "remote",
        "video call",
    ),
    "on_site": (
        "presencial",
        "en persona",
        "consultorio",
        "en consultorio",
        "on site",
        "on-site",
        "in person",
    ),
}
_STATUSES = {
    "scheduled": (
        "programada",
        "programado",
        "agendada",
        "agendado",
        "por realizar",
        "confirmada",
        "confirmado",
        "scheduled",
        "booked",
    ),
    "done": ("realizada", "realizado", "atendida", "atendido", "asistio", "hecha", "done", "completed"),
    "cancelled": ("cancelada", "cancelado", "anulada", "anulado", "cancelled", "canceled"),
    "no_show": (
        "no asistio",
        "no asistida",
        "inasistencia",
        "ausente",
        "falta",
        "falto",
        "no show",
        "no-show",
    ),
}
#: The word that stands in our own files.
SHOWN = {
    "virtual": _("Virtual"),
    "on_site": _("Presencial"),
    "scheduled": _("Programada"),
    "done": _("Realizada"),
    "cancelled": _("Cancelada"),
    "no_show": _("No asistió"),
}
MODALITY_WORDS = {word: modality for modality, words in _MODALITIES.items() for word in words}
STATUS_WORDS = {word: status for status, words in _STATUSES.items() for word in words}


def modality(cell: Cell) -> str:
    """ "virtual" or "on_site"; Fault `type`."""
    known = MODALITY_WORDS.get(fold(text_of(cell)))
    if known is None:
        raise Fault("type", _("Escriba Presencial o Virtual."))
    return known


def status(cell: Cell) -> str | None:
    """A session's status, None for an empty cell; Fault `status`."""
    text = fold(text_of(cell))
    if text and text not in STATUS_WORDS:
        raise Fault(
            "status", _("Escriba Programada, Realizada, Cancelada o No asistió, o deje la celda vacía.")
        )
    return STATUS_WORDS.get(text)


def note(cell: Cell) -> str | None:
    """A note on one line, None for an empty cell; Fault `note`."""
    text = text_of(cell)
    if len(text) > MAX_NOTE:
        raise Fault("note", _("La nota tiene más de %(most)s caracteres: acórtela.", most=MAX_NOTE))
    return text or None
