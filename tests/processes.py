"""Runs `python -m service.processes` for tests, and looks at which processes there are (Linux's /proc)."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent


class System:
    """One `make run` on a data folder and a free port; its processes are known by that folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.data_dir = folder / "var"
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        self.log = folder / "log.txt"
        self.port = free_port()
        self._settings = settings
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        """Starts it; in a folder without a .env of the developer's own."""
        environ = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        environ |= {"HOME": str(self.home), "PYTHONPATH": str(ROOT), "TMPDIR": str(self.home.parent)}
        environ |= {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), **self._settings}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service.processes"],
                env=environ,
                cwd=self.home,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def ready(self) -> bool:
        """Whether /readyz says 200."""
        try:
            return self.status("/readyz") == 200
        except (OSError, http.client.HTTPException):
            return False

    def status(self, path: str) -> int:
        """The status of the answer to a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def pids(self, words: str = "") -> set[int]:
        """Its processes and their children whose command holds `words`, without the supervisor.

        Valkey writes its title over its environment, but names its folder there.
        """
        mark = f"DATA_DIR={self.data_dir}".encode()
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = mark in (folder / "environ").read_bytes().split(b"\0")
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, ValueError):  # it ended just now, or is somebody else's
                continue
            ours = ours or str(self.data_dir) in command
            if ours and command and words in command and int(folder.name) != self.process.pid:
                found.add(int(folder.name))
        return found

    def child(self, words: str) -> int:
        """The one direct child whose command holds `words`; waits for it where it is just being started."""

        def found() -> list[int]:
            return [pid for pid in self.pids(words) if _parent(pid) == self.process.pid]

        wait_until(lambda: len(found()) == 1, f"one {words}")
        return found()[0]

    def has_other(self, words: str, pid: int) -> bool:
        """Whether a process other than `pid` runs such a command."""
        return bool(self.pids(words) - {pid})

    def text(self) -> str:
        """All that was printed."""
        return self.log.read_text("utf-8")

    def destroy(self) -> None:
        """Leaves nothing behind, whatever a test did."""
        self.process.kill()
        self.process.wait()
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)


def wait_until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Returns as soon as `true()`; fails naming `what` when it never was."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])
