"""Money: whole céntimos with a currency. Amounts of two currencies are never added."""

import re
from typing import NamedTuple

CURRENCIES = ("PEN", "USD")
#: Far above any session; keeps sums of a centre's lifetime within a signed 64-bit integer.
MAX_CENTS = 99_999_999_99

_DECIMAL = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?", re.ASCII)


class Money(NamedTuple):
    """An amount in céntimos (≥ 0) and its ISO 4217 currency."""

    cents: int
    currency: str


def parse_decimal(text: str) -> int:
    """Céntimos of a plain decimal such as "150" or "150.00"; ValueError for anything else."""
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a decimal amount")
    whole, fraction = match.groups()
    cents = int(whole) * 100 + int((fraction or "").ljust(2, "0"))
    if cents > MAX_CENTS:
        raise ValueError("amount too large")
    return cents


def decimal_text(cents: int) -> str:
    """ "150.00" for 15000: how the API and files write an amount."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
