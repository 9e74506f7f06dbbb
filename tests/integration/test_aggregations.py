"""Each named aggregation against rows worked out by hand, in memory, over the wire and, where one is
given, on a real MongoDB server (`make test-mongodb MONGODB_URI=…`).

tests/cases/NAME.json: {"question", "arguments" of aggregations.NAME.pipeline, "documents", "expected" rows},
in MongoDB's extended JSON. The order of the rows counts where "sorted" is true.
"""

import importlib
import os
import pkgutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mongomock
import pytest
from bson import json_util
from bson.json_util import JSONOptions

import aggregations
from service.database import Db, connect, ensure_indexes
from tests.conftest import ROOT

AWARE = JSONOptions(tz_aware=True)
CASES = Path(__file__).parent.parent / "cases"
#: A server that `make test-mongodb` was given, "" otherwise.
SERVER = os.environ.get("CASES_MONGODB_URI", "")
NAMES = [module.name for module in pkgutil.iter_modules(aggregations.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_are_those_worked_out_by_hand(name: str, db: Db) -> None:
    in_memory: Any = mongomock.MongoClient(tz_aware=True).cases
    for database in (in_memory, db):
        assert answer(name, database) == expected(name), database


@pytest.mark.skipif(not SERVER, reason="no server to ask: make test-mongodb MONGODB_URI=…")
@pytest.mark.parametrize("name", NAMES if SERVER else [""])
def test_a_real_server_gives_the_same_rows(name: str) -> None:
    with asked(SERVER) as database:
        assert answer(name, database) == expected(name)


def test_the_server_that_is_given_is_the_one_that_is_asked(store_uri: str) -> None:
    with asked(store_uri) as database:
        assert answer("first_months", database) == expected("first_months")
    with connect(store_uri) as client:
        assert database.name not in client.list_database_names()
    command = ["make", "-n", "test-mongodb", f"MONGODB_URI={store_uri}"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f'CASES_MONGODB_URI="{store_uri}"' in said
    assert "pytest tests/integration/test_aggregations.py" in said


@contextmanager
def asked(uri: str) -> Iterator[Db]:
    """A database of its own on a server, with our indexes, taken away afterwards."""
    with connect(uri) as client:
        database: Db = client.get_database(f"cases_{uuid.uuid4().hex}")
        try:
            ensure_indexes(database)
            yield database
        finally:
            client.drop_database(database.name)


def test_every_case_has_its_aggregation() -> None:
    assert sorted(path.stem for path in CASES.glob("*.json")) == sorted(NAMES)


def case(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json_util.loads((CASES / f"{name}.json").read_text("utf-8"), json_options=AWARE)
    return read


def answer(name: str, database: Any) -> list[Any]:
    module = importlib.import_module(f"aggregations.{name}")
    collection = database[module.COLLECTION]
    collection.insert_many(case(name)["documents"])
    return in_order(
        list(collection.aggregate(module.pipeline(*case(name)["arguments"]))), case(name)["sorted"]
    )


def expected(name: str) -> list[Any]:
    return in_order(case(name)["expected"], case(name)["sorted"])


def in_order(rows: list[Any], is_sorted: bool) -> list[Any]:
    """Rows that come in no order are put into one."""
    return rows if is_sorted else sorted(rows, key=lambda row: str(row["_id"]))
