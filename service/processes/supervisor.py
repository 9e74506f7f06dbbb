"""Starts children, keeps them alive, and ends them in order; in one thread, because it forks."""

import signal
import subprocess
import time
from collections.abc import Callable
from types import FrameType

from service.processes.child import Child, Patience, Running, how_it_ended, spawn

TICK_SECONDS = 0.1
#: A second Ctrl-C within this time is the same one (terminal and make may both pass it on).
SAME_SIGNAL_SECONDS = 1.0


class GaveUp(Exception):
    """A child does not stay up; the text says which and how it ended."""


class Stopped(Exception):
    """Somebody asked to stop while something was being waited for."""


class Supervisor:
    """The children of one `make run`. `say` takes each line for the person at the terminal."""

    def __init__(self, say: Callable[[str], None], patience: Patience | None = None) -> None:
        self._say = say
        self._patience = patience or Patience()
        self._running: list[Running] = []
        self._asked_at: float | None = None
        self._hurry = False

    def listen(self) -> None:
        """From now on SIGINT, SIGTERM and SIGHUP ask to stop; a later second SIGINT skips the grace."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def start(self, *children: Child, seconds: float = 60.0) -> None:
        """Starts `children` and returns when all that can answer do. Raises GaveUp or Stopped."""
        begun = [Running(child, spawn(child)) for child in children]
        self._running += begun
        for running in begun:
            self._wait_until_up(running, seconds)

    def run_once(self, child: Child) -> str:
        """What `child` prints, run to its end while the others are watched. Raises GaveUp or Stopped."""
        process = spawn(child, stdout=subprocess.PIPE)
        try:
            while process.poll() is None:
                self._tick()
        finally:
            process.kill()
        output, _ = process.communicate()
        if process.returncode:
            raise GaveUp(f"El paso {child.name} falló ({how_it_ended(process)}).")
        return output.decode()

    def watch(self) -> None:
        """Looks after the children until somebody asks to stop. Raises GaveUp."""
        try:
            while True:
                self._tick()
        except Stopped:
            return

    def stop(self) -> None:
        """Ends everything, the highest layer first; what does not end within the grace is killed."""
        for layer in sorted({running.child.layer for running in self._running}, reverse=True):
            self._stop_layer([running for running in self._running if running.child.layer == layer])

    def _ask(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        elif number == signal.SIGINT and now - self._asked_at > SAME_SIGNAL_SECONDS:
            self._hurry = True

    def _tick(self) -> None:
        """One look at all children: the dead are counted, those whose pause is over start again."""
        time.sleep(TICK_SECONDS)
        if self._asked_at is not None:
            raise Stopped()
        now = time.monotonic()
        for running in self._running:
            if running.restart_at is None and running.process.poll() is not None:
                self._mourn(running, now)
            elif running.restart_at is not None and running.restart_at <= now:
                running.restart()

    def _mourn(self, running: Running, now: float) -> None:
        """A death: said, counted, and forgiven unless it never was up or dies too often."""
        child, end = running.child, how_it_ended(running.process)
        hint = f" Vea {child.log}." if child.log else ""
        if child.answers is not None and not running.up:
            raise GaveUp(f"{child.name} no pudo iniciar ({end}).{hint}")
        deaths = running.died(now, self._patience)
        if deaths > self._patience.deaths:
            raise GaveUp(f"{child.name} terminó {deaths} veces en poco tiempo (la última: {end}).{hint}")
        pause = self._patience.pause_after(deaths)
        self._say(f"{child.name} terminó ({end}); se inicia otra vez en {pause:g} s.{hint}")

    def _wait_until_up(self, running: Running, seconds: float) -> None:
        answers = running.child.answers
        deadline = time.monotonic() + seconds
        while answers is not None and not answers():
            if time.monotonic() > deadline:
                raise GaveUp(f"{running.child.name} no respondió en {seconds:g} s.")
            self._tick()
        running.up = True

    def _stop_layer(self, layer: list[Running]) -> None:
        for running in layer:
            running.ask_to_end()
        deadline = time.monotonic() + self._patience.grace
        while any(running.process.poll() is None for running in layer):
            if self._hurry or time.monotonic() > deadline:
                break
            time.sleep(TICK_SECONDS)
        for running in layer:
            running.kill()
