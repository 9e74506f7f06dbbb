"""One command at a time: looked up, done, written to disk, and only then answered."""

from __future__ import annotations

import logging
import threading
import traceback

from service.embedded.commands import catalog, diagnostics, reads, writes
from service.embedded.commands.request import Command, Request
from service.embedded.cursors import Cursors
from service.embedded.disk import Disk, DiskFailed
from service.embedded.errors import (
    COMMAND_NOT_FOUND,
    INTERNAL_ERROR,
    OUT_OF_DISK_SPACE,
    OVERFLOW,
    CommandError,
    not_supported,
)
from service.embedded.memory import Memory
from service.embedded.values import Document

log = logging.getLogger("embedded")
_COMMANDS: dict[str, Command] = {
    **diagnostics.COMMANDS,
    **reads.COMMANDS,
    **writes.COMMANDS,
    **catalog.COMMANDS,
}


class Engine:
    """Answers commands from any thread; each is atomic and sees all that was answered before it."""

    def __init__(self, disk: Disk) -> None:
        """Loads everything. DiskDamaged."""
        self._disk = disk
        self._memory = Memory(disk)
        self._cursors = Cursors()
        self._lock = threading.Lock()

    def answer(self, command: Document) -> Document:
        """The reply: with `ok` 1, or MongoDB's error. Nothing of a command that failed stays."""
        name = next(iter(command), "")
        try:
            with self._lock:
                return {**self._done(name, command), "ok": 1.0}
        except CommandError as error:
            log.debug("%s on %s: %s", name, command.get("$db"), error.code_name)
            return error.answer()
        except Exception as error:
            log.error("%s failed: %s", name, _where(error))
            return CommandError(INTERNAL_ERROR, f"the command failed: {type(error).__name__}").answer()

    def stored(self) -> int:
        """How many documents there are."""
        return sum(len(collection.documents) for collection in self._memory.collections())

    def close(self) -> None:
        """Ends; a command that comes after it fails."""
        with self._lock:
            self._disk.close()

    def _done(self, name: str, command: Document) -> Document:
        known = _COMMANDS.get(name)
        if known is None:
            raise CommandError(COMMAND_NOT_FOUND, f"no such command: '{name}'")
        try:
            reply = known.run(Request(name, command, self._memory, self._cursors))
            self._memory.write_down()
        except DiskFailed as error:
            self._memory.take_back()
            log.error("nothing written by %s: %s", name, error)
            raise CommandError(
                OUT_OF_DISK_SPACE, f"the command could not be written to disk: {error}"
            ) from None
        except BaseException as error:
            self._memory.take_back()
            raise _as_command_error(error) from error
        return reply


def _as_command_error(error: BaseException) -> BaseException:
    if isinstance(error, NotImplementedError):
        return not_supported("a part of this command")
    if isinstance(error, RecursionError):
        return CommandError(OVERFLOW, "the command is nested too deeply")
    return error


def _where(error: BaseException) -> str:
    """The kind of error and where it rose, without its text, which may hold data."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return f"{type(error).__name__} at " + " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(frames))
