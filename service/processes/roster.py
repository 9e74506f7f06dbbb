"""Who runs: each process of one centre on one machine, with the one command that starts it."""

import errno
import http.client
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from service.config import Settings
from service.embedded import place
from service.processes import valkey
from service.processes.child import Child
from service.queue import QUEUES

# Layers: what others need ends after them.
STORE, QUEUE, WORK = 0, 1, 2


def store(data_dir: Path, environ: Mapping[str, str]) -> Child:
    """The single-machine document store."""
    command = (sys.executable, "-m", "service.embedded", "--data-dir", str(data_dir))
    return Child("store", command, STORE, environ, partial(_listens, data_dir))


def queue(data_dir: Path, environ: Mapping[str, str]) -> Child:
    """The single-machine queue server."""
    log = str(valkey.log_path(data_dir))
    return Child("queue", valkey.command(data_dir), QUEUE, environ, partial(valkey.answers, data_dir), log)


def prepare(environ: Mapping[str, str]) -> Child:
    """The step before everything else: indexes and the first administrator."""
    return Child("prepare", (sys.executable, "-m", "service.processes.prepare"), WORK, environ)


def fill_demo(environ: Mapping[str, str]) -> Child:
    """The step of `make demo`: the invented centre, where it is not there yet."""
    return Child("demo", (sys.executable, "-m", "flask", "--app", "wsgi", "demo", "fill"), WORK, environ)


def work(settings: Settings, environ: Mapping[str, str]) -> list[Child]:
    """The web, a worker for each queue, and the scheduler; the web comes last, so that it is ready last."""
    python = sys.executable
    serve = (python, "-m", "gunicorn", "--config", "python:service.processes.web", "wsgi:app")
    return [
        *(Child(f"worker {name}", (python, "-m", "workers", name), WORK, environ) for name in QUEUES),
        Child("scheduler", (python, "-m", "workers.scheduler"), WORK, environ),
        Child("web", serve, WORK, environ, partial(web_answers, settings.host, settings.port)),
    ]


def web_answers(host: str, port: int) -> bool:
    """Whether /readyz says that web, store and queue answer."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def why_not_listen(host: str, port: int) -> str | None:
    """What keeps the web from listening there, for a person; None when nothing does."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"El puerto {port} de {host} está ocupado. Elija otro con PORT."
            return f"No se puede escuchar en {host}:{port} ({error.strerror}). Revise HOST y PORT."
    return None


def _listens(data_dir: Path) -> bool:
    """Whether the store takes connections; it loads its file before it listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(place.socket_path(data_dir)))
        except OSError:
            return False
        return True
