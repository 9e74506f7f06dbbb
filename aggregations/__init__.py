"""The centre's questions to its data, one named pipeline a file: COLLECTION and pipeline(...) -> list of
stages.

Only the portable subset of MongoDB's operators is used (docs/architecture.md), so that a question has the
same answer on MongoDB and on the embedded store. Pipelines count and sum; Python divides, rounds and names.
"""

from typing import Any

Stage = dict[str, Any]
