"""The API's own description, OpenAPI 3.1: made from the routes, their docstrings and the schemas."""

import re
from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Response, current_app, jsonify
from werkzeug.routing import Rule

from service.schemas.clients import ClientSchema
from service.schemas.fields import Instant, MoneyField, Percent
from service.schemas.psychotherapists import PsychotherapistChangeSchema, PsychotherapistSchema
from service.schemas.series import SeriesSchema
from service.schemas.sessions import SessionSchema
from service.schemas.statements import StatementSchema

routes = Blueprint("openapi", __name__)

PREFIX = "/api/v1"
#: The schema that a blueprint's routes take and give; routes that take something else say so here too.
SCHEMAS = {
    "clients": ClientSchema,
    "psychotherapists": PsychotherapistSchema,
    "psychotherapist_changes": PsychotherapistChangeSchema,
    "series": SeriesSchema,
    "sessions": SessionSchema,
    "statements": StatementSchema,
}
FORMS: dict[str, dict[str, Any]] = {
    "login.log_in": {"email": {"type": "string"}, "password": {"type": "string"}},
    "merges.merge": {"into": {"type": "string"}},
    "months.reopen": {"reason": {"type": "string"}},
    "exchange_rates.save": {"rates": {"type": "object"}},
    "statements.create_batch": {"month": {"type": "string"}},
    "surveys.dispatch": {"month": {"type": "string"}},
}
#: Bodies that are not what the route answers.
BODIES = {"psychotherapists.update": "psychotherapist_changes"}
#: POSTs that create nothing, and what is done by a worker and accepted first.
ACCEPTED = {
    "statements.create": "202",
    "statements.create_batch": "202",
    "statements.send": "202",
    "imports.create": "202",
}
ACCEPTED |= {
    "surveys.dispatch": "202",
    "merges.likely_typed": "200",
    "merges.undo": "200",
    "months.close": "200",
    "exchange_rates.save": "200",
    "months.reopen": "200",
}
QUERIES = {
    "clients.index": ("q", "page", "per_page"),
    "psychotherapists.index": ("q", "page", "per_page"),
    "sessions.index": (
        *("month", "psychotherapist_id", "client_id", "series_id", "q", "status", "modality", "currency"),
        *("page", "per_page"),
    ),
    "sessions.update": ("scope",),
    "sessions.delete": ("scope",),
    "reports.monthly": ("month",),
    "exchange_rates.index": ("month",),
    "survey_results.results": ("month",),
    "survey_results.answers": ("month", "page", "per_page"),
    "surveys.index": ("month", "page", "per_page"),
    "reports.yearly": ("year",),
    "reports.new_clients_csv": ("month", "from", "to"),
}
_STRING = {"type": "string"}
_SERIES = {
    "type": "object",
    "required": ["series_id", "items"],
    "properties": {
        "series_id": _STRING,
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/sessions"}},
    },
}
_CONFLICT = {
    "type": "object",
    "required": ["overlap", "message"],
    "properties": {
        "overlap": {"type": "string", "enum": ["psychotherapist", "client", "series", "clock"]},
        **dict.fromkeys(("session_id", "starts_at", "ends_at", "message"), _STRING),
    },
}
_PREVIEW = {
    "type": "object",
    "required": ["items", "unresolved"],
    "properties": {
        "unresolved": {"type": "integer"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("local_date", "starts_at", "ends_at"), _STRING),
                    "action": {"type": ["string", "null"], "enum": ["skip", "move", "overbook", None]},
                    "conflicts": {"type": "array", "items": _CONFLICT},
                },
            },
        },
    },
}
_EFFECT = {
    "type": "object",
    "required": ["effective_on", "until", "sessions", "closed_months", "months"],
    "properties": {
        "effective_on": {"type": ["string", "null"]},
        "until": {"type": ["string", "null"]},
        "sessions": {"type": "integer"},
        "closed_months": {"type": "array", "items": _STRING},
        "months": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("month", "currency"), _STRING),
                    "sessions": {"type": "integer"},
                    **{name: {"type": "object"} for name in ("commission", "center_share")},
                },
            },
        },
    },
}
#: Answers that are not shaped as what the route takes.
ANSWERS: dict[str, dict[str, Any]] = {
    "series.create": {"200": _PREVIEW, "201": _SERIES},
    "series.show": {"200": _SERIES},
    "psychotherapists.update": {
        "200": {"anyOf": [{"$ref": "#/components/schemas/psychotherapists"}, _EFFECT]}
    },
    "sessions.update": {"200": {"anyOf": [{"$ref": "#/components/schemas/sessions"}, _SERIES]}},
}
_MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^\d+(\.\d{1,2})?$"},
        "currency": {"type": "string", "enum": ["PEN", "USD"]},
    },
}


