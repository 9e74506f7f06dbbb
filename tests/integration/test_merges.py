"""Merging two clients and undoing it: what each document becomes, and that the way back gives everything."""

import pytest
from flask import Flask

from service.database import Db
from service.documents import client_search, clients, merges, months, sessions, statement_content, statements
from service.documents.import_known import known
from service.domain.sheets.known import Wanted
from service.errors import Conflict, InvalidInput, NotFound, Stale
from tests import small_centre
from tests.conftest import NOW, STAFF_ID
from tests.merge_data import Rosas, contents, documents, edit_client, edit_session, fill
from tests.people_data import book, client
from tests.stored import one
from workers import unfinished


@pytest.fixture
def rosas(db: Db) -> Rosas:
    return fill(db)


def merge(db: Db, from_id: str, into_id: str) -> str:
    record = merges.merge(db, from_id, into_id, None, STAFF_ID, NOW)
    assert record["state"] == "done"
    return str(record["_id"])


def test_the_second_takes_over_everything(db: Db, rosas: Rosas) -> None:
    before = documents(db)
    merge(db, rosas.first, rosas.second)
    second = clients.get(db, rosas.second)
    assert (second["document"]["number"], second["email"]) == ("04531088", "rosa@example.com")
    assert (second["phone"], second["family_names"]) == ("+51990083450", "Quispe Ñahui")
    assert sorted(link["since"] for link in second["relationships"]["psychotherapists"]) == [
        "2025-01-01",
        "2026-01-01",
    ]
    family = {link["client_id"]: link["kind"] for link in second["relationships"]["clients"]}
    assert family == {rosas.luis: "child", rosas.juan: "other"}
    for relative, kind in ((rosas.luis, "parent"), (rosas.juan, "other")):
        [link] = clients.get(db, relative)["relationships"]["clients"]
        assert (link["client_id"], link["kind"]) == (rosas.second, kind)

    stored = [found for found in before["sessions"].values() if "deleted" not in found]
    assert {found["client_id"] for found in db.sessions.find({"month": "2026-10"})} == {rosas.second}
    for session in stored:
        now = sessions.get(db, session["_id"])
        assert now | {"client_id": session["client_id"]} == now | session | {
            name: now[name] for name in ("version", "merges") if name in now
        }


