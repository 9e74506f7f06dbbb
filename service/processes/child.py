"""One process to keep alive: what starts it, when it counts as up, and how often it may die."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from service.processes import orphans


@dataclass(frozen=True)
class Child:
    """What to run. `layer` orders the end: the highest ends first, 0 last.

    `answers` says whether it is up; without it, being alive is enough. `log` is where it writes, if not here.
    """

    name: str
    command: tuple[str, ...]
    layer: int
    environ: Mapping[str, str]
    answers: Callable[[], bool] | None = None
    log: str = ""


@dataclass(frozen=True)
class Patience:
    """How many deaths are forgiven (`deaths` within `window`), and how long things may take, in seconds.

    `pause` before the next start doubles up to `longest`; `grace` is what a child gets to end by itself.
    """

    deaths: int = 5
    window: float = 120.0
    pause: float = 0.5
    longest: float = 30.0
    grace: float = 30.0

    def pause_after(self, deaths: int) -> float:
        """Seconds to wait before the next start, after so many deaths within the window."""
        return float(min(self.longest, self.pause * 2 ** (deaths - 1)))


@dataclass
class Running:
    """A child and its present process; `restart_at` (monotonic seconds) is set while there is none."""

    child: Child
    process: subprocess.Popen[bytes]
    up: bool = False
    restart_at: float | None = None
    deaths: list[float] = field(default_factory=list)

    def died(self, now: float, patience: Patience) -> int:
        """Notes a death at `now` (monotonic seconds); how many there were within the window."""
        self.deaths = [at for at in self.deaths if now - at < patience.window] + [now]
        self.restart_at = now + patience.pause_after(len(self.deaths))
        return len(self.deaths)

    def restart(self) -> None:
        """Starts it again."""
        self.process, self.restart_at = spawn(self.child), None

    def ask_to_end(self) -> None:
        """SIGTERM to the process itself: it ends its own children in its own order."""
        if self.restart_at is None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """SIGKILL to it and to all that it started."""
        if self.restart_at is None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def spawn(child: Child, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """Starts `child` in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor."""
    return subprocess.Popen(
        child.command,
        env=dict(child.environ),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=partial(orphans.die_with, os.getpid()),
    )


def how_it_ended(process: subprocess.Popen[bytes]) -> str:
    """The end of a process in words: its exit status or the signal that ended it."""
    code = process.returncode
    if code is not None and code < 0:
        return f"señal {signal.Signals(-code).name}"
    return f"código {code}"
