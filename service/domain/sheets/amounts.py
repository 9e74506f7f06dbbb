"""Amounts of money and percents as hands write them: comma or point, grouped or not, with symbols."""

import math
import re
from decimal import Decimal

from service.domain.commissions import MAX_BP
from service.domain.money import MAX_CENTS, Money
from service.domain.names import fold
from service.domain.sheets.cells import Cell, is_number, text_of
from service.domain.sheets.faults import Fault
from service.texts import _

_WORDS = {
    "PEN": ("s/", "s/.", "pen", "sol", "soles", "nuevo sol", "nuevos soles"),
    "USD": ("$", "us$", "us $", "u$s", "$us", "usd", "dolar", "dolares", "dolares americanos"),
}
#: How a symbol or a currency's name, folded, names the currency.
CURRENCY_WORDS = {word: currency for currency, words in _WORDS.items() for word in words}
CURRENCY_NAMES = {"PEN": _("soles"), "USD": _("dólares")}

_SYMBOL = "|".join(re.escape(word) for word in sorted(CURRENCY_WORDS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?P<open>[-(]?)\s*(?P<before>{_SYMBOL})?\s*(?P<minus>-?)\s*"
    rf"(?P<number>\d[\d.,' ]*)\s*(?P<close>[-)]?)\s*(?P<after>{_SYMBOL})?",
    re.ASCII,
)
_GROUPED = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?:(?P<group>[.,' ])\d{3})(?:(?P=group)\d{3})*)(?P<rest>.*)", re.ASCII
)
_PLAIN = re.compile(r"(?P<whole>\d+)(?P<rest>.*)", re.ASCII)
_ONE_POINT = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)
_FRACTION = re.compile(r"(?P<mark>[.,])(?P<digits>\d+)", re.ASCII)
_PERCENT = re.compile(r"(?P<whole>\d{1,3})(?:[.,](?P<fraction>\d{1,2}))?\s*%?", re.ASCII)

#: No amount takes more characters, with its symbols and separators.
_LONGEST = 60

_NUMBER_HINT = _("Escriba el monto como número, por ejemplo 150.00.")
_PERCENT_HINT = _("Escriba un porcentaje de 0 a 100 con dos decimales como máximo, por ejemplo 37,5%%.")


def currency(cell: Cell) -> str | None:
    """ "PEN" or "USD", None for an empty cell; Fault `currency`."""
    text = fold(text_of(cell))
    if not text:
        return None
    if text not in CURRENCY_WORDS:
        raise Fault("currency", _("Escriba la moneda como S/, PEN o Soles, o bien US$, USD o Dólares."))
    return CURRENCY_WORDS[text]


def amount(cell: Cell) -> tuple[int, str | None]:
    """Céntimos (≥ 0) and the currency of the symbol beside them, if any.

    Zero is an amount. Fault `amount_not_a_number`, `amount_negative`, `amount_ambiguous`, `amount_decimals`
    or `amount_too_large`.
    """
    if is_number(cell):
        return _in_range(_cents_of_number(cell)), None
    if cell is not None and not isinstance(cell, str):
        raise Fault("amount_not_a_number", _NUMBER_HINT)
    return _amount_of_text(text_of(cell))


def money(cents: int, symbol: str | None, column: str | None) -> Money:
    """The amount in the currency that its symbol and the currency column agree on.

    Fault `currency_mismatch` where they contradict each other, `currency` where neither says one.
    """
    if symbol and column and symbol != column:
        said, other = CURRENCY_NAMES[symbol], CURRENCY_NAMES[column]
        raise Fault(
            "currency_mismatch",
            _(
                "El monto está en %(said)s y la moneda dice %(other)s: corrija uno de los dos.",
                said=said,
                other=other,
            ),
        )
    known = symbol or column
    if known is None:
        raise Fault("currency", _("Falta la moneda: escriba S/ o US$."))
    return Money(cents, known)


def percent_bp(cell: Cell) -> int:
    """Basis points of a percent: 3750 for "37,5%"; Fault `percent`.

    A number up to 1 in an Excel file is a percent cell: 0.375 shows as 37.5 %.
    """
    basis_points = _percent_of_number(cell) if is_number(cell) else _percent_of_text(text_of(cell))
    if basis_points is None or not 0 <= basis_points <= MAX_BP:
        raise Fault("percent", _PERCENT_HINT)
    return basis_points


def _percent_of_number(number: float) -> int | None:
    if not math.isfinite(number):
        return None
    return _whole(Decimal(repr(number)) * (10_000 if number <= 1 else 100))


def _percent_of_text(text: str) -> int | None:
    match = _PERCENT.fullmatch(text)
    return int(match["whole"]) * 100 + int((match["fraction"] or "").ljust(2, "0")) if match else None


def _amount_of_text(text: str) -> tuple[int, str | None]:
    if not text:
        raise Fault("amount_not_a_number", _("Falta el monto. %(hint)s", hint=_NUMBER_HINT))
    match = _AMOUNT.fullmatch(fold(text)) if len(text) <= _LONGEST else None
    raised_digits = any(char.isnumeric() and not char.isascii() for char in text)  # 85⁴⁵ would fold to 8545
    if match is None or raised_digits or (match["open"] == "(") != (match["close"] == ")"):
        raise Fault("amount_not_a_number", _NUMBER_HINT)
    cents = _cents_of_text(match["number"].strip())
    if match["open"] or match["minus"] or match["close"]:
        raise _negative()
    return _in_range(cents), _symbol(match["before"], match["after"])


def _symbol(before: str | None, after: str | None) -> str | None:
    found = {CURRENCY_WORDS[word] for word in (before, after) if word}
    if len(found) > 1:
        raise Fault("currency_mismatch", _("El monto lleva dos monedas: deje solo una."))
    return found.pop() if found else None


def _cents_of_text(number: str) -> int:
    """1,234 is 1234; of two different marks the last one begins the decimals.

    1.234 is refused: it is 1234 to some, and to others a product that was not rounded.
    """
    if _ONE_POINT.fullmatch(number):
        raise Fault(
            "amount_ambiguous",
            _("No queda claro si %(number)s lleva decimales: escríbalo con dos, como 150.00.", number=number),
        )
    match = _GROUPED.fullmatch(number)
    if match is None or not _is_fraction(match["rest"], match["group"]):
        match = _PLAIN.fullmatch(number)
    if match is None or not _is_fraction(match["rest"], None):
        raise Fault("amount_not_a_number", _NUMBER_HINT)
    digits = match["rest"][1:]
    if len(digits) > 2:
        raise _too_fine()
    return int(re.sub(r"\D", "", match["whole"])) * 100 + int(digits.ljust(2, "0"))


def _is_fraction(rest: str, group: str | None) -> bool:
    """Whether after the whole part comes nothing, or decimals behind another mark than the groups have."""
    match = _FRACTION.fullmatch(rest)
    return not rest or (match is not None and match["mark"] != group)


def _cents_of_number(number: float) -> int:
    if not math.isfinite(number):
        raise Fault("amount_not_a_number", _NUMBER_HINT)
    if number < 0:
        raise _negative()
    cents = _whole(Decimal(repr(number)) * 100)
    if cents is None:
        raise _too_fine()
    return cents


def _whole(number: Decimal) -> int | None:
    """The whole number that `number` is but for the noise of a binary fraction (85.45000000000001)."""
    nearest = int(number.to_integral_value())
    return nearest if abs(number - nearest) < Decimal("1e-6") else None


def _in_range(cents: int) -> int:
    if cents > MAX_CENTS:
        raise Fault("amount_too_large", _("El monto es demasiado grande: revise los ceros y las comas."))
    return cents


def _negative() -> Fault:
    return Fault("amount_negative", _("El monto no puede ser negativo."))


def _too_fine() -> Fault:
    return Fault("amount_decimals", _("El monto tiene más de dos decimales: redondéelo en la hoja."))
