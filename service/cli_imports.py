"""`flask import-sheets FILE…`: spreadsheets from the command line, read in this very process."""

import json
import time
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from service import current, importing
from service.cli_commands import Command
from service.documents import imports
from service.errors import InvalidInput
from service.schemas.imports import import_json

PAUSE_SECONDS = 0.5
STAFF = "command line"
_COUNTS = ("imported", "duplicates", "ignored", "rejected")


@click.command("import-sheets", cls=Command)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--psychotherapists", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read first."
)
@click.option("--dry-run", is_flag=True, help="Says what would happen; adds nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document per file, a line each.")
@with_appcontext
def import_sheets(
    files: tuple[Path, ...], psychotherapists: Path | None, dry_run: bool, as_json: bool
) -> None:
    """Imports spreadsheets (.csv, .xlsx) of sessions or psychotherapists, in the order given."""
    failed = [
        path for path in (*filter(None, [psychotherapists]), *files) if not _imported(path, dry_run, as_json)
    ]
    if failed:
        raise click.ClickException(
            _("No se importó: %(files)s.", files=", ".join(path.name for path in failed))
        )


def _imported(path: Path, dry_run: bool, as_json: bool) -> bool:
    db = current.db()
    record = imports.create(db, path.name, path.read_bytes(), dry_run, STAFF, current.now())
    while not importing.run(db, current.settings(), record["_id"]):
        time.sleep(PAUSE_SECONDS)
    shown = import_json(
        imports.get(db, record["_id"]),
        {name: imports.items(db, record["_id"], name) for name in imports.LISTS},
    )
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else _line(path, shown))
    return bool(shown["status"] != "failed")


def _line(path: Path, shown: dict[str, Any]) -> str:
    if shown["errors"]:
        return f"{path.name}: {' '.join(InvalidInput(shown['errors']).errors['file'])}"
    counts = _(
        "%(file)s: %(imported)s importadas, %(duplicates)s ya estaban, %(ignored)s ignoradas, "
        "%(rejected)s rechazadas.",
        **{"file": path.name, **{name: shown[name] for name in _COUNTS}},
    )
    rejected = [_("fila %(row)s, %(column)s: %(reason)s", **item) for item in shown["rejects"]]
    return "\n  ".join([counts, *rejected])
