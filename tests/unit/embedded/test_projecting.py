"""Projections and sorting, as MongoDB's manual has them."""

from typing import Any

import pytest

from service.embedded.errors import CommandError
from service.embedded.projecting import projection, sorted_by

DOCUMENT = {"_id": 1, "a": 2, "b": {"c": 3, "d": 4}, "e": [{"f": 5, "g": 6}, 7, {"g": 8}]}


def projected(specification: Any, query: Any = None) -> Any:
    project = projection(specification, query or {})
    return project(DOCUMENT) if project else DOCUMENT


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ({}, DOCUMENT),
        ({"a": 1}, {"_id": 1, "a": 2}),
        ({"a": True, "_id": 0}, {"a": 2}),
        ({"_id": 1}, {"_id": 1}),
        ({"_id": 0}, {"a": 2, "b": DOCUMENT["b"], "e": DOCUMENT["e"]}),
        ({"b.c": 1}, {"_id": 1, "b": {"c": 3}}),
        ({"e.f": 1}, {"_id": 1, "e": [{"f": 5}, {}]}),
        ({"a": 0, "b.c": 0, "e": 0}, {"_id": 1, "b": {"d": 4}}),
        ({"e.g": 0, "a": 0, "b": 0}, {"_id": 1, "e": [{"f": 5}, 7, {}]}),
        ({"missing": 1}, {"_id": 1}),
        ({"e": {"$slice": 1}, "a": 1}, {"_id": 1, "a": 2, "e": [{"f": 5, "g": 6}]}),
        ({"e": {"$slice": -1}, "a": 0, "b": 0}, {"_id": 1, "e": [{"g": 8}]}),
        ({"e": {"$slice": [1, 1]}, "_id": 0, "a": 0, "b": 0}, {"e": [7]}),
        ({"e": {"$elemMatch": {"g": 8}}}, {"_id": 1, "e": [{"g": 8}]}),
        ({"e": {"$elemMatch": {"g": 9}}}, {"_id": 1}),
    ],
)
def test_a_projection(specification: Any, expected: Any) -> None:
    before = repr(DOCUMENT)
    assert projected(specification) == expected
    assert repr(DOCUMENT) == before


def test_the_positional_projection() -> None:
    assert projected({"e.$": 1}, {"e.g": 8}) == {"_id": 1, "e": [{"g": 8}]}


@pytest.mark.parametrize(
    ("specification", "code"),
    [
        ({"a": 1, "b": 0}, 31254),
        ({"b": 1, "b.c": 1}, 31250),
        ({"b.c": 1, "b": 1}, 31250),
        ({"a": "$b"}, 115),
        ({"a": {"$meta": "textScore"}}, 115),
        ({"e": {"$slice": "x"}}, 28667),
        ({"$a": 1}, 2),
        ({"a..b": 1}, 2),
    ],
)
def test_a_wrong_projection_is_refused_with_its_code(specification: Any, code: Any) -> None:
    with pytest.raises(CommandError) as caught:
        projected(specification)
    assert caught.value.code in (code, 31249)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"n": 1}, [4, 5, 1, 2, 3]),  # what ties keeps its order
        ({"n": -1}, [3, 1, 2, 4, 5]),
        ({"k": 1, "n": -1}, [5, 3, 4, 1, 2]),
        ({"t": 1}, [5, 1, 2, 4, 3]),
        ({"t": -1}, [3, 4, 1, 2, 5]),
    ],
)
def test_sorting(order: Any, expected: Any) -> None:
    documents = [
        {"_id": 1, "n": 1, "k": "b"},
        {"_id": 2, "n": 1.0, "k": "b", "t": None},
        {"_id": 3, "n": 2, "k": "a", "t": [9, 3]},
        {"_id": 4, "k": "a", "n": None, "t": [2]},
        {"_id": 5, "t": []},
    ]
    found = [document["_id"] for document in sorted_by(documents, order)]
    assert found == expected
