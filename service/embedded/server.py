"""The listening socket and one thread per connection; every command goes through `Answering`."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import selectors
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any, Protocol

import bson

from service.embedded import wire
from service.embedded.errors import INTERNAL_ERROR, CommandError

log = logging.getLogger("embedded.server")
_STOP_SECONDS = 20.0


class Answering(Protocol):
    """What does the commands."""

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """The reply to a command; never raises for a command's own fault."""


class Server:
    """Listens on a Unix socket until a signal of `stop_on` comes."""

    def __init__(self, path: Path, answering: Answering) -> None:
        self._path = path
        self._answering = answering
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._guard = threading.Lock()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_writer.setblocking(False)
        path.unlink(missing_ok=True)  # left by a process that was killed; the lock says nobody uses it
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(os.fspath(path))
        path.chmod(0o600)
        self._listener.listen(256)

    def serve(self) -> None:
        """Answers until stopped; then ends what is under way and removes the socket."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            while self._wake_reader not in {key.fileobj for key, _ in selector.select()}:
                self._accept()
        self._finish()

    def stop_on(self, *signals: int) -> None:
        """Has each of these signals stop `serve`; to be called in the main thread.

        The interpreter itself writes to the socket that `serve` waits on. A handler in Python alone could be
        late: one that comes just before the wait begins would run only after it, at the next connection.
        """
        signal.set_wakeup_fd(self._wake_writer.fileno(), warn_on_full_buffer=False)
        for number in signals:
            signal.signal(number, lambda *_: None)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
                log.error("no more connections can be opened: %s", error.strerror)
                time.sleep(0.1)  # or the loop would spin until somebody closes
            return
        thread = threading.Thread(target=self._converse, args=(connection,), daemon=True)
        with self._guard:
            self._connections[connection] = thread
        thread.start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            while request := wire.receive(connection):
                self._reply(connection, request)
        except wire.BrokenFrame as error:
            log.warning("connection closed after %s", error)
        except OSError:
            pass  # the other side went away; there is nobody left to tell
        finally:
            with self._guard:
                self._connections.pop(connection, None)
            connection.close()

    def _reply(self, connection: socket.socket, request: wire.Request) -> None:
        try:
            reply = self._answering.answer(wire.command_of(request))
        except CommandError as error:
            reply = error.answer()
        if request.wants_reply:
            connection.sendall(_encoded(request, reply))

    def _finish(self) -> None:
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._guard:
            under_way = dict(self._connections)
        for connection in under_way:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)  # a thread at rest wakes; a busy one still answers
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in under_way.values():
            thread.join(max(0.0, deadline - time.monotonic()))


def _encoded(request: wire.Request, reply: dict[str, Any]) -> bytes:
    try:
        return wire.answer(request, reply)
    except (bson.errors.BSONError, OverflowError, ValueError, TypeError) as error:
        log.error("an answer cannot be written as BSON: %s", type(error).__name__)
        return wire.answer(
            request, CommandError(INTERNAL_ERROR, "the answer cannot be written as BSON").answer()
        )
