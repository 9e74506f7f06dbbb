"""`staff …`: who may log in. Passwords are asked for and never shown."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from service import current
from service.cli_commands import Group
from service.documents import staff
from service.errors import ConsultorioError
from service.languages import said

staff_group = Group("staff", help="Staff accounts.")


@staff_group.command("add")
@click.argument("email")
@click.option("--name", default="", help="Shown beside what this person does.")
@click.option("--role", type=click.Choice(staff.ROLES), default="administration", show_default=True)
@click.password_option()
def add(email: str, name: str, role: str, password: str) -> None:
    """Creates an account for EMAIL; the password is asked for."""
    with _refusals():
        staff.add(current.db(), email, name or email.partition("@")[0], password, role, current.now())


@staff_group.command("password")
@click.argument("email")
@click.password_option()
def change_password(email: str, password: str) -> None:
    """Gives EMAIL a new password; ends its logins, and opens the account again if it was closed."""
    with _refusals():
        staff.set_password(current.db(), email, password)


@staff_group.command("close")
@click.argument("email")
def close(email: str) -> None:
    """Closes the account of EMAIL: it is logged out everywhere and cannot log in any more."""
    with _refusals():
        staff.close(current.db(), email)


@contextmanager
def _refusals() -> Iterator[None]:
    """What is wrong, as one line."""
    try:
        yield
    except ConsultorioError as error:
        raise click.ClickException(said(error)) from error
