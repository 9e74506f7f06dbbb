"""Gunicorn's settings for the web process; it reads each lower-case name here as one of them.

`python -m gunicorn --config python:service.processes.web wsgi:app`
"""

from typing import Any

from service.config import Settings
from service.processes import orphans
from service.processes.web_log import DiscreetLogger

_settings = Settings.from_environ()

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = [f"{_host}:{_settings.port}"]
worker_class = "gthread"
# Two cores: one process each; threads cover the waiting for store and queue.
workers = 2
threads = 4
# A request may take this long (an upload is written down, not worked off, in a request) …
timeout = 60
# … and this long when it is under way at SIGTERM, less than the supervisor's grace.
graceful_timeout = 20
keepalive = 5
# The app writes its own access log, without paths and queries.
accesslog = None
logger_class = DiscreetLogger
errorlog = "-"
loglevel = "warning"
# Its control socket would lie in HOME and steer any gunicorn of this user.
control_socket_disable = True
# The store's client is not fork-safe: each process makes its own app after the fork.
preload_app = False


def post_fork(server: Any, worker: Any) -> None:
    """A web process dies with the one that holds the port, or the port would stay taken."""
    orphans.die_with(server.pid)