@routes.get("/openapi.json")
def description() -> Response:
    """This description."""
    return jsonify(_described())


@cache
def _described() -> dict[str, Any]:
    marshmallow = MarshmallowPlugin(schema_name_resolver=_written_out)
    spec = APISpec("Consultorio", "1", "3.1.0", plugins=[marshmallow], security=[{"bearer": []}])
    converter = marshmallow.converter
    assert converter is not None
    converter.add_attribute_function(_own_types)  # type: ignore[no-untyped-call]
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.response(
        "problem", {"description": "RFC 9457", "content": {"application/problem+json": {}}}
    )
    for name, schema in SCHEMAS.items():
        spec.components.schema(name, schema=schema)
    for rule in current_app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            spec.path(path, operations=_operations(rule))
    return spec.to_dict()


def _written_out(schema: Any) -> str:
    """Nested schemas get no name of their own: they stand where they are used."""
    return ""


def _own_types(converter: Any, field: Any, **kwargs: Any) -> dict[str, Any]:
    """What apispec cannot know of our own fields."""
    if isinstance(field, MoneyField):
        return dict(_MONEY)
    if isinstance(field, Instant):
        return {"type": "string", "format": "date-time"}
    return {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,2})?$"} if isinstance(field, Percent) else {}


def _operations(rule: Rule) -> dict[str, Any]:
    endpoint = rule.endpoint.removeprefix("api.")
    noun = endpoint.partition(".")[0]
    summary = (current_app.view_functions[rule.endpoint].__doc__ or "").strip().partition("\n")[0]
    where = [
        *((name, "path") for name in sorted(rule.arguments)),
        *((n, "query") for n in QUERIES.get(endpoint, ())),
    ]
    operation: dict[str, Any] = {
        "summary": summary,
        "parameters": [
            {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}}
            for name, place in where
        ],
    }
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return {method.lower(): operation | _exchange(method, endpoint, noun) for method in methods}


def _exchange(method: str, endpoint: str, noun: str) -> dict[str, Any]:
    """The body that goes in and the answers that come out."""
    answers: dict[str, Any] = {"default": {"$ref": "#/components/responses/problem"}}
    success = ACCEPTED.get(endpoint) or {"POST": "201", "DELETE": "204"}.get(method, "200")
    answers[success] = {"description": "OK"}
    exchange: dict[str, Any] = {"responses": answers}
    if endpoint in FORMS:
        body: Any = {"type": "object", "properties": FORMS[endpoint], "required": list(FORMS[endpoint])}
    else:
        name = BODIES.get(endpoint, noun)
        body = {"$ref": f"#/components/schemas/{name}"} if name in SCHEMAS else None
    if method in ("POST", "PATCH") and body is not None:
        exchange["requestBody"] = {"content": {"application/json": {"schema": body}}}
    if noun in SCHEMAS and method != "DELETE" and not endpoint.endswith("index"):
        schema = {"$ref": f"#/components/schemas/{noun}"}
        shapes = ANSWERS.get(endpoint, {success: schema})
        answers |= {
            status: {"description": "OK", "content": {"application/json": {"schema": shape}}}
            for status, shape in shapes.items()
        }
    return exchange
