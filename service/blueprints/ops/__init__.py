"""For operations: is the process up, do store and queue answer, and how does everything stand."""

from flask import Blueprint, Flask
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from service import current
from service.blueprints.ops import metrics

ops = Blueprint("ops", __name__)


def register(app: Flask) -> None:
    """Adds /healthz, /readyz and /metrics."""
    app.register_blueprint(ops)
    app.register_blueprint(metrics.routes)


@ops.get("/healthz")
def healthz() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


@ops.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Store and queue both answer; 503 naming what does not."""
    parts = {"store": "ok", "queue": "ok"}
    try:
        current.db().command("ping")
    except PyMongoError:
        parts["store"] = "no answer"
    try:
        current.redis().ping()
    except RedisError:
        parts["queue"] = "no answer"
    return parts, 200 if set(parts.values()) == {"ok"} else 503
