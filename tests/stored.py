"""Looking at what is stored."""

from typing import Any

from pymongo.collection import Collection


def one(collection: Collection[dict[str, Any]], condition: dict[str, Any]) -> dict[str, Any]:
    """The document that has to be there."""
    document = collection.find_one(condition)
    assert document is not None
    return document
