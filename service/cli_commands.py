"""Commands and groups that say in one line when the store or the queue does not answer."""

from typing import Any

import click
from flask.cli import AppGroup
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from service.errors import NotReady
from service.languages import said


class Command(click.Command):
    """A command; its callback opens the app's context, which `said` needs."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs it."""
        try:
            return super().invoke(ctx)
        except (PyMongoError, RedisError) as error:
            raise click.ClickException(said(NotReady())) from error


class Group(AppGroup):
    """Commands under one name."""

    command_class = Command
