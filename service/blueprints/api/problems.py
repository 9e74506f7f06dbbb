"""What goes wrong as application/problem+json [RFC 9457]."""

from typing import Any

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from service import errors
from service.blueprints.statuses import status_of

TITLES = {
    400: "Solicitud incorrecta",
    401: "Falta iniciar sesión",
    403: "No permitido",
    404: "No encontrado",
    405: "Método no permitido",
    409: "Conflicto",
    412: "Versión anterior",
    413: "Demasiado grande",
    415: "Formato no admitido",
    422: "Datos no válidos",
    429: "Demasiados intentos",
    500: "Error inesperado",
    503: "No disponible",
}
DETAILS = {
    400: "No se pudo leer la solicitud.",
    404: "No encontramos lo que busca.",
    405: "Esta dirección no admite ese método.",
    413: "El archivo o la solicitud supera los 10 MB.",
    415: "Envíe el contenido como application/json.",
    429: "Espere unos minutos antes de intentar otra vez.",
    500: "Ocurrió un error inesperado; quedó registrado.",
    503: "El sistema no responde en este momento. Intente de nuevo.",
}


def problem(error: Exception) -> Response:
    """The answer for an error that an API route raised."""
    status = status_of(error)
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status}
    body["detail"] = getattr(error, "message", "") or DETAILS.get(status, "")
    if isinstance(error, errors.InvalidInput):
        body["errors"] = error.errors
    if isinstance(error, errors.Conflict):
        body["in_the_way"] = error.in_the_way
    if isinstance(error, errors.Stale):
        body["current_version"] = error.current.get("version")
    response = jsonify(body)
    response.status_code, response.mimetype = status, "application/problem+json"
    if isinstance(error, HTTPException):
        response.headers.extend(
            (name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")
        )
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
