"""How a month's figures stand to those of the month before, in words."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from service import formats
from service.domain.months import shift_month


def count_words(now: int, before: int, month: str, running: bool) -> str:
    """ "▲ 4 % más que en setiembre"; "" where there was nothing to compare with.

    A month that is still running is not measured against a whole one: "300 en setiembre".
    """
    return _words(now, before, formats.number(before), month, running)


def amount_words(now: Mapping[str, int], before: Mapping[str, int], month: str, running: bool) -> list[str]:
    """The same of amounts in céntimos by currency, one sentence each, which names its currency."""
    said = {
        currency: _words(now.get(currency, 0), cents, formats.money(cents, currency), month, running)
        for currency, cents in before.items()
    }
    named = len(set(now) | set(before)) > 1 and not running
    return [f"{formats.SYMBOLS[code]} {words}" if named else words for code, words in said.items() if words]


def nps_words(now: float | None, before: float | None, month: str) -> str:
    """ "▲ 3 puntos más que en setiembre", rounded; "" where either month has no answers."""
    if now is None or before is None:
        return ""
    points, last = formats.whole(now) - formats.whole(before), _month_before(month)
    if points > 0:
        said = ngettext(
            "▲ %(num)s punto más que en %(month)s",
            "▲ %(num)s puntos más que en %(month)s",
            points,
            month=last,
        )
    elif points < 0:
        said = ngettext(
            "▼ %(num)s punto menos que en %(month)s",
            "▼ %(num)s puntos menos que en %(month)s",
            -points,
            month=last,
        )
    else:
        said = _("= igual que en %(month)s", month=last)
    return str(said)


def _words(now: int, before: int, shown: str, month: str, running: bool) -> str:
    if not before:
        return ""
    change, last = _percent_change(now, before), _month_before(month)
    if running:
        said = _("%(before)s en %(month)s", before=shown, month=last)
    elif change > 0:
        said = _("▲ %(change)s %% más que en %(month)s", change=change, month=last)
    elif change < 0:
        said = _("▼ %(change)s %% menos que en %(month)s", change=-change, month=last)
    elif now != before:
        said = _("= casi igual que en %(month)s", month=last)
    else:
        said = _("= igual que en %(month)s", month=last)
    return str(said)


def _percent_change(now: int, before: int) -> int:
    """By how many percent a figure changed, rounded half away from 0."""
    change = abs(now - before) * 200 + before
    return change // (2 * before) * (1 if now >= before else -1)


def _month_before(month: str) -> str:
    return formats.month_name(shift_month(month, -1)).split(" ")[0]
