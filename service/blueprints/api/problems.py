"""What goes wrong as application/problem+json [RFC 9457]."""

from typing import Any

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from service import errors
from service.blueprints.statuses import status_of
from service.languages import all_translated
from service.texts import _

TITLES = {
    400: _("Solicitud incorrecta"),
    401: _("Falta iniciar sesión"),
    403: _("No permitido"),
    404: _("No encontrado"),
    405: _("Método no permitido"),
    409: _("Conflicto"),
    412: _("Versión anterior"),
    413: _("Demasiado grande"),
    415: _("Formato no admitido"),
    422: _("Datos no válidos"),
    429: _("Demasiados intentos"),
    500: _("Error inesperado"),
    503: _("No disponible"),
}
DETAILS = {
    400: _("No se pudo leer la solicitud."),
    404: _("No encontramos lo que busca."),
    405: _("Esta dirección no admite ese método."),
    413: _("El archivo o la solicitud supera los 10 MB."),
    415: _("Envíe el contenido como application/json."),
    429: _("Espere unos minutos antes de intentar otra vez."),
    500: _("Ocurrió un error inesperado; quedó registrado."),
    503: _("El sistema no responde en este momento. Intente de nuevo."),
}


def problem(error: Exception) -> Response:
    """The answer for an error that an API route raised."""
    status = status_of(error)
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, _("Error")), "status": status}
    body["detail"] = getattr(error, "message", "") or DETAILS.get(status, "")
    if isinstance(error, errors.InvalidInput):
        body["errors"] = error.errors
    if isinstance(error, errors.Conflict):
        body["in_the_way"] = error.in_the_way
    if isinstance(error, errors.Stale):
        body["current_version"] = error.current.get("version")
    response = jsonify(all_translated(body))
    response.status_code, response.mimetype = status, "application/problem+json"
    if isinstance(error, HTTPException):
        response.headers.extend(
            (name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")
        )
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
