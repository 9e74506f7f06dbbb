"""Sheets made for tests, and a store of lists that applies plans."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from service.domain.sheets.identity import KnownClient
from service.domain.sheets.known import Known, KnownSession
from service.domain.sheets.plan import Plan, plan_sessions
from service.domain.sheets.read import Sheet, read_sheet
from service.domain.sheets.rows import Parsed
from service.domain.sheets.sessions import SessionRow, parse_sessions
from service.errors import InvalidInput

LIMA = ZoneInfo("America/Lima")
HEADINGS = [
    "Fecha",
    "Hora inicio",
    "Hora fin",
    "Paciente",
    "DNI",
    "Correo",
    "Celular",
    "Fecha de nacimiento",
    "Psicoterapeuta",
    "Tipo",
    "Moneda",
    "Monto",
]
ROW = {
    "Fecha": "05/03/2024",
    "Hora inicio": "10:00",
    "Hora fin": "10:50",
    "Paciente": "Rosa Quispe",
    "DNI": "40506070",
    "Correo": "rosa@example.com",
    "Celular": "990083450",
    "Fecha de nacimiento": "1990-02-01",
    "Psicoterapeuta": "Jose Dicki",
    "Tipo": "Virtual",
    "Moneda": "S/",
    "Monto": "85.45",
}
CELLS = list(ROW.values())
PSYCHOTHERAPISTS = {"jose dicki": ["dicki"], "mitch lowe": ["lowe"], "ana paz": ["paz-1", "paz-2"]}

SHEET_XML = "xl/worksheets/sheet1.xml"


def row(**cells: Any) -> dict[str, Any]:
    """A good row with some cells changed; `Hora_inicio` stands for "Hora inicio"."""
    return {**ROW, **{name.replace("_", " "): value for name, value in cells.items()}}


def nobody(**cells: Any) -> dict[str, Any]:
    """A good row that tells nothing of its client but the name."""
    empty = {"DNI": "", "Correo": "", "Celular": "", "Fecha de nacimiento": ""}
    return {**row(**empty), **row(**{**empty, **cells})}


def csv_bytes(rows: Sequence[Sequence[Any]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: Sequence[Sequence[Any]], fill: Callable[[Any, Any], None] | None = None) -> bytes:
    """One worksheet; dates and times become real ones. `fill(workbook, worksheet)` may add to it."""
    file = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(file, options) as workbook:
        worksheet = workbook.add_worksheet("Citas")
        for n, cells in enumerate(rows):
            worksheet.write_row(n, 0, cells)
        if fill:
            fill(workbook, worksheet)
    return file.getvalue()


def changed_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A zip with one of its parts rewritten."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for part in source.namelist():
            data = source.read(part)
            copy.writestr(part, change(data) if part == name else data)
    return target.getvalue()


def plain_zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return file.getvalue()


def refusal(content: bytes) -> str:
    """The one message with which a file is refused."""
    with pytest.raises(InvalidInput) as caught:
        read_sheet(content)
    assert list(caught.value.errors) == ["file"]
    [message] = caught.value.errors["file"]
    return message


def sheet_of(*rows: dict[str, Any], headings: Sequence[str] = ()) -> Sheet:
    """A sheet of sessions read from a .csv; row 2 is the first."""
    titles = list(headings) or list(dict.fromkeys(name for cells in rows for name in cells)) or HEADINGS
    return read_sheet(csv_bytes([titles, *([cells.get(title, "") for title in titles] for cells in rows)]))


def parsed(*rows: dict[str, Any], zone: ZoneInfo = LIMA) -> Parsed[SessionRow]:
    return parse_sessions(sheet_of(*rows), PSYCHOTHERAPISTS, zone)


@dataclass
class Store:
    """What the storage side does, on lists."""

    clients: list[KnownClient] = field(default_factory=list)
    sessions: list[KnownSession] = field(default_factory=list)

    def known(self) -> Known:
        return Known(self.clients, self.sessions)

    def plan(self, *rows: dict[str, Any]) -> Plan:
        sheet = sheet_of(*rows)
        return plan_sessions(sheet, parse_sessions(sheet, PSYCHOTHERAPISTS, LIMA), self.known(), LIMA)

    def add(self, *rows: dict[str, Any]) -> Plan:
        plan = self.plan(*rows)
        self.apply(plan)
        return plan

    def apply(self, plan: Plan) -> None:
        ids = {new.key: f"client-{len(self.clients) + n}" for n, new in enumerate(plan.new_clients)}
        self.clients += [KnownClient(ids[new.key], new.person) for new in plan.new_clients]
        for planned in plan.sessions:
            self.sessions.append(self._session(ids.get(planned.client, planned.client), planned.session))

    def _session(self, client: str, row: SessionRow) -> KnownSession:
        return KnownSession(
            f"session-{len(self.sessions)}",
            client,
            row.psychotherapist_id,
            row.starts_at,
            row.ends_at,
            row.modality,
            row.price,
            row.status or "done",
            row.note or "",
            counts=row.status not in ("cancelled", "no_show"),
        )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
