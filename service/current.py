"""What a request or a command works with: the app's settings, store, queue connection and calendar clock."""

from datetime import datetime
from typing import Any, cast

from flask import current_app

from service import clock
from service.config import Settings
from service.database import Db
from service.domain.months import local_day


def settings() -> Settings:
    """The app's settings."""
    return cast(Settings, current_app.config["SETTINGS"])


def db() -> Db:
    """The centre's database."""
    return cast(Db, current_app.extensions["db"])


def redis() -> Any:
    """The queue server's connection."""
    return current_app.extensions["redis"]


def now() -> datetime:
    """The calendar's present instant, aware UTC."""
    return clock.calendar_now(settings())


def today() -> str:
    """The centre's today."""
    return local_day(now(), settings().zone)
