"""Aggregation pipelines: each stage of the list becomes a function from documents to documents.

The stages of the portable subset and their close relatives; any other is refused by name.
https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from service.embedded import shaping
from service.embedded.errors import FAILED_TO_PARSE, CommandError, not_supported
from service.embedded.expressions import field_value
from service.embedded.grouping import group
from service.embedded.matching import matcher
from service.embedded.projecting import sort_fields, sorted_by
from service.embedded.shaping import Stage
from service.embedded.values import MISSING, Document

_UNSUPPORTED = {
    "$bucket", "$bucketAuto", "$changeStream", "$collStats", "$currentOp", "$densify", "$documents",
    "$fill", "$geoNear", "$graphLookup", "$indexStats", "$listSessions", "$merge", "$out", "$planCacheStats",
    "$redact", "$search", "$setWindowFields", "$unionWith",
}  # fmt: skip
_OF_UPDATE = {"$set", "$addFields", "$project", "$unset", "$replaceRoot", "$replaceWith"}


class Foreign(Protocol):
    """Where $lookup finds the documents of another collection of the same database."""

    def finder(self, collection: str, path: str) -> Callable[[Iterable[Any]], list[Document]]:
        """What finds the documents that have one of the given values at the path."""


def stages(pipeline: Any, foreign: Foreign) -> list[Stage]:
    """The pipeline's stages, in order. CommandError where one is wrong or not supported."""
    if type(pipeline) is not list:
        raise CommandError(14, "'pipeline' option must be specified as an array")
    return [_stage(*_named(stage), foreign) for stage in pipeline]


def stages_of_update(pipeline: list[Any]) -> list[Stage]:
    """The stages of an update that is written as a pipeline."""
    for stage in pipeline:
        name, _ = _named(stage)
        if name not in _OF_UPDATE:
            raise CommandError(72, f"{name} is not allowed to be used within an update")
    return [_SIMPLE[name](specification) for name, specification in map(_named, pipeline)]


def leading_match(pipeline: list[Any]) -> tuple[Document, list[Any]]:
    """The filter that a pipeline begins with (several $match become one) and the stages after it."""
    filters = []
    for stage in pipeline:
        if type(stage) is not dict or set(stage) != {"$match"} or type(stage["$match"]) is not dict:
            break
        filters.append(stage["$match"])
    rest = pipeline[len(filters) :]
    return ({}, rest) if not filters else (filters[0] if len(filters) == 1 else {"$and": filters}, rest)


def _named(stage: Any) -> tuple[str, Any]:
    if type(stage) is not dict or len(stage) != 1:
        raise CommandError(40323, "A pipeline stage specification object must contain exactly one field.")
    return next(iter(stage.items()))


def _stage(name: str, specification: Any, foreign: Foreign) -> Stage:
    if name in _SIMPLE:
        return _SIMPLE[name](specification)
    if name == "$lookup":
        return _lookup(specification, foreign)
    if name == "$facet":
        return _facet(specification, foreign)
    if name in _UNSUPPORTED:
        raise not_supported(f"the pipeline stage {name}")
    raise CommandError(40324, f"Unrecognized pipeline stage name: '{name}'")


def _match(specification: Any) -> Stage:
    test = matcher(specification)
    return lambda documents: [document for document in documents if test(document)]


def _sort(specification: Any) -> Stage:
    if not sort_fields(specification):
        raise CommandError(15976, "$sort stage must have at least one sort key")
    return lambda documents: sorted_by(documents, specification)


def _limit(specification: Any) -> Stage:
    count = _whole(specification, "$limit", 1)
    return lambda documents: documents[:count]


def _skip(specification: Any) -> Stage:
    count = _whole(specification, "$skip", 0)
    return lambda documents: documents[count:]


def _whole(value: Any, name: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or value < least:
        raise CommandError(15958, f"the {name} must be a whole number of at least {least}")
    return int(value)


def _count(specification: Any) -> Stage:
    if (
        not isinstance(specification, str)
        or not specification
        or specification[0] == "$"
        or "." in specification
    ):
        raise CommandError(40156, "the count field must be a non-empty string without $ and '.'")
    return lambda documents: [{specification: len(documents)}] if documents else []


def _sort_by_count(specification: Any) -> Stage:
    grouped = group({"_id": specification, "count": {"$sum": 1}})
    return lambda documents: sorted_by(grouped(documents), {"count": -1})


def _sample(specification: Any) -> Stage:
    if type(specification) is not dict or set(specification) != {"size"}:
        raise CommandError(28745, "the $sample stage takes an object with size")
    size = _whole(specification["size"], "$sample", 1)
    return lambda documents: random.sample(documents, min(size, len(documents)))


def _facet(specification: Any, foreign: Foreign) -> Stage:
    if type(specification) is not dict or not specification:
        raise CommandError(40169, "the $facet specification must be a non-empty object")
    facets = {name: stages(pipeline, foreign) for name, pipeline in specification.items()}
    return lambda documents: [{name: run(documents, facet) for name, facet in facets.items()}]


def run(documents: list[Document], to_run: list[Stage]) -> list[Document]:
    """What is left of the documents after all stages."""
    for stage in to_run:
        documents = stage(documents)
    return documents


def _lookup(specification: Any, foreign: Foreign) -> Stage:
    names = ("from", "localField", "foreignField", "as")
    if type(specification) is not dict or not all(isinstance(specification.get(name), str) for name in names):
        if type(specification) is dict and ("pipeline" in specification or "let" in specification):
            raise not_supported("$lookup with let or pipeline")
        raise CommandError(FAILED_TO_PARSE, "$lookup takes from, localField, foreignField and as")
    if set(specification) - set(names):
        raise not_supported(f"$lookup with {sorted(set(specification) - set(names))[0]}")
    local, target = (tuple(specification[name].split(".")) for name in ("localField", "as"))

    def stage(documents: list[Document]) -> list[Document]:
        find = foreign.finder(specification["from"], specification["foreignField"])
        return [shaping.with_value(one, target, find(_wanted(field_value(one, local)))) for one in documents]

    return stage


def _wanted(value: Any) -> list[Any]:
    """A missing local field looks for null; an array for each of its elements."""
    return [None] if value is MISSING else value if type(value) is list else [value]


_SIMPLE: dict[str, Callable[[Any], Stage]] = {
    "$match": _match,
    "$group": group,
    "$project": shaping.project,
    "$set": shaping.set_fields,
    "$addFields": shaping.set_fields,
    "$unset": shaping.unset,
    "$unwind": shaping.unwind,
    "$replaceRoot": shaping.replace_root,
    "$replaceWith": shaping.replace_with,
    "$sort": _sort,
    "$limit": _limit,
    "$skip": _skip,
    "$count": _count,
    "$sortByCount": _sort_by_count,
    "$sample": _sample,
}
