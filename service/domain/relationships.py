"""Relationships between clients, written on both sides: what the other is to this one, and back."""

from typing import Any

#: kind → what this client is to the other person.
INVERSE_KINDS = {
    "parent": "child",
    "child": "parent",
    "guardian": "ward",
    "ward": "guardian",
    "sibling": "sibling",
    "partner": "partner",
    "other": "other",
}

Link = dict[str, Any]


def touched(before: list[Link], after: list[Link]) -> list[str]:
    """Ids of the clients whose own list must change when a client's list goes from `before` to `after`."""
    old = {link["client_id"]: link["kind"] for link in before}
    new = {link["client_id"]: link["kind"] for link in after}
    return sorted(other for other in old.keys() | new.keys() if old.get(other) != new.get(other))


def mirrored(links: list[Link], owner_id: str, owner_links: list[Link]) -> list[Link]:
    """Another client's `links` once they agree with what the owner's list says about that client.

    `owner_links` are the entries of the owner's list that point at this other client (none or one).
    Who answers surveys is each side's own matter and stays.
    """
    mine = next((link for link in links if link["client_id"] == owner_id), None)
    others = [link for link in links if link["client_id"] != owner_id]
    if not owner_links:
        return others
    kind = INVERSE_KINDS[owner_links[0]["kind"]]
    if mine is not None and INVERSE_KINDS[mine["kind"]] == owner_links[0]["kind"]:
        return links
    return [
        *others,
        {"client_id": owner_id, "kind": kind, "answers_surveys": bool(mine and mine["answers_surveys"])},
    ]