def test_the_first_is_found_nowhere_and_edited_no_more(db: Db, rosas: Rosas) -> None:
    merge(db, rosas.first, rosas.second)
    first = clients.get(db, rosas.first)
    assert first["merged_into"] == rosas.second and first["archived_at"] == NOW
    for query in ("", "rosa quispe", "04531088", "luis"):
        for archived in (True, False):
            assert rosas.first not in {
                found["_id"] for found in client_search.search(db, query, archived=archived)
            }
    assert client_search.search(db, "04531088")[0]["_id"] == rosas.second
    client_search.rebuild(db)
    assert clients.get(db, rosas.first)["search"] == []
    for act in (
        lambda: edit_client(db, rosas.first, phone="+51990083451"),
        lambda: clients.restore(db, rosas.first, first["version"], NOW),
        lambda: clients.delete(db, rosas.first, None, NOW),
        lambda: book(db, first, one(db.psychotherapists, {}), 20),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.in_the_way[0]["id"] == rosas.second
    link = {"client_id": rosas.first, "kind": "other", "answers_surveys": False}
    with pytest.raises(InvalidInput):
        edit_client(db, rosas.juan, relationships={"clients": [link]})


def test_merge_then_undo_gives_back_every_document_as_it_was(db: Db, rosas: Rosas) -> None:
    before = documents(db)
    merge_id = merge(db, rosas.first, rosas.second)
    merged = documents(db)
    assert contents(merged) != contents(before)
    record = merges.undo(db, merge_id, NOW.replace(hour=18))
    after = documents(db)

    assert contents(after) == contents(before), "to the last field, updated_at included"
    touched = {
        id: (found["version"], after[name][id]["version"])
        for name, own in before.items()
        for id, found in own.items()
        if found != after[name][id]
    }
    assert all(now == then + 2 for then, now in touched.values()), "versions go on: merged, undone"
    sessions_of_first = {
        found["_id"] for found in before["sessions"].values() if found.get("client_id") == rosas.first
    }
    assert set(touched) == {rosas.first, rosas.second, rosas.luis, rosas.juan, *sessions_of_first}
    assert all("merges" not in found for own in after.values() for found in own.values())
    assert (record["state"], "before" in record, "moved" in record) == ("undone", False, False)
    assert merges.undo(db, merge_id, NOW)["state"] == "undone"
    assert contents(documents(db)) == contents(before)
    assert merges.sweep(db, NOW) == 0


def test_merges_in_turn_are_undone_in_turn(db: Db, rosas: Rosas) -> None:
    third = client(db, "Rosa", "Ñahui")["_id"]
    states, ids = [documents(db)], []
    for from_id, into_id in ((rosas.first, rosas.second), (rosas.second, third)):
        ids.append(merge(db, from_id, into_id))
        states.append(documents(db))
    assert {found["client_id"] for found in db.sessions.find({"month": "2026-10"})} == {third}
    with pytest.raises(Conflict):
        merges.undo(db, ids[0], NOW)
    assert contents(documents(db)) == contents(states[2])
    for n in (1, 0):
        merges.undo(db, ids[n], NOW)
        assert contents(documents(db)) == contents(states[n])
    again = merge(db, rosas.first, rosas.second)
    assert contents(documents(db)) == contents(states[1])
    merges.undo(db, again, NOW)
    assert contents(documents(db)) == contents(states[0])


def test_an_archived_first_comes_back_archived(db: Db, rosas: Rosas) -> None:
    clients.delete(db, rosas.first, None, NOW.replace(year=2025))
    before = documents(db)
    merge_id = merge(db, rosas.first, rosas.second)
    assert clients.get(db, rosas.first)["archived_at"] == NOW.replace(year=2025)
    merges.undo(db, merge_id, NOW)
    assert contents(documents(db)) == contents(before)


def test_what_was_edited_since_is_named_and_nothing_is_undone(db: Db, rosas: Rosas) -> None:
    merge_id = merge(db, rosas.first, rosas.second)
    edit_session(db, rosas.session, note="Cambió de hora")
    edit_client(db, rosas.luis, email="luis@example.com")
    edited = documents(db)
    with pytest.raises(Conflict) as refused:
        merges.undo(db, merge_id, NOW)
    named = {(found["type"], found["id"], found["reason"]) for found in refused.value.in_the_way}
    assert named == {("sessions", rosas.session, "edited"), ("clients", rosas.luis, "edited")}
    assert documents(db) == edited
    assert merges.get(db, merge_id)["state"] == "done"


def test_a_session_deleted_since_is_in_the_way(db: Db, rosas: Rosas) -> None:
    merge_id = merge(db, rosas.first, rosas.second)
    sessions.delete(db, rosas.session, None, NOW)
    with pytest.raises(Conflict) as refused:
        merges.undo(db, merge_id, NOW)
    assert [(found["id"], found["reason"]) for found in refused.value.in_the_way] == [
        (rosas.session, "deleted")
    ]


def test_a_document_that_another_has_by_now_is_in_the_way(db: Db, rosas: Rosas) -> None:
    merge_id = merge(db, rosas.first, rosas.second)
    document = clients.get(db, rosas.second)["document"]
    edit_client(db, rosas.second, document=None)
    other = client(db, "Otra", "Persona", document=document)
    with pytest.raises(Conflict) as refused:
        merges.undo(db, merge_id, NOW)
    named = {(found["id"], found["reason"]) for found in refused.value.in_the_way}
    assert named == {(rosas.second, "edited"), (other["_id"], "document")}


def test_a_session_booked_since_stays_with_whom_it_was_booked_for(db: Db, rosas: Rosas) -> None:
    merge_id = merge(db, rosas.first, rosas.second)
    booked = book(db, {"_id": rosas.second}, one(db.psychotherapists, {"family_names": "Emard"}), 20)
    merges.undo(db, merge_id, NOW)
    assert sessions.get(db, booked["_id"])["client_id"] == rosas.second


def test_what_refuses_a_merge_changes_nothing(db: Db, rosas: Rosas) -> None:
    edit_client(db, rosas.juan, document={"type": "DNI", "number": "45310882"})
    version = clients.get(db, rosas.first)["version"]
    gone = client(db, "Rosa", "Vieja")["_id"]
    archived = client(db, "Rosa", "Otra")["_id"]
    db.clients.update_one({"_id": archived}, {"$set": {"archived_at": NOW}})
    merge(db, gone, rosas.second)
    before = documents(db)
    for from_id, into_id, seen, error in (
        (rosas.first, rosas.first, None, InvalidInput),
        (rosas.first, "f" * 32, None, InvalidInput),
        ("f" * 32, rosas.second, None, NotFound),
        (rosas.first, rosas.juan, None, Conflict),
        (rosas.first, archived, None, Conflict),
        (gone, rosas.first, None, Conflict),
        (rosas.first, gone, None, Conflict),
        (rosas.first, rosas.second, version - 1, Stale),
    ):
        with pytest.raises(error):
            merges.merge(db, from_id, into_id, seen, STAFF_ID, NOW)
        assert documents(db) == before
    assert db.merges.count_documents({}) == 1


def test_reports_keep_sessions_and_money_and_undo_gives_all_figures_back(db: Db) -> None:
    centre = small_centre.fill(db)
    before = {month: months.figures(db, month) for month in ("2026-09", "2026-10")}
    merge_id = merge(db, centre.lucia, centre.ana)
    for month, figures in before.items():
        now = months.figures(db, month)
        assert {name: now[name] for name in ("sessions", "gross")} == {
            name: figures[name] for name in ("sessions", "gross")
        }
        assert [own["by_currency"] for own in now["psychotherapists"]] == [
            own["by_currency"] for own in figures["psychotherapists"]
        ]
    # Ana's first session was in October; as one person with Lucía she came in September already.
    assert (before["2026-10"]["clients"], before["2026-10"]["new_clients"]) == (4, 2)
    merged = months.figures(db, "2026-10")
    assert (merged["clients"], merged["new_clients"], merged["recurrent_clients"]) == (3, 1, 2)
    merges.undo(db, merge_id, NOW)
    assert {month: months.figures(db, month) for month in before} == before


def test_a_sheet_that_names_the_first_means_the_second(db: Db, rosas: Rosas) -> None:
    merge(db, rosas.first, rosas.second)
    found = known(db, Wanted(frozenset(), frozenset(), "2026-10-01", "2026-10-31"), "batch")
    rosa = [one for one in found.clients if one.person.given_names == "Rosa"]
    assert [one.id for one in rosa] == [rosas.second, rosas.second]
    assert {session.client_id for session in found.sessions} == {rosas.second}


def test_what_still_turns_up_on_the_first_is_taken_over_by_the_sweep(
    app: Flask, db: Db, rosas: Rosas
) -> None:
    """A session and a link that passed every check a moment before the merge, and were written just after."""
    merge_id = merge(db, rosas.first, rosas.second)
    late = sessions.get(db, rosas.others_session)
    late = {**late, "_id": "d" * 32, "client_id": rosas.first, "month": "2026-11", "local_date": "2026-11-02"}
    db.sessions.insert_one(late)
    stranger = client(db, "Tía", "Ríos")["_id"]
    link = {"client_id": rosas.first, "kind": "sibling", "answers_surveys": False}
    db.clients.update_one({"_id": stranger}, {"$set": {"relationships.clients": [link]}})

    unfinished.finish(app, NOW)
    assert sessions.get(db, late["_id"])["client_id"] == rosas.second
    assert clients.get(db, stranger)["relationships"]["clients"] == [link | {"client_id": rosas.second}]
    siblings = [
        found
        for found in clients.get(db, rosas.second)["relationships"]["clients"]
        if found["kind"] == "sibling"
    ]
    assert [found["client_id"] for found in siblings] == [stranger]
    assert merges.sweep(db, NOW) == 0
    with pytest.raises(Conflict):
        merges.undo(db, merge_id, NOW)


def test_many_sessions_are_moved_and_moved_back(db: Db, rosas: Rosas) -> None:
    model = sessions.get(db, rosas.session)
    db.sessions.insert_many([{**model, "_id": f"{n:032x}", "local_date": "2020-01-01"} for n in range(450)])
    before = documents(db)
    merge_id = merge(db, rosas.first, rosas.second)
    assert db.sessions.count_documents({"client_id": rosas.second}) == 454
    merges.undo(db, merge_id, NOW)
    assert contents(documents(db)) == contents(before)


def test_archiving_loses_no_session_from_a_report_and_coming_back_changes_none(db: Db) -> None:
    centre = small_centre.fill(db)
    everybody = [found["_id"] for found in db.clients.find({}, {"_id": 1})]

    def reports() -> list[object]:
        of_months = [months.figures(db, month) for month in ("2026-09", "2026-10")]
        lists = [sessions.find(db, {"month": month}) for month in ("2026-09", "2026-10")]
        asked = statements.create(db, centre.emard, "2026-10", NOW)
        return [of_months, lists, statement_content.content(db, asked, "Centro", small_centre.LIMA)]

    before = reports()
    removed = {id: clients.delete(db, id, None, NOW) for id in everybody}
    # Without sessions one goes altogether: Bruno, and Rosa, who is only somebody's guardian.
    assert {id for id, gone in removed.items() if gone} == {centre.bruno, centre.rosa, centre.luciano}
    assert reports() == before
    for id in everybody:
        if not removed[id]:
            clients.restore(db, id, clients.get(db, id)["version"], NOW)
    assert reports() == before
    assert len(client_search.search(db, "")) == len(everybody) - 3
