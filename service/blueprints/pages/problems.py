"""A page for each thing that goes wrong, in plain Spanish, with a way on; without a login, the login page."""

from typing import Any

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException

from service import auth, current, logs
from service.blueprints.pages import login
from service.blueprints.statuses import status_of
from service.errors import Conflict, ConsultorioError, ForeignForm, Unauthenticated
from service.languages import said

TEXTS = {
    400: (lazy_gettext("No se pudo leer la solicitud"), lazy_gettext("Vuelva atrás e intente otra vez.")),
    403: (
        lazy_gettext("No permitido"),
        lazy_gettext("Lo que pidió no se puede hacer desde aquí. No se guardó nada."),
    ),
    404: (
        lazy_gettext("No lo encontramos"),
        lazy_gettext("Puede que se haya eliminado, o que la dirección esté incompleta."),
    ),
    405: (
        lazy_gettext("Esta dirección no se abre así"),
        lazy_gettext("Vaya al inicio y llegue desde el menú."),
    ),
    409: (lazy_gettext("Hay algo en el camino"), lazy_gettext("Lo que pidió choca con otro registro.")),
    412: (
        lazy_gettext("Hay cambios más nuevos"),
        lazy_gettext("Otra persona guardó cambios mientras usted editaba."),
    ),
    413: (
        lazy_gettext("Es demasiado grande"),
        lazy_gettext("Un archivo puede tener como máximo 10 MB. No se guardó nada."),
    ),
    415: (lazy_gettext("No se pudo leer la solicitud"), lazy_gettext("El formato no es el que se espera.")),
    422: (lazy_gettext("Revise los datos"), lazy_gettext("Algún dato no es válido.")),
    429: (
        lazy_gettext("Demasiados intentos"),
        lazy_gettext("Espere unos minutos antes de intentar otra vez."),
    ),
    503: (
        lazy_gettext("El sistema no responde"),
        lazy_gettext("Intente de nuevo en unos segundos; si sigue así, avise a quien lo administra."),
    ),
}
_UNEXPECTED = (
    lazy_gettext("Algo falló"),
    lazy_gettext(
        "El fallo quedó registrado. Intente de nuevo; si se repite, avise a quien administra el sistema."
    ),
)
#: HTTP's own headers that say more than the page: what is allowed, when to come back.
_HEADERS = ("Allow", "Retry-After")

#: Shown when not even the error page can be drawn: nothing but what stands here is needed.
_BARE = """<!doctype html>
<html lang="es"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Algo falló · Consultorio</title><link rel="stylesheet" href="/static/consultorio.css"></head>
<body class="bare"><main class="bare-main"><h1>Algo falló</h1>
<p>Quedó registrado. Intente de nuevo en unos minutos.</p>
<p><a href="/">Ir al inicio</a></p></main></body></html>
"""


def page(error: Exception) -> Response:
    """The answer for an error that a page's route did not handle itself."""
    try:
        response = _login_or_resume(error) or _error_page(error)
    except Exception as broken:
        logs.log.error("error page failed", exc_info=broken)
        response = make_response(_BARE, status_of(error))
    if isinstance(error, HTTPException):
        response.headers.extend((name, value) for name, value in error.get_headers() if name in _HEADERS)
    return auth.send_renewed(response)


def _login_or_resume(error: Exception) -> Response | None:
    """What asks to log in, or to send a form of an earlier login again, as only our own pages may."""
    if isinstance(error, Unauthenticated):
        return login.login_first()
    if status_of(error) == 429 and request.endpoint == "pages.login.log_in":
        return login.login_page(
            error=_("Demasiados intentos. Espere unos minutos y pruebe otra vez."), status=429
        )
    if isinstance(error, ForeignForm) and auth.is_our_page():
        csrf = auth.csrf_of_cookies(current.db())
        if not csrf:
            return login.login_first()
        if not request.files:
            resume = login.resume_page(request.full_path.rstrip("?"), login.unsent(request.form), csrf)
            resume.status_code = status_of(error)
            return resume
    return None


def _error_page(error: Exception) -> Response:
    status = status_of(error)
    title, text = TEXTS.get(status, _UNEXPECTED)
    said = _said(error) or text
    way_on = {**_way_on(error), "unsent": _unsent() if status >= 500 else ()}
    html = render_template("errors/error.html", status=status, title=title, text=said, **way_on)
    return make_response(html, status)


def _unsent() -> login.Fields:
    """The form that one of our pages sent in vain, to be sent again as it is; never a password."""
    if request.method != "POST" or request.endpoint == "pages.login.log_in" or not auth.is_our_page():
        return []
    return [] if request.files else list(request.form.items(multi=True))


def _way_on(error: Exception) -> dict[str, Any]:
    """Where to go from here, when there is a better place than the start page."""
    if isinstance(error, ForeignForm) and login.opens(request.path):
        return {"action": _("Abrir el formulario de nuevo"), "href": request.path}
    if isinstance(error, Conflict):
        return {"details": [item["name"] for item in error.in_the_way if item.get("name")]}
    return {}


def _said(error: Exception) -> str:
    """What one of our own errors says; others may quote what nobody should read."""
    return said(error) if isinstance(error, ConsultorioError) else ""
