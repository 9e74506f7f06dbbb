"""A month's figures counted one session at a time, without the store's aggregations: what checks them.

It goes by what a session itself says (status, price, charge, percent), not by what was derived and stored
beside it, and does each sum in its own way. Definitions in docs/figures.md, "Month".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.domain.booking import COUNTING
from service.domain.commissions import commission_cents
from service.domain.figures import Figures

Session = Mapping[str, Any]


def first_months(sessions: Iterable[Session]) -> dict[str, str]:
    """The month of each client's first session that counts, from all sessions of these clients."""
    firsts: dict[str, str] = {}
    for session in sessions:
        if _counts(session):
            client, month = session["client_id"], session["month"]
            firsts[client] = min(firsts.get(client, month), month)
    return firsts


def monthly(month: str, sessions: Iterable[Session], firsts: Mapping[str, str]) -> Figures:
    """The figures of one month's sessions, in the shape of domain.figures.monthly."""
    earning = [session for session in sessions if _counts(session) or session["charge_cents"]]
    counted = [session for session in earning if _counts(session)]
    virtual, on_site = (
        {session["client_id"] for session in counted if session["modality"] == modality}
        for modality in ("virtual", "on_site")
    )
    new = [client for client in virtual | on_site if firsts.get(client) == month]
    amounts = {currency: _amounts(own) for currency, own in _by(earning, "currency").items()}
    return {
        "month": month,
        "sessions": len(counted),
        "clients": len(virtual | on_site),
        "new_clients": len(new),
        "recurrent_clients": len(virtual | on_site) - len(new),
        "virtual_clients": len(virtual),
        "on_site_clients": len(on_site),
        "both_clients": len(virtual & on_site),
        **_modalities(counted),
        "gross": {currency: own["gross_cents"] for currency, own in amounts.items()},
        "commission": {currency: own["commission_cents"] for currency, own in amounts.items()},
        "by_psychotherapist": {
            person: _psychotherapist(own) for person, own in _by(earning, "psychotherapist_id").items()
        },
    }


def _psychotherapist(earning: Sequence[Session]) -> Figures:
    counted = [session for session in earning if _counts(session)]
    currencies = _by(earning, "currency").items()
    percents = [[session["commission_bp"] for session in own] for _, own in currencies]
    return {
        "sessions": len(counted),
        "clients": len({session["client_id"] for session in counted}),
        **_modalities(counted),
        "percents_bp": sorted({end for some in percents for end in (min(some), max(some))}),
        "by_currency": {currency: _amounts(own) for currency, own in currencies},
    }


def _amounts(earning: Sequence[Session]) -> dict[str, int]:
    incomes = [session["price_cents" if _counts(session) else "charge_cents"] for session in earning]
    each = [
        commission_cents(income, session["commission_bp"])
        for income, session in zip(incomes, earning, strict=True)
    ]
    return {
        "sessions": sum(map(_counts, earning)),
        "gross_cents": sum(incomes),
        "commission_cents": sum(each),
        "center_share_cents": sum(incomes) - sum(each),
    }


def _modalities(counted: Sequence[Session]) -> dict[str, int]:
    modalities = [session["modality"] for session in counted]
    return {f"{modality}_sessions": modalities.count(modality) for modality in ("virtual", "on_site")}


def _by(sessions: Iterable[Session], name: str) -> dict[str, list[Session]]:
    groups: dict[str, list[Session]] = {}
    for session in sessions:
        groups.setdefault(session[name], []).append(session)
    return groups


def _counts(session: Session) -> bool:
    return session["status"] in COUNTING
