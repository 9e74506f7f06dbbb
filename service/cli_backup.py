"""`flask backup FILE` and `flask restore FILE`: a centre's documents in one file."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from service import current
from service.cli_commands import Command
from service.documents import backups
from service.errors import Conflict, InvalidInput
from service.languages import said

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup", cls=Command)
@click.argument("file", type=_FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Writes every document to FILE, readable by this user alone. It holds health data: keep it safe."""
    count = backups.write(current.db(), file)
    click.echo(_("%(count)s documentos en %(file)s.", count=count, file=file))


@click.command("restore", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Empties the database first.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Puts the documents of FILE into an empty database."""
    try:
        count = backups.restore(current.db(), file, replace)
    except (InvalidInput, Conflict) as error:
        raise click.ClickException(said(error)) from error
    click.echo(_("%(count)s documentos restaurados.", count=count))
