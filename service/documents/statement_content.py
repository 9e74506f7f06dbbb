"""What a statement says: the lines of a psychotherapist's month, their totals, and adjustments of closed
months.
"""

from typing import Any
from zoneinfo import ZoneInfo

from aggregations import statement_lines
from service.database import Db
from service.documents import clients, closings, months, psychotherapists
from service.documents.store import Document
from service.domain import statements as domain
from service.domain.closings import fingerprint
from service.domain.people import full_name


def content(db: Db, record: Document, center_name: str, zone: ZoneInfo) -> dict[str, Any]:
    """What the PDF of `record` shows, as service.pdf.statement_pdf takes it.

    A draft has the figures of now; that of a closed month what the closing kept, and its fingerprint.
    """
    closing = db.closings.find_one({"_id": record.get("closing")}, {"lines": 0})
    person_id = record["psychotherapist_id"]
    rows = closings.rows_of(db, record.get("closing"), statement_lines.pipeline(record["month"], person_id))
    person = closing["people"][person_id] if closing else _person(db, person_id)
    people = clients.by_ids(db, [row["client_id"] for row in rows])
    lines = domain.lines(rows, {client_id: full_name(client) for client_id, client in people.items()}, zone)
    carried = months.adjustments(db, record["month"])
    adjusted = domain.adjustment_lines(line for line in carried if line["psychotherapist_id"] == person_id)
    totals = domain.totals(lines)
    shown = {
        "center_name": center_name,
        "psychotherapist": {"name": person["name"], "document_text": person["document_text"]},
        "month": record["month"],
        "lines": lines,
        "totals": totals,
        "adjustments": adjusted,
        "payable": domain.payable(totals, adjusted),
    }
    if closing is None:
        return {**shown, "state": "draft", "folio": None, "version": None, "sha256": None}
    shown |= {"state": "closed", "folio": record["folio"], "version": record["number"]}
    return {**shown, "sha256": fingerprint(shown)}


def _person(db: Db, psychotherapist_id: str) -> Document:
    person = psychotherapists.get(db, psychotherapist_id)
    return {"name": full_name(person), "document_text": domain.document_text(person.get("document"))}
