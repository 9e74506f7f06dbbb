"""A page for each thing that goes wrong, in plain Spanish, with a way on; without a login, the login page."""

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _

from service import auth
from service.blueprints.pages.login import login_page
from service.blueprints.statuses import status_of
from service.errors import Unauthenticated

TEXTS = {
    400: ("No se pudo leer la solicitud", "Vuelva atrás e intente otra vez."),
    403: ("No permitido", "Su cuenta no puede hacer esto."),
    404: ("No encontrado", "No encontramos lo que busca. Puede que se haya eliminado."),
    405: ("No permitido", "Esta dirección no se abre así."),
    409: ("Hay algo en el camino", "Lo que pidió choca con otro registro."),
    412: ("Hay cambios más nuevos", "Otra persona guardó cambios mientras usted editaba."),
    413: ("Demasiado grande", "El archivo supera los 10 MB."),
    422: ("Revise los datos", "Algún dato no es válido."),
    429: ("Demasiados intentos", "Espere unos minutos antes de intentar otra vez."),
    503: ("El sistema no responde", "Intente de nuevo en unos segundos."),
}
_UNEXPECTED = ("Error inesperado", "Quedó registrado. Intente de nuevo.")


def page(error: Exception) -> Response:
    """The answer for an error that a page's route did not handle itself."""
    if isinstance(error, Unauthenticated):
        return login_page(carry=True)
    status = status_of(error)
    title, text = TEXTS.get(status, _UNEXPECTED)
    said = getattr(error, "message", "") or " ".join(_first_messages(error)) or text
    response = make_response(render_template("errors/error.html", status=status, title=_(title), text=_(said)), status)
    return auth.send_renewed(response)


def _first_messages(error: Exception) -> list[str]:
    errors: dict[str, list[str]] = getattr(error, "errors", {})
    return [message for messages in errors.values() for message in messages]
