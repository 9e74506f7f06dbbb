"""Where mails go without a mail server: one `.eml` file each, which any mail program opens."""

import os
import tempfile
from email import message_from_bytes
from pathlib import Path


class Outbox:
    """A folder of mails; used like service.smtp.Server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def offer(self, sender: str, recipient: str) -> None:
        """Nothing to ask: a folder takes every mail."""

    def hand(self, content: bytes) -> None:
        """Writes the mail under its Message-ID (0600), whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = message_from_bytes(content)["Message-ID"].strip("<>").partition("@")[0]
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._folder / f"{name}.eml")
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def close(self) -> None:
        """Nothing is open."""
