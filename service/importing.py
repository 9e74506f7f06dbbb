"""An import from file to stored documents: read and planned, then added, or taken back.

Runs where it may be killed: in a worker's own process, or in a command. What it does is on the import's
record, and doing a step again after a crash adds nothing twice.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service import clock
from service.config import Settings
from service.database import Db
from service.documents import import_batch, import_known, imports, leases
from service.documents.import_batch import PlanOutdated
from service.documents.store import Document
from service.domain.sheets.faults import Rejection
from service.domain.sheets.known import wanted
from service.domain.sheets.plan import Plan, plan_sessions
from service.domain.sheets.psychotherapists import (
    PsychotherapistPlan,
    parse_psychotherapists,
    plan_psychotherapists,
)
from service.domain.sheets.read import Sheet, read_sheet
from service.domain.sheets.sessions import parse_sessions
from service.errors import Conflict, InvalidInput
from service.languages import all_translated
from service.texts import _

#: Imports take turns: each has to see what the one before added.
LEASE, LEASE_SECONDS = "import", 60.0

_MOST_PLANS = 5


def run(db: Db, settings: Settings, import_id: str) -> bool:
    """Does the step that an import waits for. False if it has to wait for another import; True also if
    nothing waits.

    What is wrong with a file ends on the record (`failed`, `errors`); any other error is raised and tried
    again.
    """
    now = clock.system_now()
    claimed = imports.claim(db, import_id, now)
    if claimed is None:
        return True
    if not leases.acquire(db, LEASE, claimed["claim"]["token"], now, LEASE_SECONDS):
        imports.give_back(db, claimed)
        return False
    try:
        _Work(db, settings, claimed).run()
    except InvalidInput as error:
        imports.rest(
            db, claimed, "failed", {"errors": all_translated(error.errors)}, clock.calendar_now(settings)
        )
    finally:
        leases.release(db, LEASE, claimed["claim"]["token"])
    return True


class _Work:
    """One claimed import and what its steps need."""

    def __init__(self, db: Db, settings: Settings, claimed: Document) -> None:
        self.db = db
        self.zone: ZoneInfo = settings.zone
        self.settings = settings
        self.claimed = claimed
        self.id: str = claimed["_id"]

    @property
    def now(self) -> datetime:
        return clock.calendar_now(self.settings)

    def run(self) -> None:
        """Reads the file and goes on to adding where no preview was asked for; or takes the batch back."""
        if self.claimed["step"] == "undo":
            self.undo()
            return
        sheet = self.sheet()
        plan = self.plan(sheet)
        if self.claimed["step"] == "read" and self.claimed["preview"]:
            self.note(sheet, plan)
            imports.rest(self.db, self.claimed, "preview", {}, self.now)
            return
        imports.proceed(self.db, self.claimed, {"step": "apply"})
        self.note(sheet, self.add(sheet, plan))
        imports.rest(self.db, self.claimed, "applied", {}, self.now)

    def sheet(self) -> Sheet:
        content = imports.content(self.db, self.id)
        if content is None:
            raise InvalidInput({"file": [_("El archivo ya se borró. Súbalo de nuevo.")]})
        return read_sheet(content)

    def plan(self, sheet: Sheet) -> Plan | PsychotherapistPlan:
        if sheet.kind == "psychotherapists":
            people = import_known.known_psychotherapists(self.db, self.id)
            return plan_psychotherapists(sheet, parse_psychotherapists(sheet), people)
        parsed = parse_sessions(sheet, import_known.psychotherapists_by_name(self.db), self.zone)
        return plan_sessions(
            sheet, parsed, import_known.known(self.db, wanted(parsed.rows), self.id), self.zone
        )

    def add(self, sheet: Sheet, plan: Plan | PsychotherapistPlan) -> Plan | PsychotherapistPlan:
        """Adds what is planned, planning again where somebody registered the same person meanwhile."""
        for _attempt in range(_MOST_PLANS):
            try:
                if isinstance(plan, Plan):
                    import_batch.add_sessions(self.db, self.id, plan, self.now, self.zone, self.progress)
                else:
                    import_batch.add_psychotherapists(self.db, self.id, plan, self.now, self.progress)
                return plan
            except PlanOutdated:
                plan = self.plan(sheet)
        raise PlanOutdated()

    def undo(self) -> None:
        """Takes the batch back; what somebody changed at that very moment stays, and the import stays
        applied.
        """
        if not import_batch.in_the_way(self.db, self.id):
            import_batch.remove(self.db, self.id, self.now, self.progress)
        status = "applied" if import_batch.in_the_way(self.db, self.id) else "undone"
        imports.rest(self.db, self.claimed, status, {}, self.now)

    def progress(self, done: int, total: int) -> None:
        now = clock.system_now()
        imports.progress(self.db, self.claimed, done, total, now)
        if not leases.acquire(self.db, LEASE, self.claimed["claim"]["token"], now, LEASE_SECONDS):
            raise Conflict(_("Otra importación sigue en su lugar."))

    def note(self, sheet: Sheet, plan: Plan | PsychotherapistPlan) -> None:
        """Puts the plan's counts and lists on the record."""
        imports.put_lists(self.db, self.id, _lists(plan))
        counts = {
            "imported": len(plan.sessions if isinstance(plan, Plan) else plan.new),
            "new_clients": len(plan.new_clients) if isinstance(plan, Plan) else 0,
            "duplicates": len(plan.duplicates),
            "ignored": plan.ignored,
            "rejected": len(plan.rejections),
        }
        titles = {"kind": sheet.kind, "titles": list(sheet.headings.titles), "unread": sheet.headings.unread}
        imports.proceed(self.db, self.claimed, {**titles, **counts})


def _lists(plan: Plan | PsychotherapistPlan) -> dict[str, list[Document]]:
    lists = {"rejects": [_reject(rejection) for rejection in plan.rejections]}
    lists["different"] = [_plain(there) for there in plan.different]
    if isinstance(plan, Plan):
        lists["overlaps"] = [_plain(overlap) for overlap in plan.overlaps]
        lists["doubts"] = [_plain(doubt) for doubt in plan.doubts]
    return lists


def _reject(rejection: Rejection) -> Document:
    return {**_plain(rejection), "cells": list(rejection.cells)}


def _plain(item: Any) -> Document:
    """As it is stored: lists for tuples, reasons in the centre's language."""
    return {name: all_translated(value) for name, value in asdict(item).items()}
