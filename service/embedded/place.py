"""Where a store lives in DATA_DIR: its file, its socket, and the lock that gives it one owner."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

SOCKET_NAME, DATABASE_NAME, LOCK_NAME, ADDRESS_NAME = (
    "store.sock",
    "store.sqlite3",
    "store.lock",
    "store.address",
)
# sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 103


class PlaceTaken(Exception):
    """Another process owns this folder's store; the text says which."""


class PlaceUnsafe(Exception):
    """A folder that other users can write to, or that is not ours."""


def socket_path(data_dir: str | os.PathLike[str]) -> Path:
    """The socket of the store of `data_dir`, running or not: absolute, ends in ".sock".

    `data_dir/store.sock`, unless that is too long for a socket or the store was started on another one.
    """
    folder = Path(data_dir).resolve()
    try:
        return Path((folder / ADDRESS_NAME).read_text("utf-8").strip())
    except FileNotFoundError:
        return default_socket_path(folder)


def uri(data_dir: str | os.PathLike[str]) -> str:
    """What a MongoClient takes to reach the store of `data_dir`: "mongodb://%2F…store.sock"."""
    return "mongodb://" + quote(str(socket_path(data_dir)), safe="")


def default_socket_path(folder: Path) -> Path:
    """`folder/store.sock`, or a short one in a private temporary folder that follows from `folder`."""
    natural = folder / SOCKET_NAME
    if len(os.fsencode(natural)) <= LONGEST_SOCKET_PATH:
        return natural
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()).resolve() / f"consultorio-{os.getuid()}-{digest}" / SOCKET_NAME


def private_folder(folder: Path) -> None:
    """Makes `folder`, or takes the one there, for this user alone (0700). PlaceUnsafe: it is not ours."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        raise PlaceUnsafe(f"la carpeta {folder} no es de este usuario")
    folder.chmod(0o700)


def prepare_socket(folder: Path, path: Path) -> None:
    """Makes the socket's folder where it is ours to make, and notes a socket not at its natural place.

    PlaceUnsafe where the path is none for a socket.
    """
    if path == default_socket_path(folder):
        private_folder(path.parent)
    if path.exists() and not path.is_socket():
        raise PlaceUnsafe(f"{path} existe y no es un socket")
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH or path.suffix != ".sock":
        raise PlaceUnsafe(
            f"la ruta del socket debe terminar en .sock y tener hasta {LONGEST_SOCKET_PATH} bytes: {path}"
        )
    note = folder / ADDRESS_NAME
    if path == folder / SOCKET_NAME:
        note.unlink(missing_ok=True)
        return
    draft = note.with_suffix(".new")
    draft.write_text(f"{path}\n", "utf-8")
    draft.replace(note)


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Makes this process the one owner of `folder`; however it ends, the system lets go of it. PlaceTaken."""
    with open(folder / LOCK_NAME, "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip() or "desconocido"
            raise PlaceTaken(f"el proceso {owner} ya usa el almacén de {folder}") from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
