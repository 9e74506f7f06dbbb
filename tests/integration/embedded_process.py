"""A document store in a process of its own: started, stopped, killed, and asked what it said."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from service.embedded import place

READY_SECONDS = 30.0


class StoreProcess:
    """One store on one folder; `start` may be called again after `stop` or `kill`."""

    def __init__(self, folder: Path, *program: str) -> None:
        self.folder = folder
        self._program = program or ("-m", "service.embedded")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running process's number."""
        assert self._process
        return self._process.pid

    @property
    def log(self) -> str:
        """All that this folder's stores have said."""
        return self._log_path.read_text("utf-8")

    def start(self, *options: str) -> StoreProcess:
        """Starts it and waits until it answers."""
        self.spawn(*options)
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            assert self._process
            assert self._process.poll() is None, f"the store ended: {self.log}"
            assert time.monotonic() < deadline, f"the store does not answer: {self.log}"
        return self

    def spawn(self, *options: str) -> None:
        """Starts it without waiting."""
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._program, "--data-dir", str(self.folder), *options],
                stderr=log,
            )

    def wait(self, seconds: float = READY_SECONDS) -> int:
        """Its exit status; it has to end within so many seconds."""
        assert self._process
        return self._process.wait(timeout=seconds)

    def stop(self) -> int:
        """Asks it to end; its exit status."""
        assert self._process
        self._process.terminate()
        return self.wait()

    def kill(self) -> None:
        """Ends it like a power cut of the process (SIGKILL)."""
        assert self._process
        self._process.kill()
        self.wait()

    def client(self, **options: Any) -> MongoClient[dict[str, Any]]:
        """A new client of it; the caller closes it."""
        return MongoClient(place.uri(self.folder), serverSelectionTimeoutMS=5000, **options)

    @property
    def _log_path(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.log"

    def _answers(self) -> bool:
        try:
            with MongoClient[dict[str, Any]](place.uri(self.folder), serverSelectionTimeoutMS=200) as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True


@contextlib.contextmanager
def running(folder: Path, *program: str) -> Iterator[StoreProcess]:
    """A store that is started, and ended whatever happens; `program` starts it in another way."""
    store = StoreProcess(folder, *program)
    try:
        yield store.start()
    finally:
        store.kill()


@contextlib.contextmanager
def fresh_database(uri: str) -> Iterator[Database[dict[str, Any]]]:
    """A database that nobody else uses, dropped afterwards."""
    with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=5000) as client:
        name = f"t_{uuid.uuid4().hex}"
        yield client[name]
        client.drop_database(name)
