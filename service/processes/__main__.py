"""`python -m service.processes` (make run): the whole system on this machine, in the foreground.

With `demo` (make demo) the same on an invented centre, in a data folder of its own: that of `make run` with
"-demo" after it. Exit status 0 after Ctrl-C or SIGTERM; 1 with a line on standard error when it cannot start
or something does not stay up.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from service.clock import system_now
from service.config import Settings, SettingsError, make_secret_key
from service.embedded import place
from service.processes import data_lock, roster, valkey
from service.processes.supervisor import GaveUp, Stopped, Supervisor


def main() -> int:
    """Starts, watches, ends."""
    os.umask(0o077)  # whatever any of them writes is this user's only
    given = {**_from_dotenv(), **os.environ}
    is_demo = sys.argv[1:] == ["demo"]
    if is_demo:
        given = for_demo(given)
    data_dir = Path(given.get("DATA_DIR") or "var").resolve()
    try:
        place.private_folder(data_dir)
        with data_lock.take(data_dir, system_now()):
            return run(data_dir, given, is_demo)
    except (SettingsError, data_lock.DataInUse, place.PlaceUnsafe) as error:
        return _refuse(str(error))


def run(data_dir: Path, given: Mapping[str, str], is_demo: bool = False) -> int:
    """The system on `data_dir` with the settings `given`, until somebody asks to stop; the exit status."""
    environ = complete(given, data_dir)
    settings = Settings.from_environ(environ)
    if reason := roster.why_not_listen(settings.host, settings.port):
        return _refuse(reason)
    supervisor = Supervisor(say)
    supervisor.listen()
    try:
        start(supervisor, settings, given, environ, is_demo)
        supervisor.watch()
    except Stopped:
        pass
    except GaveUp as error:
        return _refuse(f"{error} Se detiene todo.")
    finally:
        supervisor.stop()
    say("Todo se detuvo.")
    return 0


def start(
    supervisor: Supervisor,
    settings: Settings,
    given: Mapping[str, str],
    environ: Mapping[str, str],
    is_demo: bool = False,
) -> None:
    """Starts what is ours in order, and says where to go. Raises GaveUp or Stopped."""
    say("Iniciando …")
    if not given.get("MONGODB_URI"):
        supervisor.start(roster.store(settings.data_dir, environ))
    if not given.get("REDIS_URL"):
        if valkey.answers(settings.data_dir):
            raise GaveUp("Una cola de un inicio anterior (valkey-server) aún usa los datos: termínela.")
        supervisor.start(roster.queue(settings.data_dir, environ))
    how_to_log_in = supervisor.run_once(roster.prepare(environ)).strip()
    if how_to_log_in:
        say(how_to_log_in)  # at once: a password that is shown only once is not to be lost with what follows
    if is_demo:
        say("Preparando el centro de demostración (la primera vez, menos de un minuto) …")
        supervisor.run_once(roster.fill_demo(environ))
    supervisor.start(*roster.work(settings, environ))
    say(f"Listo: {settings.base_url}")
    if not how_to_log_in:
        say("Ingrese con su correo y contraseña.")
    say(f"Los datos están en {settings.data_dir}. Ctrl-C detiene todo.")


def complete(given: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """The environment of every child: `given`, DATA_DIR made absolute, and a key for our own store."""
    if not given.get("MONGODB_URI") and not given.get("SECRET_KEY"):
        make_secret_key(data_dir)
    return {**given, "DATA_DIR": str(data_dir)}


def for_demo(given: Mapping[str, str]) -> dict[str, str]:
    """`given` without what leads to a real centre: another data folder, no servers, no mail server, no key.

    They are empty, not absent, because children read `.env` again.
    """
    real = dict.fromkeys(("MONGODB_URI", "REDIS_URL", "SMTP_URL", "SECRET_KEY"), "")
    data_dir = (given.get("DATA_DIR") or "var").rstrip("/") + "-demo"
    return {**given, **real, "DATA_DIR": data_dir, "CENTER_NAME": "Centro de demostración"}


def say(line: str) -> None:
    """A line for the person at the terminal."""
    print(line, flush=True)


def _refuse(reason: str) -> int:
    print(reason, file=sys.stderr, flush=True)
    return 1


def _from_dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
