"""Commands: `flask --app wsgi …`. Each ends with status 0, or not 0 with one clear line on standard error."""

import click
from flask import Flask

from service import current
from service.cli_backup import backup, restore
from service.cli_commands import Group
from service.cli_demo import demo_group
from service.cli_imports import import_sheets
from service.cli_months import months_group
from service.cli_statements import statements_group
from service.cli_surveys import surveys_group
from service.documents import staff
from service.errors import ConsultorioError
from service.languages import said

staff_group = Group("staff", help="Staff accounts.")


def register(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(staff_group)
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(import_sheets)
    app.cli.add_command(statements_group)
    app.cli.add_command(surveys_group)
    app.cli.add_command(months_group)
    app.cli.add_command(demo_group)


@staff_group.command("add")
@click.argument("email")
@click.option("--name", default="", help="Shown beside what this person does.")
@click.option("--role", type=click.Choice(staff.ROLES), default="administration", show_default=True)
@click.password_option()
def add_staff(email: str, name: str, role: str, password: str) -> None:
    """Creates an account for EMAIL; the password is asked for."""
    try:
        staff.add(current.db(), email, name or email.partition("@")[0], password, role, current.now())
    except ConsultorioError as error:
        raise click.ClickException(said(error)) from error
