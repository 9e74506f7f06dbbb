"""Commission: the part of a session's income paid to its psychotherapist; the rest is the centre's share.

Percents are whole basis points (37.5 % = 3750), so that no float ever touches money.
"""

import re

MAX_BP = 10_000

_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)


def commission_cents(income_cents: int, commission_bp: int) -> int:
    """Commission of one session in céntimos, rounded half up: 75.00 at 37.5 % is 28.13."""
    return (income_cents * commission_bp + MAX_BP // 2) // MAX_BP


def parse_percent(text: str) -> int:
    """Basis points of "37.5"; ValueError unless it is 0 to 100 with up to two decimals."""
    match = _PERCENT.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a percent")
    whole, fraction = match.groups()
    basis_points = int(whole) * 100 + int((fraction or "").ljust(2, "0"))
    if basis_points > MAX_BP:
        raise ValueError("more than 100 percent")
    return basis_points


def percent_text(basis_points: int) -> str:
    """ "37.5" for 3750, "40" for 4000: how the API writes a percent."""
    whole, hundredths = divmod(basis_points, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")
