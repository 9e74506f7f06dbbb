"""The rejected rows as a file to correct and import again, with what is wrong beside each."""

from collections.abc import Iterable, Sequence

from service.domain.sheets.faults import Finding, Rejection
from service.domain.spreadsheet_cells import harmless

#: Headings that no import reads.
REMARKS = ("Fila", "Columna", "Motivo")


def corrections(titles: Sequence[str], rejections: Iterable[Rejection]) -> list[list[str]]:
    """Headings and rejected rows as text; remarks of an earlier round are left out.

    A cell that a spreadsheet would run gets an apostrophe, which reading takes off again.
    """
    kept = [index for index, title in enumerate(titles) if title not in REMARKS]
    table = [[*(titles[index] for index in kept), *REMARKS]]
    for rejection in rejections:
        cells = (rejection.cells[index] for index in kept)
        table.append([harmless(cell) for cell in (*cells, *_remarks(rejection))])
    return table


def _remarks(rejection: Rejection) -> tuple[str, str, str]:
    findings: list[Rejection | Finding] = [rejection, *rejection.further]
    columns = dict.fromkeys(finding.column for finding in findings)
    return str(rejection.row), ", ".join(columns), " ".join(finding.reason for finding in findings)
