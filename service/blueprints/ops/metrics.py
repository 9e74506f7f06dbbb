"""/metrics: the running system in numbers, as Prometheus reads them; nothing in it is about a person.

Not public: with METRICS_TOKEN set, whoever sends it as Bearer token; without, only who asks on this very
machine, and only while BASE_URL is on it too: a proxy of a public site asks from here as well. Anybody else
is told that there is no such page.
"""

import hmac
import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from service import clock, current, queue_state
from service.documents import vitals

routes = Blueprint("metrics", __name__)

#: What a proxy adds to a request that it hands on.
_HANDED_ON = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")
Gauges = Iterator[GaugeMetricFamily]


@routes.get("/metrics")
def metrics() -> Response:
    """Gauges of store, records, month summaries and queues; a part that does not answer is `up` 0."""
    if not _may_see():
        abort(404)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Now())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Now:
    """Collects when it is asked."""

    def collect(self) -> Gauges:
        up = GaugeMetricFamily("consultorio_up", "Whether a part of the system answers.", labels=["part"])
        for part, read in (("store", _records), ("queue", _queues)):
            try:
                gauges = list(read())
            except (PyMongoError, RedisError):
                gauges = []
            up.add_metric([part], bool(gauges))
            yield from gauges
        yield up


def _records() -> Gauges:
    now = clock.system_now()
    seen = vitals.read(current.db(), now)
    yield _labelled(
        "stored_documents",
        "Documents of a collection; deleted sessions leave one too.",
        ("collection",),
        {(name,): n for name, n in seen["stored"].items()},
    )
    yield _labelled(
        "open_records",
        "Records in a state that something or somebody has to deal with.",
        ("kind", "state"),
        seen["open"],
    )
    yield _single("summaries_pending_documents", "Writes that no month summary has in it.", seen["pending"])
    yield _single(
        "summaries_pending_seconds",
        "For how long writes have waited without a summing up that ended.",
        seen["pending_seconds"],
    )
    yield _single("reservations", "Calendars with a write under way.", seen["reservations"])
    yield _single("scheduler_up", "Whether a scheduler holds its lease.", seen["scheduler"])
    if check := seen["check"]:
        yield _single("months_check_ok", "Whether the last check found all right.", not check["wrong"])
        yield _single("months_check_wrong", "Months that the last check found wrong.", len(check["wrong"]))
        at = check["checked_at"].timestamp()
        yield _single("months_check_timestamp_seconds", "When the last check was made.", at)


def _queues() -> Gauges:
    seen = queue_state.read(current.redis())
    jobs = {
        (name, state): own[state] for name, own in seen.items() for state in ("waiting", "running", "failed")
    }
    yield _labelled("queue_jobs", "Jobs of a queue; failed ones stay a day.", ("queue", "state"), jobs)
    workers = {(name,): own["workers"] for name, own in seen.items()}
    yield _labelled("queue_workers", "Workers of a queue.", ("queue",), workers)


def _single(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"consultorio_{name}", says, value=float(value))


def _labelled(name: str, says: str, labels: tuple[str, ...], values: Mapping[Any, int]) -> GaugeMetricFamily:
    """`values` by the values of its labels."""
    gauge = GaugeMetricFamily(f"consultorio_{name}", says, labels=labels)
    for each, value in values.items():
        gauge.add_metric(each, value)
    return gauge


def _may_see() -> bool:
    token = current.settings().metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    site = urlsplit(current.settings().base_url).hostname
    from_here = _is_loopback(request.remote_addr) and _is_loopback(site)
    return from_here and not any(name in request.headers for name in _HANDED_ON)


def _is_loopback(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
