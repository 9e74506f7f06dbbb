"""The yearly report and the file of new clients, as other programs ask for them."""

import csv
import io

import pytest

from service.database import Db
from service.documents import clients, survey_answers
from tests.api_client import ApiClient
from tests.conftest import NOW
from tests.small_centre import MONTH, SmallCentre


def new_clients(api: ApiClient, **query: str) -> list[dict[str, str]]:
    content: bytes = api.get("/reports/new-clients.csv", 200, **query)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_year_is_its_twelve_months(api: ApiClient, centre: SmallCentre) -> None:
    answer = api.get("/reports/yearly", year="2026")
    assert answer["year"] == 2026
    assert [own["month"] for own in answer["months"]] == [f"2026-{number:02d}" for number in range(1, 13)]
    for own in answer["months"]:
        monthly = api.get("/reports/monthly", month=own["month"])
        assert {**own, "psychotherapists": monthly["psychotherapists"]} == {**monthly, "nps": own["nps"]}
    empty = answer["months"][0]
    assert (empty["sessions"], empty["gross"], empty["nps"]["score"]) == (0, {}, None)
    assert answer["months"][9]["sessions"] > 0


def test_the_nps_of_a_year(api: ApiClient, db: Db) -> None:
    for number, rating in enumerate((10, 9, 10, 6)):
        db.invitations.insert_one(
            {
                "_id": f"{MONTH}:{number}",
                "version": 1,
                "month": MONTH,
                "state": "sent",
                "link_hash": str(number),
                "answered_at": NOW,
                "answer": {"nps": rating, "stars": [], "comment": ""},
                "pending": [MONTH],
            }
        )
    nps = api.get("/reports/yearly", year="2026")["months"][9]["nps"]
    assert {name: nps[name] for name in ("score", "answers", "promoters", "passives", "detractors")} == {
        "score": 50,
        "answers": 4,
        "promoters": 3,
        "passives": 0,
        "detractors": 1,
    }
    assert nps["invited"] == 4
    assert [round(end) for end in nps["interval"]] == [-34, 91]
    assert survey_answers.nps_figures(db, [MONTH])[MONTH]["score"] == nps["score"]


@pytest.mark.parametrize("year", ["", "26", "0000", "20a6", "２０２６"])
def test_a_year_that_is_none(api: ApiClient, year: str) -> None:
    assert "year" in api.get("/reports/yearly", 422, year=year)["errors"]


def test_the_new_clients_of_a_month_are_those_that_it_counts(api: ApiClient, centre: SmallCentre) -> None:
    rows = new_clients(api, month=MONTH)
    assert len(rows) == api.get("/reports/monthly", month=MONTH)["new_clients"] == 2
    assert [(row["Nombres"], row["Primera cita"], row["Psicoterapeuta"], row["Tipo"]) for row in rows] == [
        ("Mateo", "2026-10-05", "Ronald Emard", "Presencial"),
        ("Ana <b>", "2026-10-07", "Logan Fisher", "Virtual"),
    ]
    assert new_clients(api, month="2026-01") == []


def test_a_range_has_the_new_clients_of_its_months(api: ApiClient, centre: SmallCentre) -> None:
    rows = new_clients(api, **{"from": "2026-09", "to": MONTH})
    assert [row["Mes"] for row in rows] == ["2026-09", "2026-09", MONTH, MONTH]
    for query, field in (
        ({}, "month"),
        ({"month": "octubre"}, "month"),
        ({"from": MONTH}, "to"),
        ({"from": MONTH, "to": "2026-09"}, "to"),
    ):
        assert field in api.get("/reports/new-clients.csv", 422, **query)["errors"]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r@", " ="])
def test_no_cell_is_run_by_a_spreadsheet(api: ApiClient, db: Db, centre: SmallCentre, mark: str) -> None:
    typed = f"{mark}HYPERLINK(1)"
    hostile = clients.create(db, {"given_names": typed, "family_names": 'Ríos, "el 2.º"; hijo'}, NOW)
    centre.session("2026-12-01", "09:00", str(hostile["_id"]), centre.emard)
    [row] = new_clients(api, month="2026-12")
    assert row["Nombres"] == f"'{typed.lstrip()}"
    assert row["Apellidos"] == 'Ríos, "el 2.º"; hijo'
