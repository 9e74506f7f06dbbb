"""60,000 sessions: what is used often looks only at the documents it is about (counted, not timed)."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.embedded_process import running

SESSIONS, A_MONTH, CLIENTS, PSYCHOTHERAPISTS = 60_000, 500, 2_000, 20


def session(number: Any) -> Any:
    """One of the sessions: 500 a month, 30 a client."""
    months = number // A_MONTH
    month = f"{2016 + months // 12}-{months % 12 + 1:02d}"
    starts_at = datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=number)
    return {
        "_id": f"{number:032x}",
        "version": 1,
        "client_id": f"c{number % CLIENTS}",
        "psychotherapist_id": f"p{number % PSYCHOTHERAPISTS}",
        "starts_at": starts_at,
        "month": month,
        "modality": "virtual" if number % 3 else "on_site",
        "status": "done",
        "currency": "PEN" if number % 4 else "USD",
        "price_cents": 15_000,
        "commission_cents": 5_625,
        "search": [f"word{number % 7}", f"w{number}"],
        "pending": [month] if number % 1000 == 0 else [],
    }


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: Any) -> Iterator[Any]:
    """The collection, with the indexes that such a program declares."""
    with running(tmp_path_factory.mktemp("scale") / "store") as store, store.client() as client:
        collection = client.centre.sessions
        collection.create_index([("month", 1), ("starts_at", 1)])
        collection.create_index([("client_id", 1), ("starts_at", 1)])
        collection.create_index([("starts_at", 1)])
        collection.create_index("pending")
        collection.create_index("search")
        for first in range(0, SESSIONS, 2000):
            collection.insert_many([session(number) for number in range(first, first + 2000)])
        yield collection


def looked_at(collection: Any, ask: Any) -> Any:
    """(what is answered, how many documents were looked at for it)."""

    def counted() -> Any:
        status = collection.database.command("serverStatus")
        return status["metrics"]["queryExecutor"]["scannedObjects"]

    before = counted()
    answer = ask()
    return answer, counted() - before


def test_a_session_by_its_id(sessions: Any) -> None:
    found, looks = looked_at(sessions, lambda: sessions.find_one({"_id": f"{777:032x}"}))
    assert (found["client_id"], looks) == ("c777", 1)


def test_a_months_list(sessions: Any) -> None:
    month = {"month": "2020-05"}
    found, looks = looked_at(sessions, lambda: list(sessions.find(month).sort("starts_at", -1).limit(50)))
    assert (len(found), looks) == (50, A_MONTH)
    assert looked_at(sessions, lambda: sessions.count_documents(month)) == (A_MONTH, A_MONTH)
    narrow = {**month, "psychotherapist_id": "p3"}
    assert looked_at(sessions, lambda: len(list(sessions.find(narrow)))) == (25, A_MONTH)


def test_a_months_report(sessions: Any) -> None:
    pipeline = [
        {"$match": {"month": "2020-05"}},
        {
            "$group": {
                "_id": {"psychotherapist_id": "$psychotherapist_id", "currency": "$currency"},
                "sessions": {"$sum": 1},
                "gross": {"$sum": "$price_cents"},
                "clients": {"$addToSet": "$client_id"},
                "virtual": {"$sum": {"$cond": [{"$eq": ["$modality", "virtual"]}, 1, 0]}},
            }
        },
    ]
    rows, looks = looked_at(sessions, lambda: list(sessions.aggregate(pipeline)))
    assert looks == A_MONTH
    assert sum(row["sessions"] for row in rows) == A_MONTH
    assert sum(row["gross"] for row in rows) == A_MONTH * 15_000
    assert {len(row["clients"]) for row in rows} == {25}


def test_a_clients_page(sessions: Any) -> None:
    found, looks = looked_at(sessions, lambda: list(sessions.find({"client_id": "c5"}).sort("starts_at", -1)))
    assert (len(found), looks) == (30, 30)
    first, looks = looked_at(
        sessions, lambda: sessions.find_one({"client_id": "c5", "status": "done"}, sort=[("starts_at", 1)])
    )
    assert (first["_id"], looks) == (f"{5:032x}", 30)


def test_elements_of_arrays(sessions: Any) -> None:
    found, looks = looked_at(sessions, lambda: list(sessions.find({"search": {"$all": ["w123", "word4"]}})))
    assert ([one["_id"] for one in found], looks) == ([f"{123:032x}"], 1)
    found, looks = looked_at(sessions, lambda: sessions.distinct("pending", {"pending": "2020-06"}))
    assert (found, looks) == ([], 0)
    marked, looks = looked_at(sessions, lambda: list(sessions.find({"pending": "2016-01"})))
    assert (len(marked), looks) == (1, 1)


def test_a_days_range(sessions: Any) -> None:
    first = datetime.datetime(2018, 3, 1, tzinfo=datetime.UTC)
    day = {"starts_at": {"$gte": first, "$lt": first + datetime.timedelta(days=1)}}
    found, looks = looked_at(sessions, lambda: list(sessions.find(day)))
    assert len(found) == 24
    assert looks <= 25  # the range's own end is looked at, too
    months = {"month": {"$gte": "2019-01", "$lte": "2019-03"}}
    assert looked_at(sessions, lambda: sessions.count_documents(months)) == (3 * A_MONTH, 3 * A_MONTH)


def test_one_of_several(sessions: Any) -> None:
    query = {"$or": [{"_id": f"{1:032x}"}, {"client_id": {"$in": ["c1", "c2"]}}]}
    assert looked_at(sessions, lambda: len(list(sessions.find(query)))) == (60, 60)


def test_changes_by_id_look_at_one(sessions: Any) -> None:
    one = {"_id": f"{888:032x}"}
    assert looked_at(sessions, lambda: sessions.update_one(one, {"$inc": {"version": 1}}).modified_count) == (
        1,
        1,
    )
    query = {**one, "version": 2}
    found, looks = looked_at(sessions, lambda: sessions.find_one_and_update(query, {"$inc": {"version": 1}}))
    assert (found["version"], looks) == (2, 1)
    assert looked_at(sessions, lambda: sessions.delete_one(one).deleted_count) == (1, 1)


def test_inserting_looks_at_nothing(sessions: Any) -> None:
    more = [{**session(number), "_id": f"more-{number}", "month": "2031-01"} for number in range(600)]
    assert looked_at(sessions, lambda: len(sessions.insert_many(more).inserted_ids)) == (600, 0)


def test_what_has_no_index_looks_at_all(sessions: Any) -> None:
    """The measure itself: it does count."""
    total = sessions.estimated_document_count()
    assert looked_at(sessions, lambda: sessions.count_documents({"price_cents": 1})) == (0, total)
