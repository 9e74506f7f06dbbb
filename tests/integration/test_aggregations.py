"""Each named aggregation against rows worked out by hand, in memory and over the wire.

tests/cases/NAME.json: {"question", "arguments" of aggregations.NAME.pipeline, "documents", "expected" rows},
in MongoDB's extended JSON. The order of the rows counts where "sorted" is true.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import mongomock
import pytest
from bson import json_util
from bson.json_util import JSONOptions

import aggregations
from service.database import Db

AWARE = JSONOptions(tz_aware=True)
CASES = Path(__file__).parent.parent / "cases"
NAMES = [module.name for module in pkgutil.iter_modules(aggregations.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_are_those_worked_out_by_hand(name: str, db: Db) -> None:
    in_memory: Any = mongomock.MongoClient(tz_aware=True).cases
    for database in (in_memory, db):
        assert answer(name, database) == expected(name), database


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
