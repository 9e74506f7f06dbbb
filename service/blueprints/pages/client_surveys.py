"""A client who asked for no more surveys: taken back on their own word only, so it is asked before."""

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _

from service import current
from service.blueprints.pages import sending
from service.documents import clients, survey_answers
from service.documents.store import Document
from service.errors import Stale

routes = Blueprint("client_surveys", __name__, url_prefix="/clientes/<client_id>/encuestas")


@routes.get("")
def confirm(client_id: str) -> str:
    """Asks whether the client said so."""
    return _confirmation(clients.get(current.db(), client_id))


@routes.post("")
def resubscribe(client_id: str) -> Response:
    """The client is asked again from the next survey on."""
    try:
        survey_answers.resubscribe(current.db(), client_id, sending.version(request.form))
    except Stale as error:
        return make_response(_confirmation(clients.get(current.db(), error.current["_id"]), stale=True), 412)
    flash(_("Volverá a recibir la encuesta."), "success")
    return sending.see_other("pages.clients.show", client_id=client_id)


def _confirmation(client: Document, stale: bool = False) -> str:
    return render_template("pages/clients/surveys.html", client=client, stale=stale)
