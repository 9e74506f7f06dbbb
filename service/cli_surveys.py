"""`flask surveys …`: the monthly survey from the command line."""

import click
from flask.cli import AppGroup

from service import current, surveying
from service.documents import invitations
from service.domain.months import parse_month
from service.errors import InvalidInput

#: Who started a run from the command line.
COMMAND_LINE = "command line"

surveys_group = AppGroup("surveys", help="The monthly survey.")


@surveys_group.command("send")
@click.option("--month", required=True, help='The month to ask about, such as "2026-10".')
def send(month: str) -> None:
    """Prepares a month's invitations and has the worker send them; nobody ever gets a second one."""
    db = current.db()
    try:
        asked = parse_month(month)
        run = surveying.start(db, current.redis(), current.settings(), asked, COMMAND_LINE, current.now())
    except InvalidInput as error:
        raise click.ClickException(" ".join(error.errors["month"])) from error
    invited = len(invitations.find(db, asked))
    click.echo(
        f"Encuesta de {asked}: {invited} personas invitadas, {len(run['left_out'])} clientes sin invitar."
    )


@surveys_group.command("remind")
def remind() -> None:
    """Reminds, once, everybody who was sent a survey that is still open and has not answered."""
    months = surveying.remind(current.db(), current.redis(), current.now())
    click.echo(f"Encuestas abiertas: {', '.join(months) or 'ninguna'}.")
