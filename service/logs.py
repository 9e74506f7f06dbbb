"""Logs: one JSON line an event on standard error, without anything personal.

A request is logged by its route's pattern, never its path or query; an exception by its type and places,
never its message, which may quote what somebody typed.
"""

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("consultorio")

#: Routes of no interest, and the endpoints of static files.
_QUIET = ("/healthz", "/readyz", "static", "kept_file", "bootstrap.static")


def start() -> None:
    """Sends every event of this process to standard error, one JSON line each."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            places_only,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def configure(app: Flask) -> None:
    """Logs every request of `app` and its unexpected errors."""
    start()
    app.logger.handlers[:] = [_NamelessHandler()]
    app.logger.propagate = False
    app.logger.setLevel(logging.WARNING)
    app.before_request(_start_clock)
    app.after_request(_log_request)


def places_only(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces `exc_info` by the exception's type and the places it passed, without its message."""
    info = event.pop("exc_info", None)
    error = (
        info
        if isinstance(info, BaseException)
        else (info[1] if isinstance(info, tuple) else sys.exc_info()[1])
    )
    if info and error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["places"] = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames
        ]
    return event


class _NamelessHandler(logging.Handler):
    """Passes Flask's own records on without their messages' arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        log.error("unexpected error", logger=record.name, exc_info=record.exc_info)


def _start_clock() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unknown"
    if route not in _QUIET and request.endpoint not in _QUIET:
        elapsed = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000)
        log.info("request", method=request.method, route=route, status=response.status_code, ms=elapsed)
    return response
