"""What a merge makes of documents, and that its undoing gives back the same but for the version."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain import merging

NOW = datetime(2026, 10, 15, 17, tzinfo=UTC)


def person(id: str, family: tuple = (), therapists: tuple = (), **fields: object) -> dict:
    links = [{"client_id": who, "kind": kind, "answers_surveys": answers} for who, kind, answers in family]
    since = [{"psychotherapist_id": who, "since": day} for who, day in therapists]
    lists = {"clients": links, "psychotherapists": since}
    names = {"given_names": id, "family_names": "Quispe", "survey_consent": False}
    return {"_id": id, "version": 3, **names, "relationships": lists, **fields}


def test_only_what_is_lacking_is_taken_over() -> None:
    client = person(
        "a", email="a@example.com", phone="+51990083450", birth_date="1990-02-03", batch="b", note="hola"
    )
    client |= {"survey_consent": True, "archived_at": NOW}
    filled = merging.filled(person("b", email="b@example.com", note=""), client)
    assert filled["email"] == "b@example.com"
    assert (filled["phone"], filled["birth_date"], filled["note"]) == ("+51990083450", "1990-02-03", "hola")
    assert filled["survey_consent"] is False, "consent is given for oneself"
    assert not {"batch", "archived_at"} & set(filled)


def test_psychotherapists_are_united_with_the_earliest_day() -> None:
    client = person("a", therapists=(("p", "2024-01-01"), ("q", "2025-01-01")))
    into = person("b", therapists=(("r", "2026-01-01"), ("p", "2024-06-01")))
    found = merging.filled(into, client)["relationships"]["psychotherapists"]
    assert [(link["psychotherapist_id"], link["since"]) for link in found] == [
        ("r", "2026-01-01"),
        ("p", "2024-01-01"),
        ("q", "2025-01-01"),
    ]


def test_family_is_united_without_links_to_oneself() -> None:
    client = person("a", family=(("b", "sibling", False), ("x", "parent", True), ("y", "child", False)))
    into = person("b", family=(("a", "sibling", False), ("x", "guardian", False)))
    links = merging.filled(into, client)["relationships"]["clients"]
    assert [(link["client_id"], link["kind"], link["answers_surveys"]) for link in links] == [
        ("x", "guardian", True),
        ("y", "child", False),
    ]


def test_a_relative_of_both_keeps_one_link() -> None:
    links = person("x", family=(("a", "child", True), ("b", "ward", False), ("z", "other", False)))
    found = merging.repointed(links["relationships"]["clients"], "a", "b")
    assert [(link["client_id"], link["kind"], link["answers_surveys"]) for link in found] == [
        ("b", "ward", True),
        ("z", "other", False),
    ]


def test_the_tombstone_keeps_when_it_was_archived_and_names() -> None:
    earlier = datetime(2025, 1, 1, tzinfo=UTC)
    client = person(
        "a", family=(("x", "parent", True),), archived_at=earlier, document={"number": "1"}, search=["aa"]
    )
    gone = merging.tombstone(client, "b", NOW)
    assert (gone["archived_at"], gone["merged_into"], gone["given_names"]) == (earlier, "b", "a")
    assert (gone["search"], gone["relationships"]) == ([], {"psychotherapists": [], "clients": []})
    assert "document" not in gone


def test_a_mark_tells_who_wrote_last() -> None:
    written = merging.marked(person("b"), person("b"), "m1")
    assert merging.is_as_written(written, "m1") and merging.is_marked(written, "m1")
    edited = written | {"version": 5}
    assert merging.is_marked(edited, "m1") and not merging.is_as_written(edited, "m1")
    again = merging.marked(written, written, "m2")
    assert merging.is_as_written(again, "m2") and not merging.is_as_written(again, "m1")


@given(st.integers(0, 3), st.integers(0, 3))
def test_undone_in_turn_merges_leave_everything_as_it_was(merges: int, edits: int) -> None:
    """Each merge of a chain is undone, the last first; after each the one before can be undone too."""
    session: dict[str, Any] = {"_id": "s", "version": 1 + edits, "client_id": "c0", "note": "x"}
    states = [session]
    for n in range(merges):
        states.append(merging.marked(states[-1], {**states[-1], "client_id": f"c{n + 1}"}, f"m{n}"))
    current = states[-1]
    for n in reversed(range(merges)):
        assert merging.is_as_written(current, f"m{n}")
        back = merging.moved_back(current, f"c{n}")
        assert back["version"] == current["version"] + 1
        as_client = merging.restored(states[n], current)
        assert as_client == back
        assert _bare(back) == _bare(states[n])
        current = back
    assert _bare(current) == _bare(session)


def test_an_edit_since_stays_when_a_session_goes_back() -> None:
    moved = merging.marked({"_id": "s", "version": 1, "client_id": "a"}, {"_id": "s", "client_id": "b"}, "m")
    back = merging.moved_back(moved | {"version": 3, "note": "nueva"}, "a")
    assert back == {"_id": "s", "version": 4, "client_id": "a", "note": "nueva"}


def _bare(document: dict) -> dict:
    marks = [mark["id"] for mark in document.get("merges", [])]
    return {name: value for name, value in document.items() if name not in ("version", "merges")} | {
        "marks": marks
    }


def test_what_an_import_left_is_as_it_left_it_again_and_what_was_edited_is_not() -> None:
    added = {"_id": "a", "version": 1, "batch": "b"}
    merged = merging.marked(added, added, "m")
    back = merging.restored(added, merged)
    assert (back["version"], back["batch_version"]) == (3, 3)
    again = merging.restored(back, merging.marked(back, back, "n"))
    assert (again["version"], again["batch_version"]) == (5, 5)
    edited = {**again, "version": 6}
    assert merging.restored(edited, {**edited, "version": 7})["batch_version"] == 5
    assert "batch_version" not in merging.restored({**added, "version": 2}, {**added, "version": 3})
