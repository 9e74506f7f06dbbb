"""What of a psychotherapist's form changes their terms, and what that would alter of registered sessions."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _

from service import current
from service.documents import term_changes
from service.documents.store import Document
from service.domain.commissions import percent_text
from service.domain.term_changes import FOREVER, NOTHING, Effect, fingerprint, span_end
from service.domain.terms import terms_on
from service.errors import InvalidInput
from service.schemas.form import Form
from service.schemas.form_field import FormField
from service.schemas.form_input import Multidict
from service.schemas.loading import load
from service.schemas.psychotherapists import PsychotherapistChangeSchema

#: The hidden field that says which effect the person has seen.
SEEN = "seen"
#: The fields that say a change of terms; none of them is personal.
_FIELDS = ("commission_percent", "default_price", "effective_on")


class TermChange(NamedTuple):
    """The terms that a form changes, from which day until which (FOREVER), and their `effect` on sessions."""

    changes: Document
    since: str
    until: str
    effect: Effect

    @property
    def seen(self) -> str:
        """What SEEN says once this has been shown; "" where there is nothing to decide."""
        if not self.effect["sessions"]:
            return ""
        return fingerprint(self.effect, self.changes["commission_bp"], self.since)

    @property
    def percent(self) -> str:
        """The new percent as an address says it, "" where it stays."""
        percent = self.changes.get("commission_bp")
        return "" if percent is None else percent_text(percent)

    @property
    def ends_on(self) -> str:
        """The day on which other terms begin, "" where none are agreed."""
        return "" if self.until == FOREVER else self.until

    def awaits_decision(self, form: Multidict, decision: str | None) -> bool:
        """Whether it has yet to be shown; InvalidInput where it was shown and nothing chosen."""
        if self.seen and (form.getlist(SEEN) or [""])[-1] != self.seen:
            return True
        if self.seen and not decision:
            raise InvalidInput({"existing_sessions": [_("Elija qué pasa con las citas ya registradas.")]})
        return False


def of(person: Document, data: Document) -> TermChange:
    """What of `data` (a loaded form) is a change; one without a day has no effect yet."""
    since = data.get("effective_on") or ""
    changes = _changes(data, person["terms"], current.today())
    percent = changes.get("commission_bp")
    effect = NOTHING
    if percent is not None and since:
        effect = term_changes.preview(current.db(), person, percent, since)
    return TermChange(changes, since, span_end(person["terms"], since or FOREVER), effect)


def typed(person: Document, args: Multidict) -> TermChange | None:
    """The change that is being typed; None while a part of it is missing or wrong, or nothing changes."""
    schema = PsychotherapistChangeSchema(only=_FIELDS)
    try:
        data = load(schema, Form.decode(args, schema))
    except InvalidInput:
        return None
    change = of(person, data) if data.get("effective_on") else None
    return change if change and change.changes else None


def in_address(args: Mapping[str, str]) -> tuple[int, str]:
    """The percent (basis points) and the day of `?comision=` and `?desde=`; InvalidInput for none."""
    schema = PsychotherapistChangeSchema(only=("commission_percent", "effective_on"))
    said = {"commission_percent": args.get("comision"), "effective_on": args.get("desde", "")}
    data = load(schema, said)
    return data["commission_bp"], data["effective_on"]


def choice() -> FormField:
    """The field in which one decides about the sessions, with nothing chosen."""
    return Form(PsychotherapistChangeSchema())["existing_sessions"]


def _changes(data: Document, terms: list[Document], today: str) -> Document:
    """The terms of `data` that are a change: those that read as they hold today are none.

    With a day, terms that read as today's are wanted where others would hold from that day on; and where none
    would, for the sessions that are registered with another percent.
    """
    wanted = {"commission_bp": data["commission_bp"], "default_price": data["default_price"]}
    day = data.get("effective_on")
    changed = _unlike(wanted, terms_on(terms, today))
    if day and not changed:
        changed = _unlike(wanted, terms_on(terms, day)) or {"commission_bp": data["commission_bp"]}
    return changed


def _unlike(wanted: Document, terms: Document) -> dict[str, Any]:
    """The entries of `wanted` that are not as in `terms`."""
    price = wanted["default_price"]
    same = {
        "commission_bp": wanted["commission_bp"] == terms["commission_bp"],
        "default_price": (price.cents, price.currency) == (terms["price_cents"], terms["currency"]),
    }
    return {name: value for name, value in wanted.items() if not same[name]}
