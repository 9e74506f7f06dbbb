"""`python -m service.embedded --data-dir DIR [--socket PATH]`: runs the store until SIGTERM or SIGINT.

It is ready when a client can connect. Exit status 0 after a clean stop; 1, with one line on standard error,
where it cannot start.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

from service.embedded import place
from service.embedded.disk import Disk, DiskDamaged
from service.embedded.engine import Engine
from service.embedded.server import Server

log = logging.getLogger("embedded")
PURPOSE = (
    "Almacén de documentos para una sola máquina y un solo centro, hasta unas 100 000 sesiones, sin usuarios"
    " ni red. Para pasar a MongoDB: `flask backup ARCHIVO`, definir MONGODB_URI y `flask restore ARCHIVO`."
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the store; the exit status."""
    options = _options(arguments)
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    folder = options.data_dir.resolve()
    path = options.socket.absolute() if options.socket else place.default_socket_path(folder)
    try:
        place.private_folder(folder)
        with place.lock(folder):
            _run(folder, path)
    except (place.PlaceTaken, place.PlaceUnsafe, DiskDamaged, OSError) as error:
        print(f"No se puede iniciar el almacén: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m service.embedded", description=PURPOSE)
    parser.add_argument("--data-dir", type=Path, required=True, help="carpeta de los datos")
    parser.add_argument("--socket", type=Path, help="ruta del socket; si falta, store.sock en la carpeta")
    return parser.parse_args(arguments)


def _run(folder: Path, path: Path) -> None:
    disk = Disk(folder / place.DATABASE_NAME)
    engine = Engine(disk)
    place.prepare_socket(folder, path)
    server = Server(path, engine)
    server.stop_on(signal.SIGTERM, signal.SIGINT)
    log.info("%s", PURPOSE)
    log.info("Listo en %s: %d documentos.", path, engine.stored())
    server.serve()
    engine.close()
    log.info("Detenido.")


if __name__ == "__main__":
    sys.exit(main())
