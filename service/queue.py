"""Puts jobs on the queue by name, so that nothing in service imports workers.

The truth is the record in the store: a job carries its name and the record's id, nothing else. A job that
could not be queued, or is lost with the whole queue, is queued again by the scheduler's sweep of the records.
"""

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from service.logs import log

#: Queue → seconds that one of its jobs may take. Each queue has a worker of its own.
QUEUES: dict[str, int] = {"mail": 240, "pdf": 300, "import": 1800, "rollup": 600}

#: What the worker runs: workers/job.py, with the job's name and the record's id.
RUNNER = "workers.job.run"

FAILED_SECONDS = 24 * 3600
#: An abandoned job keeps its id for a minute or so: the record may be queued again under the next number.
NUMBERS = range(3)

_WAITING = {JobStatus.QUEUED, JobStatus.DEFERRED, JobStatus.SCHEDULED, JobStatus.CREATED}


def connect(url: str) -> redis.Redis:
    """A connection for web and scheduler: it says soon that nobody answers, rather than hold a person."""
    return redis.Redis.from_url(
        url, socket_connect_timeout=2, socket_timeout=5, retry=Retry(ConstantBackoff(0.1), retries=1)
    )


def enqueue(connection: redis.Redis, queue: str, job_name: str, record_id: str) -> bool:
    """Queues `job_name` ("statements.render": workers/statements.py, render) for one record.

    The same job for the same record waits only once. False, with a line in the log, when the queue server
    does not answer: the record is there, and the sweep will queue it.
    """
    try:
        _enqueue(connection, queue, job_name, record_id)
    except redis.RedisError as error:
        kind = type(error).__name__
        log.warning("queue does not answer", queue=queue, job=job_name, record=record_id, error=kind)
        return False
    return True


def _enqueue(connection: redis.Redis, queue: str, job_name: str, record_id: str) -> None:
    for number in NUMBERS:
        job_id = f"{job_name.replace('.', '-')}-{record_id}-{number}"
        if _push(connection, queue, job_id, job_name, record_id):
            return
        status = _clear_if_over(connection, job_id)
        if status in _WAITING and _is_in(connection, queue, job_id):
            return
        if status not in (JobStatus.STARTED, *_WAITING) and _push(
            connection, queue, job_id, job_name, record_id
        ):
            return


def _push(connection: redis.Redis, queue: str, job_id: str, job_name: str, record_id: str) -> bool:
    """Queues the job under `job_id`; False when there is a job with this id."""
    try:
        Queue(queue, connection=connection, serializer=JSONSerializer).enqueue_call(
            RUNNER,
            args=(job_name, record_id),
            job_id=job_id,
            unique=True,
            timeout=QUEUES[queue],
            result_ttl=0,
            failure_ttl=FAILED_SECONDS,
            description=f"{job_name} {record_id}",
        )
    except DuplicateJobError:
        return False
    return True


def _is_in(connection: redis.Redis, queue: str, job_id: str) -> bool:
    """Whether the job stands in the queue: one whose worker died as it took the job says that it waits, and
    does so nowhere.
    """
    position = Queue(queue, connection=connection, serializer=JSONSerializer).get_job_position(job_id)
    return position is not None


def _clear_if_over(connection: redis.Redis, job_id: str) -> JobStatus | None:
    """How the job of this id stands; one that is over (failed, as a rule) is deleted to free its id."""
    try:
        job = Job.fetch(job_id, connection=connection, serializer=JSONSerializer)
    except NoSuchJobError:
        return None
    status = job.get_status(refresh=False)
    if status is not JobStatus.STARTED and status not in _WAITING:
        job.delete()
    return status
