"""Ten years of a centre's sheets, read and planned in memory: every figure as worked out beforehand."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from service.domain.commissions import commission_cents
from service.domain.money import decimal_text
from service.domain.names import fold
from service.domain.sheets.known import KnownSession
from service.domain.sheets.plan import Plan, plan_sessions
from service.domain.sheets.psychotherapists import PsychotherapistRow, parse_psychotherapists
from service.domain.sheets.read import read_sheet
from service.domain.sheets.sessions import parse_sessions
from tests.unit.domain.sheets.builders import LIMA, Store

SHEETS = Path(__file__).parents[3] / "data" / "sheets"
YEARS = sorted(SHEETS.glob("citas-*"))
EXPECTED: dict[str, Any] = json.loads((SHEETS / "expected.json").read_text("utf-8"))


@dataclass
class Decade:
    """What importing all files one after the other has led to."""

    psychotherapists: dict[str, PsychotherapistRow]
    store: Store = field(default_factory=Store)
    plans: dict[str, Plan] = field(default_factory=dict)

    def plan(self, file: Path) -> Plan:
        sheet = read_sheet(file.read_bytes())
        by_name = {fold(row.person.name): [name] for name, row in self.psychotherapists.items()}
        parsed = parse_sessions(sheet, by_name, LIMA)
        plan = plan_sessions(sheet, parsed, self.store.known(), LIMA)
        counted = len(plan.sessions) + len(plan.duplicates) + len(plan.rejections) + plan.ignored
        assert counted == len(sheet.rows)
        return plan


@pytest.fixture(scope="module")
def decade() -> Decade:
    rows = parse_psychotherapists(read_sheet((SHEETS / "psicoterapeutas.csv").read_bytes())).rows
    imported = Decade({row.person.name: row for row in rows})
    for file in YEARS:
        plan = imported.plans[file.stem[-4:]] = imported.plan(file)
        imported.store.apply(plan)
    return imported


@pytest.mark.parametrize("year", EXPECTED["files"])
def test_every_file_counts_as_expected(decade: Decade, year: str) -> None:
    plan = decade.plans[year]
    assert {
        "imported": len(plan.sessions),
        "duplicates": len(plan.duplicates),
        "ignored": plan.ignored,
        "rejected": len(plan.rejections),
        "reasons": [rejection.code for rejection in plan.rejections],
    } == EXPECTED["files"][year]
    assert plan.different == []
    assert plan.doubts == []


def test_there_are_as_many_clients_and_sessions_as_expected(decade: Decade) -> None:
    assert len(decade.store.clients) == EXPECTED["clients"]
    assert len(decade.store.sessions) == EXPECTED["sessions"]


def test_every_figure_of_every_month_is_as_expected(decade: Decade) -> None:
    assert months_of(decade) == EXPECTED["months"]


def test_importing_all_again_adds_nothing(decade: Decade) -> None:
    for file in YEARS:
        again, first = decade.plan(file), decade.plans[file.stem[-4:]]
        assert (again.sessions, again.new_clients, again.overlaps, again.different) == ([], [], [], [])
        assert len(again.duplicates) == len(first.sessions) + len(first.duplicates)
        assert again.rejections == first.rejections


def months_of(decade: Decade) -> dict[str, Any]:
    """Every month's figures, by plain arithmetic over the sessions."""
    by_month: dict[str, list[KnownSession]] = defaultdict(list)
    for session in sorted(decade.store.sessions, key=lambda session: session.starts_at):
        by_month[session.starts_at.astimezone(LIMA).strftime("%Y-%m")].append(session)
    seen: set[str] = set()
    figures = {}
    for month, sessions in by_month.items():
        figures[month] = month_figures(sessions, seen, decade.psychotherapists)
        seen |= clients(sessions)
    return figures


def month_figures(
    sessions: list[KnownSession], seen: set[str], psychotherapists: dict[str, PsychotherapistRow]
) -> dict[str, Any]:
    active = clients(sessions)
    virtual, on_site = ([s for s in sessions if s.modality == kind] for kind in ("virtual", "on_site"))
    return {
        "sessions": len(sessions),
        "clients": len(active),
        "new_clients": len(active - seen),
        "recurrent_clients": len(active & seen),
        "virtual_clients": len(clients(virtual)),
        "on_site_clients": len(clients(on_site)),
        "virtual_sessions": len(virtual),
        "on_site_sessions": len(on_site),
        "gross": {currency: gross(same) for currency, same in by(sessions, "currency").items()},
        "psychotherapists": {
            name: {
                "sessions": len(own),
                "clients": len(clients(own)),
                "by_currency": {
                    currency: {
                        "sessions": len(same),
                        "gross": gross(same),
                        "commission": commission(same, psychotherapists[name].commission_bp),
                    }
                    for currency, same in by(own, "currency").items()
                },
            }
            for name, own in by(sessions, "psychotherapist_id").items()
        },
    }


def by(sessions: Iterable[KnownSession], what: str) -> dict[str, list[KnownSession]]:
    found: dict[str, list[KnownSession]] = defaultdict(list)
    for session in sessions:
        found[session.price.currency if what == "currency" else getattr(session, what)].append(session)
    return found


def clients(sessions: Iterable[KnownSession]) -> set[str]:
    return {session.client_id for session in sessions}


def gross(sessions: Iterable[KnownSession]) -> str:
    return decimal_text(sum(session.price.cents for session in sessions))


def commission(sessions: Iterable[KnownSession], basis_points: int) -> str:
    return decimal_text(sum(commission_cents(session.price.cents, basis_points) for session in sessions))
