"""What the queue runs: one named job for one record, in an app that its process opened itself."""

import importlib
import re
from collections.abc import Callable
from functools import cache, partial

from flask import Flask

from service.app import create_app
from service.logs import log

#: A job: takes the app (inside its context) and the id of the record it is about.
Job = Callable[[Flask, str], None]

_NAME = re.compile(r"[a-z_]+\.[a-z_]+")


class JobFailed(Exception):
    """A job raised: says which and what kind of error, never the error's text, which may name people."""


def run(name: str, record_id: str) -> None:
    """Runs job `name` ("statements.render" is workers/statements.py, render) for one record.

    Anything it raises is logged by type and places and raised again as JobFailed, which RQ keeps in Redis.
    """
    attempt(partial(_run, name, record_id), job=name, record=record_id)


def attempt(work: Callable[[], None], **names: str) -> None:
    """Calls `work`; its error is logged with `names` and comes out as a JobFailed without the text."""
    kind = None
    try:
        work()
    except Exception as error:
        log.error("job failed", **names, exc_info=error)
        kind = type(error).__name__
    if kind is not None:  # outside the except block: the error must not hang on to the new one
        raise JobFailed(f"{' '.join(names.values())}: {kind}")


def find(name: str) -> Callable[..., None]:
    """The function that `name` stands for. ValueError for a name that is none of ours."""
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of a job")
    module, function = name.split(".")
    found: Callable[..., None] = getattr(importlib.import_module(f"workers.{module}"), function)
    return found


def _run(name: str, record_id: str) -> None:
    job = find(name)
    app = _app()
    with app.app_context():
        job(app, record_id)
    log.info("job done", job=name, record=record_id)


@cache
def _app() -> Flask:
    """The app of this process. A worker that forks never asks for it, so that each child opens its own."""
    return create_app()
