"""Commands: `flask --app wsgi …`. Each ends with status 0, or not 0 with one clear line on standard error."""

from flask import Flask

from service.cli_backup import backup, restore
from service.cli_demo import demo_group
from service.cli_imports import import_sheets
from service.cli_months import months_group
from service.cli_staff import staff_group
from service.cli_statements import statements_group
from service.cli_surveys import surveys_group


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
