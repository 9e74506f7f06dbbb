"""How the queues stand: what waits, runs and failed, and who works; for whoever watches the system."""

import redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from service.queue import QUEUES


def read(connection: redis.Redis) -> dict[str, dict[str, int]]:
    """{queue: {waiting, running, failed, workers}}: jobs by state, failed ones for a day, and its workers.

    redis.RedisError when the queue server does not answer.
    """
    return {name: _state(Queue(name, connection=connection, serializer=JSONSerializer)) for name in QUEUES}


def _state(queue: Queue) -> dict[str, int]:
    return {
        "waiting": queue.count,
        "running": queue.started_job_registry.get_job_count(cleanup=False),
        "failed": queue.failed_job_registry.get_job_count(cleanup=False),
        "workers": Worker.count(queue=queue),
    }
