"""The step between store and web: indexes, search keys, and the first administrator if there is nobody yet.

`python -m service.processes.prepare` prints how the first administrator logs in, once; later nothing.
"""

import sys
import time

from pymongo.errors import PyMongoError

from service import database
from service.clock import system_now
from service.config import Settings, SettingsError
from service.documents import client_search, staff

WAIT_SECONDS = 60


def main() -> int:
    """Exit status 0, or 1 with one line on standard error."""
    try:
        settings = Settings.from_environ()
        for line in prepare(settings):
            print(line)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except PyMongoError as error:
        print(f"El almacén no responde ({type(error).__name__}).", file=sys.stderr)
        return 1
    return 0


def prepare(settings: Settings) -> list[str]:
    """Declares indexes, renews old search keys, creates the first administrator.

    The lines tell a person how to log in.
    """
    client = database.connect(settings.mongodb_uri)
    try:
        db = database.open_database(client, settings.mongodb_db)
        _wait_for(db)
        database.ensure_indexes(db)
        client_search.rebuild(db)
        created = staff.ensure_first(db, settings, system_now())
    finally:
        client.close()
    if created is None:
        return []
    email, password = created
    secret = f"{password} (se muestra solo esta vez)" if password else "de ADMIN_PASSWORD"
    return [f"Ingrese con {email} y la contraseña {secret}."]


def _wait_for(db: database.Db) -> None:
    """Returns when the store answers. Raises PyMongoError after WAIT_SECONDS."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            db.command("ping")
            return
        except PyMongoError:
            if time.monotonic() > deadline:
                raise


if __name__ == "__main__":
    sys.exit(main())
