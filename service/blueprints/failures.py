"""Where every error of a request ends: as problem+json under the API, as a page elsewhere, in the log if
unnamed. The public pages have their own, which leads nobody to the login.
"""

from flask import Flask, Response, request
from pymongo.errors import PyMongoError
from werkzeug.exceptions import HTTPException

from service import logs
from service.blueprints.api.problems import problem
from service.blueprints.pages.problems import page
from service.blueprints.statuses import status_of
from service.blueprints.survey.problems import PREFIX, public_page
from service.errors import ConsultorioError


def register(app: Flask) -> None:
    """Handles named errors, HTTP's own, a store that does not answer, and anything else."""
    for kind in (ConsultorioError, HTTPException, PyMongoError, Exception):
        app.register_error_handler(kind, _answer)


def _answer(error: Exception) -> Response:
    if status_of(error) >= 500:
        logs.log.error("request failed", route=str(request.url_rule), exc_info=error)
    if request.path.startswith("/api/"):
        return problem(error)
    return public_page(error) if request.path.startswith(PREFIX) else page(error)
