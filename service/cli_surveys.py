"""`flask surveys …`: the monthly survey from the command line."""

import click
from flask_babel import gettext as _

from service import current, surveying
from service.cli_commands import Group
from service.documents import invitations
from service.domain.months import parse_month
from service.errors import InvalidInput
from service.languages import said

#: Who started a run from the command line.
COMMAND_LINE = "command line"

surveys_group = Group("surveys", help="The monthly survey.")


@surveys_group.command("send")
@click.option("--month", required=True, help='The month to ask about, such as "2026-10".')
def send(month: str) -> None:
    """Prepares a month's invitations and has the worker send them; nobody ever gets a second one."""
    db = current.db()
    try:
        asked = parse_month(month)
        run = surveying.start(db, current.redis(), current.settings(), asked, COMMAND_LINE, current.now())
    except InvalidInput as error:
        raise click.ClickException(said(error)) from error
    numbers = {"invited": len(invitations.find(db, asked)), "left_out": len(run["left_out"])}
    click.echo(
        _(
            "Encuesta de %(month)s: %(invited)s personas invitadas, %(left_out)s clientes sin invitar.",
            month=asked,
            **numbers,
        )
    )


@surveys_group.command("remind")
def remind() -> None:
    """Reminds, once, everybody who was sent a survey that is still open and has not answered."""
    months = surveying.remind(current.db(), current.redis(), current.now())
    click.echo(_("Encuestas abiertas: %(months)s.", months=", ".join(months) or _("ninguna")))
