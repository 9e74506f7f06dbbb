"""`flask demo fill`: an invented centre in an empty database, to look around in."""

import click
from flask_babel import gettext as _

from service import current
from service.cli_commands import Group
from service.documents import demo, staff
from service.domain.survey_links import survey_key
from service.errors import ConsultorioError
from service.languages import said

demo_group = Group("demo", help="An invented centre.")


@demo_group.command("fill")
@click.option("--months", type=click.IntRange(1, 60), default=demo.MONTHS, show_default=True)
@click.option("--clients", type=click.IntRange(10, 1000), default=demo.CLIENTS, show_default=True)
def fill(months: int, clients: int) -> None:
    """Fills an empty database, once: what was interrupted is finished, what is there stays."""
    db, settings = current.db(), current.settings()
    try:
        record = demo.begin(db, current.now(), months, clients)
    except ConsultorioError as error:
        raise click.ClickException(said(error)) from error
    first_account = next(iter(staff.names(db)), "")
    if demo.fill(db, record, first_account, survey_key(settings.secret_key), settings.zone):
        click.echo(_("El centro de demostración está listo: todo en él es inventado."))
