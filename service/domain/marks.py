"""Which months' summaries a write of a session makes stale, said in the very document that is written.

A stored session carries `pending`, the months that no summary has taken its present version into account
for, and, where it was taken from another client, `pending_clients`: those it belonged to, whose first session
may now be in another month. Both go when the months are summed up (documents.month_summaries); that is no
edit and leaves `version` alone.
"""

from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]

MARKS = ("pending", "pending_clients")


def marked(after: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Document:
    """A session or its tombstone as it is to be stored in place of `before` (None: it is new).

    The months are its own, the one it was in, and those that were still waiting; `before` may carry marks
    that have been cleared since: then a month is summed up once more.
    """
    kept = {name: value for name, value in after.items() if name not in MARKS}
    own = _content(after)
    months, clients = {own["month"]}, set[str]()
    if before is not None:
        months |= {_content(before)["month"], *before.get("pending", ())}
        clients = {_content(before)["client_id"], *before.get("pending_clients", ())} - {own["client_id"]}
    return {**kept, "pending": sorted(months)} | ({"pending_clients": sorted(clients)} if clients else {})


def _content(session: Mapping[str, Any]) -> Mapping[str, Any]:
    """The session, or what it was where it is a tombstone."""
    deleted: Mapping[str, Any] = session.get("deleted", session)
    return deleted
