"""What goes wrong on the public pages, in plain words; nothing here leads to the staff's login."""

from flask import Response, current_app, g, make_response, render_template, request
from flask_babel import force_locale
from werkzeug.exceptions import HTTPException

from service import logs
from service.blueprints.statuses import status_of
from service.languages import LOCALES
from service.texts import Text, _

#: Below it every address is a public page's.
PREFIX = "/encuesta/"

_TEXTS: dict[int, tuple[Text, Text]] = {
    404: (
        _("Este enlace no existe"),
        _("Puede que esté incompleto: ábralo otra vez desde el correo que recibió."),
    ),
    405: (_("Este enlace no se abre así"), _("Ábralo otra vez desde el correo que recibió.")),
    413: (_("Es demasiado largo"), _("Vuelva atrás y acorte su comentario. No se guardó nada.")),
    429: (_("Demasiados intentos"), _("Espere unos minutos y abra otra vez el enlace del correo.")),
    503: (
        _("El sistema no responde"),
        _("No se guardó nada. Vuelva atrás e intente de nuevo en unos minutos."),
    ),
}
_UNEXPECTED = (_("Algo falló"), _("Vuelva atrás e intente de nuevo en unos minutos."))
_HEADERS = ("Allow", "Retry-After")

#: Shown when not even that page can be drawn.
_BARE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8"><meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Algo falló</title></head>
<body><main><h1>Algo falló</h1><p>Intente de nuevo en unos minutos.</p></main></body></html>
"""


def public_page(error: Exception) -> Response:
    """The answer for an error of a public page, in the language of its invitation or of the browser."""
    status = status_of(error)
    title, text = _TEXTS.get(status, _UNEXPECTED)
    try:
        with force_locale(_locale()):
            response = make_response(render_template("survey/problem.html", title=title, text=text), status)
    except Exception as broken:
        logs.log.error("error page failed", exc_info=broken)
        response = make_response(_BARE, status)
    if isinstance(error, HTTPException):
        response.headers.extend((name, value) for name, value in error.get_headers() if name in _HEADERS)
    return response


def _locale() -> str:
    default = current_app.config["BABEL_DEFAULT_LOCALE"]
    language = request.accept_languages.best_match(LOCALES)
    return str(g.get("survey_locale") or LOCALES.get(language or "", default))
