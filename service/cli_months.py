"""`flask months …`: are every month's figures those of its sessions, and counting all of them anew."""

from collections.abc import Iterable

import click
from flask.cli import AppGroup

from service import current
from service.documents import month_checks, month_summaries
from service.documents.store import Document
from service.domain.months import parse_month
from service.errors import InvalidInput

months_group = AppGroup("months", help="Month summaries.")


@months_group.command("check")
@click.option("--month", help='Only this month, such as "2026-10".')
def check(month: str | None) -> None:
    """Compares every summary with a full recount, and every figure with its sessions."""
    if month is None:
        click.echo(_checked_all())
        return
    try:
        _refuse(month_checks.check(current.db(), [parse_month(month)]))
    except InvalidInput as error:
        raise click.ClickException(" ".join(map(str, error.errors["month"]))) from error
    click.echo(f"{month}: todas las cifras son las de sus citas.")


@months_group.command("rebuild")
def rebuild() -> None:
    """Counts every month anew, then checks them all."""
    for month in month_checks.known_months(current.db()):
        month_summaries.sum_up(current.db(), month)
    click.echo(_checked_all())


def _checked_all() -> str:
    _refuse(month_checks.nightly(current.db(), current.today(), current.now()))
    found = month_checks.last(current.db())
    return f"Meses revisados: {found['months'] if found else 0}. Todas las cifras son las de sus citas."


def _refuse(wrong: Iterable[Document]) -> None:
    """Says which figures of which months are wrong, if any are."""
    if lines := [f"{each['month']}: {', '.join(each['figures'])}" for each in wrong]:
        raise click.ClickException("Cifras que no coinciden: " + "; ".join(lines) + ".")
