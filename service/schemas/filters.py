"""The filters of a list of sessions, as the API's query writes them."""

from collections.abc import Mapping
from typing import Any

from service.domain.booking import MODALITIES, STATUSES
from service.domain.money import CURRENCIES
from service.domain.months import parse_month
from service.errors import InvalidInput
from service.texts import _

_WORDS = {"status": STATUSES, "modality": MODALITIES, "currency": CURRENCIES}
_FREE = ("psychotherapist_id", "client_id", "series_id", "q")


def load_filters(args: Mapping[str, str]) -> dict[str, Any]:
    """The filters that are set; InvalidInput for a month or a word that does not exist."""
    filters: dict[str, Any] = {name: args[name].strip() for name in _FREE if args.get(name, "").strip()}
    if args.get("month"):
        filters["month"] = parse_month(args["month"])
    for name, words in _WORDS.items():
        if args.get(name):
            if args[name] not in words:
                raise InvalidInput({name: [_("Elija una de las opciones.")]})
            filters[name] = args[name]
    return filters


def load_span(args: Mapping[str, str], month: str, first: str, last: str) -> tuple[str, str]:
    """The first and the last month asked for: one under `month`, or a range under `first` and `last`.

    InvalidInput where none or half is said, or the last comes before the first.
    """
    if args.get(month) or not (args.get(first) or args.get(last)):
        alone = parse_month(args.get(month, ""), month)
        return alone, alone
    span = parse_month(args.get(first, ""), first), parse_month(args.get(last, ""), last)
    if span[1] < span[0]:
        raise InvalidInput({last: [_("El último mes va después del primero.")]})
    return span
