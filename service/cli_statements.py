"""`flask statements …`: a month's statements from the command line."""

import time

import click
from flask_babel import gettext as _

from service import current
from service.cli_commands import Group
from service.documents import months, statements
from service.domain.months import parse_month
from service.errors import InvalidInput
from service.languages import said
from service.queue import enqueue

PAUSE_SECONDS = 0.2

statements_group = Group("statements", help="Statements (PDF) of psychotherapists.")


@statements_group.command("render")
@click.option("--month", required=True, help='The month, such as "2026-10".')
@click.option(
    "--wait", type=float, default=600, show_default=True, help="How many seconds to wait for the PDFs."
)
def render(month: str, wait: float) -> None:
    """Has the worker make a PDF for everybody who had sessions in a month, and waits until they are ready."""
    try:
        people = months.figures(current.db(), parse_month(month))["psychotherapists"]
    except InvalidInput as error:
        raise click.ClickException(said(error)) from error
    asked = [_ask(person["psychotherapist_id"], month) for person in people]
    states = _settled(asked, time.monotonic() + wait)
    counts = {state: states.count(state) for state in ("ready", "failed", "pending")}
    if counts["ready"] < len(asked):
        raise click.ClickException(
            _("Listas: %(ready)s. Fallaron: %(failed)s. Siguen en espera: %(pending)s.", **counts)
        )
    click.echo(_("Liquidaciones listas: %(ready)s.", ready=counts["ready"]))


def _ask(psychotherapist_id: str, month: str) -> str:
    record_id: str = statements.create(current.db(), psychotherapist_id, month, current.now())["_id"]
    enqueue(current.redis(), "pdf", "statements.render", record_id)
    return record_id


def _settled(ids: list[str], deadline: float) -> list[str]:
    """The states once none is pending any more, or at `deadline` (monotonic seconds)."""
    while True:
        states = [statements.get(current.db(), record_id)["status"] for record_id in ids]
        if "pending" not in states or time.monotonic() > deadline:
            return states
        time.sleep(PAUSE_SECONDS)
