"""Figures put together from the rows of the aggregations."""

from typing import Any

from service.domain.figures import client_groups, list_totals, monthly

MONTH = "2026-10"


def visits(client: str, therapist: str, virtual: int, on_site: int) -> dict[str, Any]:
    return {
        "_id": {"client_id": client, "psychotherapist_id": therapist},
        "virtual": virtual,
        "on_site": on_site,
    }


def income(therapist: str, currency: str, gross: int, lowest: int, highest: int) -> dict[str, Any]:
    sums = {"sessions": 1, "gross_cents": gross, "commission_cents": gross // 2}
    ids = {"psychotherapist_id": therapist, "currency": currency}
    return {"_id": ids, **sums, "lowest_bp": lowest, "highest_bp": highest}


def listed(status: str, currency: str, sessions: int, gross: int) -> dict[str, Any]:
    ids = {"status": status, "currency": currency}
    return {"_id": ids, "sessions": sessions, "gross_cents": gross, "commission_cents": gross // 4}


def test_the_groups_are_those_that_the_figures_count() -> None:
    rows = [visits("x", "a", 1, 0), visits("x", "b", 0, 2), visits("y", "a", 0, 1), visits("z", "b", 3, 0)]
    firsts = {"x": MONTH, "y": "2020-01", "z": MONTH}
    groups = client_groups(MONTH, rows, firsts)
    assert groups == {
        "active": {"x", "y", "z"},
        "new": {"x", "z"},
        "recurrent": {"y"},
        "virtual": {"x", "z"},
        "on_site": {"x", "y"},
        "both": {"x"},
    }
    figures = monthly(MONTH, [], rows, firsts)
    assert figures["clients"] == len(groups["active"])
    for name in ("new", "recurrent", "virtual", "on_site", "both"):
        assert figures[f"{name}_clients"] == len(groups[name])


def test_a_psychotherapists_percents_go_from_the_lowest_to_the_highest() -> None:
    rows = [
        income("a", "PEN", 100, 4000, 4250),
        income("a", "USD", 100, 3000, 3000),
        income("b", "PEN", 1, 0, 0),
    ]
    people = monthly(MONTH, rows, [], {})["by_psychotherapist"]
    assert (people["a"]["percents_bp"], people["b"]["percents_bp"]) == ([3000, 4000, 4250], [0])


def test_a_list_leaves_out_the_currency_that_brought_nothing() -> None:
    rows = [
        listed("done", "PEN", 2, 1000),
        listed("no_show", "PEN", 1, 400),
        listed("cancelled", "USD", 3, 0),
    ]
    assert list_totals(rows) == {
        "by_currency": {"PEN": {"gross_cents": 1400, "commission_cents": 350, "center_share_cents": 1050}},
        "by_status": {"done": 2, "no_show": 1, "cancelled": 3},
    }
    assert list_totals([listed("scheduled", "USD", 1, 0)])["by_currency"]["USD"]["gross_cents"] == 0
