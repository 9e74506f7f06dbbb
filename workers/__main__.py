"""`python -m workers QUEUE`: one worker for one queue, until SIGTERM; it finishes the job under way.

One queue only: RQ takes a job safely (BLMOVE) from a single queue, with two a killed worker loses jobs.
"""

import importlib
import os
import signal
import sys
import time
import uuid

import redis
from rq import SimpleWorker, Worker
from rq.serializers import JSONSerializer

from service import logs
from service.config import Settings, SettingsError
from service.logs import log
from service.processes import orphans
from service.queue import QUEUES

#: An abandoned job is found after about these and a minute (with RQ's defaults: seven minutes).
WORKER_TTL_SECONDS = 30
INTERVAL_SECONDS = 5
LONGEST_PAUSE_SECONDS = 10.0
#: The modules of a queue's jobs, with all that they import (xhtml2pdf: a second).
PRELOADED = {
    "mail": ("workers.surveys",),
    "pdf": ("workers.statements",),
    "import": ("workers.imports",),
    "rollup": ("workers.months",),
}


class OneQueueWorker(Worker):
    """RQ's worker, whose work-horse does not outlive it: else the job would go on beside its second run."""

    def setup_work_horse_signals(self) -> None:
        """In the new work-horse."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        orphans.die_with(self.pid or os.getppid())


class SameProcessWorker(SimpleWorker):
    """RQ's worker that runs jobs itself: mails go one after another over one connection, without forks."""


#: How each queue's worker works; the others fork for each job.
WORKERS: dict[str, type[Worker] | type[SimpleWorker]] = {"mail": SameProcessWorker}


def main(arguments: list[str]) -> int:
    """Exit status 0 after SIGTERM; 2 with a line on standard error for anything but one known queue."""
    if len(arguments) != 1 or arguments[0] not in QUEUES:
        print(f"Indique una sola cola, una de: {', '.join(QUEUES)}.", file=sys.stderr)
        return 2
    try:
        settings = Settings.from_environ()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    work(arguments[0], settings.redis_url)
    return 0


def work(queue: str, redis_url: str) -> None:
    """Takes jobs of `queue` until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.start()
    preload(queue)
    connection = redis.Redis.from_url(redis_url)
    wait_for(connection)
    worker = WORKERS.get(queue, OneQueueWorker)(
        [queue],
        name=f"{queue}-{uuid.uuid4().hex}",
        connection=connection,
        worker_ttl=WORKER_TTL_SECONDS,
        job_monitoring_interval=INTERVAL_SECONDS,
        maintenance_interval=INTERVAL_SECONDS,
        serializer=JSONSerializer,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def preload(queue: str) -> None:
    """Imports before the fork what each job would import after it; nothing that opens a connection."""
    for module in ("workers.job", *PRELOADED.get(queue, ())):
        importlib.import_module(module)


def wait_for(connection: redis.Redis) -> None:
    """Returns when the queue server answers, however long that takes: dying of it would not help."""
    pause = 0.5
    while True:
        try:
            connection.ping()
            return
        except redis.RedisError as error:
            log.warning("waiting for the queue", error=type(error).__name__)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
