"""One `make run` per DATA_DIR: a lock that the kernel lets go of when its holder ends, however it ends."""

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

LOCK_NAME = "lock"


class DataInUse(Exception):
    """Somebody else holds the data; the text says who, since when and what to do."""


def take(data_dir: Path, now: datetime) -> TextIO:
    """Makes this process the holder of `data_dir` until the returned file is closed. Raises DataInUse."""
    file = open(data_dir / LOCK_NAME, "a+", encoding="utf-8")  # noqa: SIM115 - held open on purpose
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        message = _in_use(data_dir, file.read())
        file.close()
        raise DataInUse(message) from None
    file.truncate(0)
    json.dump({"pid": os.getpid(), "started_at": now.astimezone(UTC).isoformat()}, file)
    file.flush()
    return file


def _in_use(data_dir: Path, note: str) -> str:
    """Who holds it, out of the note in the lock file (which may be cut short by a crash)."""
    try:
        holder = json.loads(note)
        since = datetime.fromisoformat(holder["started_at"]).astimezone()
        who = f"el proceso {int(holder['pid'])}, iniciado el {since:%Y-%m-%d a las %H:%M:%S}"
    except (ValueError, KeyError, TypeError):
        who = "otro proceso"
    return (
        f"Los datos de {data_dir.resolve()} ya los usa {who}. Deténgalo, o elija otra carpeta con DATA_DIR."
    )
