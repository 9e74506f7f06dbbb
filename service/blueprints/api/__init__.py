"""The JSON API under /api/v1; every route but the login asks for a Bearer token."""

from flask import Blueprint, Flask, request

from service import auth, current
from service.blueprints.api import (
    clients,
    exchange_rates,
    imports,
    login,
    merges,
    months,
    openapi,
    psychotherapists,
    reports,
    series,
    sessions,
    statements,
    survey_results,
    surveys,
)

PREFIX = "/api/v1"
_PARTS = (
    *(login.routes, clients.routes, psychotherapists.routes, sessions.routes, reports.routes),
    surveys.routes,
)
_OPEN = ("api.login.log_in", "api.login.refresh", "api.openapi.description")


def register(app: Flask) -> None:
    """Adds the API."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    for routes in (
        *_PARTS,
        series.routes,
        months.routes,
        exchange_rates.routes,
        imports.routes,
        merges.routes,
        statements.routes,
        openapi.routes,
        survey_results.routes,
    ):
        api.register_blueprint(routes)
    api.before_request(_require_token)
    app.register_blueprint(api)


def _require_token() -> None:
    if request.endpoint not in _OPEN:
        auth.require_bearer(current.db())
