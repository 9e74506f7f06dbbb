"""create_app: the only place that wires settings, store, queue and pages together."""

from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from service import auth, cli, database, formats, languages, lighter, limits, logs, queue
from service.blueprints import api, failures, feed, ops, pages, survey
from service.config import Settings

ROOT = Path(__file__).parent.parent
MAX_UPLOAD = 10 * 1024 * 1024
#: Room for a form's other fields beside an upload of the largest size.
MAX_REQUEST = MAX_UPLOAD + 64 * 1024

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    # Nearly every answer is about somebody; what may be kept, such as a script, says so itself.
    "Cache-Control": "no-store",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The web application and command line of one centre. Opens its own store client: call it after a
    fork.
    """
    settings = settings or Settings.from_environ()
    app = Flask("service", root_path=str(ROOT / "service"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SETTINGS=settings,
        # What a page leaves to say after a redirect travels in a signed cookie.
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    logs.configure(app)
    _connect(app, settings)
    languages.register(app, settings.language)
    Bootstrap5(app)
    formats.register(app, settings.zone)
    auth.configure(app, settings, app.extensions["db"])
    limits.configure(app, settings)
    for part in (ops, api, pages, feed, survey, failures):
        part.register(app)
    cli.register(app)
    lighter.configure(app)
    app.after_request(_add_security_headers)
    if settings.trusted_proxies:
        # Only who asks is taken from them: the proxy, or all who come through it would share one limit.
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies, 0, 0, 0, 0)  # type: ignore[method-assign]
    return app


def _connect(app: Flask, settings: Settings) -> None:
    client = database.connect(settings.mongodb_uri)
    app.extensions["db"] = database.open_database(client, settings.mongodb_db)
    app.extensions["redis"] = queue.connect(settings.redis_url)


def _add_security_headers(response):  # type: ignore[no-untyped-def]
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
