"""The real worker of mails in a process that starts at once, its leases and pauses cut to a second.

It can be told to be killed at a place, as if by `kill -9`, at its n-th mail: "claimed", "handing" (the record
says so, the server has nothing yet), "answered" (the server has said 250, the record does not know).
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from service.documents import deliveries
from workers import postman
from workers.__main__ import main

LEASE_SECONDS = 1.0
#: Place → the function there, and whether it is still done.
PLACES = {"claimed": ("claim", True), "handing": ("handing", True), "answered": ("sent", False)}

#: A process that has imported everything, opened nothing, and forks a worker whenever asked to.
_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["tests.integration.hasty_worker", "workers.job", "workers.surveys"])


def start(environ: Mapping[str, str], log: Path, dies_at: tuple[str, int] | None = None) -> BaseProcess:
    """A worker with these settings; what it writes goes to the end of `log`."""
    process = _fork.Process(target=_work, args=(dict(environ), log, dies_at))
    process.start()
    return process


def _work(environ: dict[str, str], log: Path, dies_at: tuple[str, int] | None) -> None:
    os.environ.clear()
    os.environ.update(environ)
    with log.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    deliveries.LEASE = timedelta(seconds=LEASE_SECONDS)
    deliveries.FIRST_PAUSE = timedelta(seconds=0.1)
    postman.LET_BE_SECONDS = 0.1
    if dies_at:
        _die_at(*dies_at)
    sys.exit(main(["mail"]))


def _die_at(place: str, number: int) -> None:
    """Kills this process at a place, at the `number`-th mail that comes by."""
    name, is_done = PLACES[place]
    done, passed = getattr(deliveries, name), count(1)

    def dies(*arguments: Any) -> Any:
        last = next(passed) == number
        if last and not is_done:
            os.kill(os.getpid(), signal.SIGKILL)
        result = done(*arguments)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(deliveries, name, dies)
