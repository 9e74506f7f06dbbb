"""`python -m tests.integration.fake_jobs QUEUE…`: the real worker with jobs made for tests.

They tell what they do by files in FAKE_JOBS_FOLDER.
"""

import os
import sys
import time
from pathlib import Path
from types import ModuleType

from flask import Flask

SECRET = "María Quispe Ñahui 987654321"


def patient(app: Flask, record_id: str) -> None:
    """Says that it has begun, waits to be let go, says that it is done."""
    folder = Path(os.environ["FAKE_JOBS_FOLDER"])
    (folder / f"begun-{record_id}").write_text(str(os.getpid()))
    while not (folder / "go").exists():
        time.sleep(0.02)
    with (folder / "done").open("a") as file:
        file.write(f"{record_id} {app.config['SETTINGS'].mongodb_db}\n")


def talkative(app: Flask, record_id: str) -> None:
    """Fails with an error that names a person, twice over."""
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"no such client: {SECRET}") from error


if __name__ == "__main__":
    fake = ModuleType("workers.fake")
    fake.patient, fake.talkative = patient, talkative  # type: ignore[attr-defined]
    sys.modules["workers.fake"] = fake
    from workers.__main__ import main

    sys.exit(main(sys.argv[1:]))
