"""A sheet of psychotherapists: who they are, commission and default price; and what to add of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.domain.money import Money
from service.domain.names import fold
from service.domain.sheets import amounts
from service.domain.sheets.cells import Cell, optional_text
from service.domain.sheets.faults import Fault, Rejection
from service.domain.sheets.persons import Document, Person, person_in
from service.domain.sheets.prices import price_in
from service.domain.sheets.read import Sheet
from service.domain.sheets.rows import Parsed, RowReader, parse_rows
from service.texts import _

MAX_LICENSE = 20


@dataclass(frozen=True, slots=True)
class PsychotherapistRow:
    """A complete row; the terms hold from the beginning of time."""

    row: int
    person: Person
    commission_bp: int
    price: Money
    license_number: str | None = None


@dataclass(frozen=True, slots=True)
class KnownPsychotherapist:
    """A psychotherapist of the store, active or not, with the first terms on record."""

    id: str
    person: Person
    commission_bp: int
    price: Money


@dataclass(frozen=True, slots=True)
class PsychotherapistThere:
    """A row whose psychotherapist is already there, stored or in an earlier row; `differs` names columns."""

    row: int
    other_row: int | None = None
    id: str | None = None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PsychotherapistPlan:
    """Rows add up: new + duplicates + ignored + rejections are all rows below the headings."""

    new: list[PsychotherapistRow] = field(default_factory=list)
    duplicates: list[PsychotherapistThere] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    ignored: int = 0

    @property
    def different(self) -> list[PsychotherapistThere]:
        """Those of the duplicates with another percent, price, e-mail or phone; they change nothing."""
        return [there for there in self.duplicates if there.differs]


def parse_psychotherapists(sheet: Sheet) -> Parsed[PsychotherapistRow]:
    """Every row of a sheet of psychotherapists, checked by itself."""
    return parse_rows(sheet, _psychotherapist)


def plan_psychotherapists(
    sheet: Sheet, parsed: Parsed[PsychotherapistRow], known: Sequence[KnownPsychotherapist]
) -> PsychotherapistPlan:
    """Whom to add. One is known by document; where either has none, by folded name.

    `known` may be everybody: a centre has few.
    """
    people = _Known(known)
    plan = PsychotherapistPlan(rejections=parsed.rejections, ignored=parsed.ignored)
    for row in parsed.rows:
        other = people.find(row.person)
        if other is None:
            people.add(row)
            plan.new.append(row)
        else:
            plan.duplicates.append(_already_there(sheet, row, other))
    return plan


def _psychotherapist(row: RowReader) -> PsychotherapistRow:
    return PsychotherapistRow(
        row=row.number,
        person=person_in(row),
        commission_bp=row.take("commission", amounts.percent_bp),
        price=price_in(row),
        license_number=row.take("license_number", _license),
    )


def _license(cell: Cell) -> str | None:
    text = optional_text(cell)
    if len(text) > MAX_LICENSE:
        raise Fault(
            "license_number",
            _("El número de colegiatura tiene como máximo %(most)s caracteres.", most=MAX_LICENSE),
        )
    return text or None


_Anyone = PsychotherapistRow | KnownPsychotherapist


class _Known:
    """Who is there so far, by document and by folded name."""

    def __init__(self, known: Sequence[KnownPsychotherapist]) -> None:
        self._by_document: dict[Document, _Anyone] = {}
        self._by_name: dict[str, list[_Anyone]] = {}
        for psychotherapist in known:
            self.add(psychotherapist)

    def add(self, psychotherapist: _Anyone) -> None:
        person = psychotherapist.person
        if person.document is not None:
            self._by_document.setdefault(person.document, psychotherapist)
        self._by_name.setdefault(fold(person.name), []).append(psychotherapist)

    def find(self, person: Person) -> _Anyone | None:
        if person.document in self._by_document:
            return self._by_document[person.document]
        namesakes = self._by_name.get(fold(person.name), [])
        undocumented = (other for other in namesakes if None in (person.document, other.person.document))
        return next(undocumented, None)


def _already_there(sheet: Sheet, row: PsychotherapistRow, other: _Anyone) -> PsychotherapistThere:
    pairs = {
        "commission": (row.commission_bp, other.commission_bp),
        "price": (row.price, other.price),
        "email": (row.person.email, other.person.email),
        "phone": (row.person.phone, other.person.phone),
    }
    differs = tuple(
        sheet.headings.title(name) for name, (here, there) in pairs.items() if here and here != there
    )
    if isinstance(other, PsychotherapistRow):
        return PsychotherapistThere(row.row, other_row=other.row, differs=differs)
    return PsychotherapistThere(row.row, id=other.id, differs=differs)
