"""Ajustes: what direction sets for the whole centre. One form for each part."""

from flask import Blueprint, Response, flash, make_response, render_template, request
from flask_babel import gettext as _

from service import auth, current
from service.blueprints.pages import records, sending
from service.blueprints.statuses import status_of
from service.documents import settings, survey_mails
from service.domain.survey_schedule import next_due
from service.errors import InvalidInput, Stale
from service.schemas.form import Form
from service.schemas.surveys import SurveySettingsSchema

routes = Blueprint("settings", __name__, url_prefix="/ajustes")


@routes.get("")
def index() -> str:
    """The settings as they are."""
    return _page(Form.of(SurveySettingsSchema(), settings.get(current.db())["surveys"]))


@routes.post("/encuestas")
def surveys() -> Response:
    """Sets when surveys are sent."""
    auth.require_direction()
    schema, typed = SurveySettingsSchema(), records.sent()
    try:
        fields = records.loaded(schema, typed)
        settings.change_surveys(current.db(), fields, sending.version(request.form), current.now())
    except (InvalidInput, Stale) as error:
        form = Form.typed(schema, typed, records.messages(error))
        return make_response(_page(form, isinstance(error, Stale)), status_of(error))
    survey_mails.free_limited(current.db())
    flash(_("Se guardaron los ajustes."), "success")
    return sending.see_other(".index")


def _page(form: Form, stale: bool = False) -> str:
    """With what is stored where somebody else was faster, so that saving again is meant."""
    db, zone = current.db(), current.settings().zone
    stored = settings.get(db)
    version = (
        stored["version"] if stale or sending.VERSION not in request.form else request.form[sending.VERSION]
    )
    month, sends_at = next_due(current.now(), settings.schedule(db), zone)
    return render_template(
        "pages/settings/index.html",
        form=form,
        stored=stored["surveys"],
        version=version,
        stale=stale,
        may_change=auth.is_direction(),
        month=month,
        sends_at=sends_at,
    )
