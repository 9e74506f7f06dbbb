"""`flask months …`: are every month's figures those of its sessions, and counting all of them anew."""

from collections.abc import Iterable

import click
from flask_babel import gettext as _

from service import current
from service.cli_commands import Group
from service.documents import month_checks, month_summaries
from service.documents.store import Document
from service.domain.months import parse_month
from service.errors import InvalidInput
from service.languages import said

months_group = Group("months", help="Month summaries.")


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
        raise click.ClickException(said(error)) from error
    click.echo(_("%(month)s: todas las cifras son las de sus citas.", month=month))


@months_group.command("rebuild")
def rebuild() -> None:
    """Counts every month anew, then checks them all."""
    for month in month_checks.known_months(current.db()):
        month_summaries.sum_up(current.db(), month)
    click.echo(_checked_all())


def _checked_all() -> str:
    _refuse(month_checks.nightly(current.db(), current.today(), current.now()))
    found = month_checks.last(current.db())
    count = found["months"] if found else 0
    return str(_("Meses revisados: %(count)s. Todas las cifras son las de sus citas.", count=count))


def _refuse(wrong: Iterable[Document]) -> None:
    """Says which figures of which months are wrong, if any are."""
    if lines := [f"{each['month']}: {', '.join(each['figures'])}" for each in wrong]:
        raise click.ClickException(_("Cifras que no coinciden: %(lines)s.", lines="; ".join(lines)))
