"""The price in a row: an amount, and a currency that stands beside it or in a column of its own."""

from service.domain.money import Money
from service.domain.sheets import amounts
from service.domain.sheets.rows import RowReader


def price_in(row: RowReader) -> Money:
    """The price of a row in its currency; (0, "") where a fault was kept."""
    column = row.take("currency", amounts.currency)
    found = row.take("price", amounts.amount)
    if not row.good("currency", "price"):
        return Money(0, "")
    cents, symbol = found
    name = "currency" if column is None and symbol is None else "price"
    return row.take(name, lambda _: amounts.money(cents, symbol, column))
