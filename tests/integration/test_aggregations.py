"""Each named aggregation against rows worked out by hand (tests/cases), in memory and over the wire."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import mongomock
import pytest
from bson import json_util

import aggregations
from service.database import Db

CASES = Path(__file__).parent.parent / "cases"
NAMES = [module.name for module in pkgutil.iter_modules(aggregations.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_are_those_worked_out_by_hand(name: str, db: Db) -> None:
    in_memory = mongomock.MongoClient(tz_aware=True).cases
    for database in (in_memory, db):
        assert answer(name, database) == expected(name), database


def test_every_case_has_its_aggregation() -> None:
    assert sorted(path.stem for path in CASES.glob("*.json")) == sorted(NAMES)


def case(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json_util.loads((CASES / f"{name}.json").read_text("utf-8"))
    return read


def answer(name: str, database: Any) -> list[Any]:
    module = importlib.import_module(f"aggregations.{name}")
    collection = database[module.COLLECTION]
    collection.insert_many(case(name)["documents"])
    return in_order(list(collection.aggregate(module.pipeline(*case(name)["arguments"]))), case(name)["sorted"])


def expected(name: str) -> list[Any]:
    return in_order(case(name)["rows"], case(name)["sorted"])


def in_order(rows: list[Any], is_sorted: bool) -> list[Any]:
    """Rows that come in no order are put into one."""
    return rows if is_sorted else sorted(rows, key=lambda row: str(row["_id"]))
