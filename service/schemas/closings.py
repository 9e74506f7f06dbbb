"""A month's state (closed or open, its history), what needs a look in it, and its adjustments, as the API
shows them.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import fields

from service.domain import adjustments
from service.domain import needs_look as kinds
from service.domain.money import decimal_text
from service.schemas.fields import Instant, Note, StrictSchema
from service.texts import _


class ReopenSchema(StrictSchema):
    """Why a closed month is opened again."""

    reason = Note(
        required=True, shortest=1, longest=500, metadata={"label": _("Motivo"), "input": "textarea"}
    )


class _Event(StrictSchema):
    what = fields.String()
    number = fields.Integer()
    at = Instant()
    by = fields.String()
    reason = fields.String()


class StateSchema(StrictSchema):
    """A month in `months` (documents.closings)."""

    month = fields.String(attribute="_id")
    version = fields.Integer()
    number = fields.Integer()
    closed = fields.Function(lambda state: "closing" in state)
    history = fields.List(fields.Nested(_Event))


def state_json(state: dict[str, Any]) -> dict[str, Any]:
    """{month, version, closed, number (of its last closing, 0 without one), history [{what, number, at,
    by}]}.
    """
    shown: dict[str, Any] = StateSchema().dump(state)
    return shown


def adjustments_json(lines: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Adjustment lines as a report shows them: {PEN: {gross, commission, center_share}}, with their sign."""
    names = ("gross", "commission", "center_share")
    return {
        currency: {name: decimal_text(cents[f"{name}_cents"]) for name in names}
        for currency, cents in adjustments.sums(lines).items()
    }


def pending_json(month: str, found: dict[str, list[Any]]) -> dict[str, Any]:
    """What documents.needs_look found, by id: {month, total, KIND: [{session_id | client_id, …}]}."""
    shown = {kind: [_PENDING[kind](item) for item in found.get(kind, [])] for kind in kinds.KINDS}
    return {"month": month, "total": sum(map(len, shown.values())), **shown}


def _session(session: dict[str, Any]) -> dict[str, Any]:
    return {"session_id": session["_id"]}


def _client(client: dict[str, Any]) -> dict[str, Any]:
    return {"client_id": client["_id"]}


_PENDING: dict[str, Callable[[Any], dict[str, Any]]] = {
    kinds.STILL_SCHEDULED: _session,
    kinds.ODD_PRICES: _session,
    kinds.OVERLAPS: lambda pair: {**_session(pair[0]), "other_session_id": pair[1]["_id"]},
    kinds.MINORS_ALONE: _client,
    kinds.WITHOUT_EMAIL: lambda pair: {**_client(pair[0]), "person_id": pair[1]["_id"]},
    kinds.DUPLICATES: lambda pair: {
        **_client(pair[0]),
        "other_client_id": pair[1]["_id"],
        "reasons": pair[1]["reasons"],
    },
}
