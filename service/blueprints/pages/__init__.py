"""The pages that staff use, in Spanish; every one but the login asks for a login."""

from flask import Blueprint, Flask, request
from werkzeug.exceptions import Forbidden

from service import auth, current
from service.blueprints.pages import (
    calendar_feeds,
    client_edit,
    client_surveys,
    closing,
    closing_items,
    exchange_rates,
    exports,
    home,
    imports,
    login,
    merges,
    psychotherapist_edit,
    quick_entry,
    reports,
    series,
    session_statuses,
    sessions,
    settings,
    statements,
    survey_results,
    surveys,
    year_report,
)

_PARTS = (
    home.routes,
    login.routes,
    sessions.routes,
    series.routes,
    session_statuses.routes,
    quick_entry.routes,
    client_edit.routes,
    client_surveys.routes,
    merges.routes,
    psychotherapist_edit.routes,
    reports.routes,
    year_report.routes,
    exports.routes,
    calendar_feeds.routes,
    survey_results.routes,
    closing.routes,
    closing_items.routes,
    exchange_rates.routes,
    surveys.routes,
    settings.routes,
)
#: They look for a login themselves.
_OPEN = ("pages.login.show", "pages.login.log_in", "pages.login.log_out")
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
#: A form without a file is small; one that is not would be read whole before anybody asks who sends it.
_MOST_BYTES_OF_A_FORM = 2 * 1024 * 1024


def register(app: Flask) -> None:
    """Adds the pages and what their templates call."""
    pages = Blueprint("pages", __name__)
    for routes in (*_PARTS, imports.routes, statements.routes):
        pages.register_blueprint(routes)
    pages.before_request(_require_login)
    pages.after_request(auth.send_renewed)
    app.register_blueprint(pages)
    app.jinja_env.globals.update(csrf_token=auth.csrf_token, settings=app.config["SETTINGS"])


def _require_login() -> None:
    """A write that another site's page sent is refused before anything else, the login's too."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = _MOST_BYTES_OF_A_FORM
    if request.method in _WRITES and auth.is_cross_site():
        raise Forbidden()
    if request.endpoint not in _OPEN:
        auth.require_cookie(current.db())
