"""Changes of status and deletions, and their way back: versions, changes since, hours that are taken."""

from datetime import timedelta

import pytest

from service.database import Db
from service.documents import clients, session_status, session_undo, sessions
from service.documents.session_status import Ref
from service.documents.store import Document
from service.errors import Conflict, InvalidInput, NotFound, Stale
from tests.conftest import NOW
from tests.small_centre import LIMA, TODAY, SmallCentre

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def session(centre: SmallCentre) -> Document:
    """One that is to come, with a reason for overbooking and a note."""
    reason = {"overbooking_reason": "Lo pidió dirección", "note": "Trae informe"}
    return centre.session("2026-10-20", "10:00", centre.lucia, centre.emard, **reason)


def ref(session: Document) -> Ref:
    return Ref(session["_id"], session["version"])


def without_times(session: Document) -> Document:
    return {
        name: value for name, value in session.items() if name not in ("version", "updated_at", "write_id")
    }


def set_status(db: Db, session: Document, status: str, cents: int = 0) -> Document:
    return session_status.change(db, ref(session), status, cents, NOW, LIMA)


def undo(db: Db, written: Document) -> Document:
    return session_undo.undo(db, written["_id"], written["version"], LATER, LIMA)


def delete(db: Db, session: Document) -> Document:
    sessions.delete(db, session["_id"], session["version"], NOW)
    tombstone: Document = db.sessions.find_one({"_id": session["_id"]}) or {}
    return tombstone


# The status ------------------------------------------------------


def test_a_status_brings_its_charge_and_a_counting_one_none(db: Db, session: Document) -> None:
    missed = set_status(db, session, "no_show", 9000)
    assert (missed["charge_cents"], missed["income_cents"], missed["commission_cents"]) == (9000, 9000, 3375)
    assert (missed["counts"], missed["price_cents"], missed["version"]) == (False, 18000, 2)
    done = session_status.change(db, ref(missed), "done", 9000, NOW, LIMA)
    assert (done["charge_cents"], done["income_cents"], done["counts"]) == (0, 18000, True)


def test_what_is_so_already_is_not_written(db: Db, session: Document) -> None:
    assert set_status(db, session, "scheduled", 500)["version"] == session["version"]
    outcome = session_status.change_all(db, [ref(session)], "scheduled", 0, NOW, LIMA)
    assert outcome == ([], [])


def test_a_stale_change_of_status_shows_what_is_stored_and_writes_nothing(db: Db, session: Document) -> None:
    stored = set_status(db, session, "cancelled", 100)
    with pytest.raises(Stale) as refused:
        set_status(db, session, "done")
    assert refused.value.current == stored
    assert sessions.get(db, session["_id"]) == stored


def test_of_several_each_is_changed_or_named(db: Db, centre: SmallCentre, session: Document) -> None:
    other = centre.session("2026-10-20", "12:00", centre.lucia, centre.emard)
    gone = centre.session("2026-10-20", "14:00", centre.lucia, centre.emard)
    stale = centre.session("2026-10-20", "16:00", centre.lucia, centre.emard)
    set_status(db, stale, "cancelled")
    delete(db, gone)
    refs = [ref(each) for each in (session, gone, other, stale)]
    outcome = session_status.change_all(db, [*refs, Ref("f" * 32, 1)], "done", 0, NOW, LIMA)
    assert [each["_id"] for each in outcome.changed] == [session["_id"], other["_id"]]
    named = [(refused.session.get("_id"), type(refused.error)) for refused in outcome.refused]
    assert named == [(gone["_id"], NotFound), (stale["_id"], Stale), (None, NotFound)]


def test_one_amount_is_not_put_on_both_currencies(db: Db, centre: SmallCentre, session: Document) -> None:
    dollars = centre.session("2026-10-21", "12:00", centre.jose, centre.roberts)
    refs = [ref(session), ref(dollars)]
    with pytest.raises(InvalidInput):
        session_status.change_all(db, refs, "cancelled", 5000, NOW, LIMA)
    assert [sessions.get(db, each.id)["version"] for each in refs] == [1, 1]
    assert len(session_status.change_all(db, refs, "cancelled", 0, NOW, LIMA).changed) == 2


# The way back ------------------------------------------------------


@pytest.mark.parametrize("status", ["cancelled", "no_show", "done"])
def test_a_change_of_status_is_taken_back_whole(db: Db, session: Document, status: str) -> None:
    written = set_status(db, session, status, 9000)
    back = undo(db, written)
    assert without_times(back) == without_times(session)
    assert (back["version"], back["updated_at"]) == (3, LATER)
    assert sessions.get(db, session["_id"]) == back


def test_a_charge_that_was_there_comes_back(db: Db, session: Document) -> None:
    missed = set_status(db, session, "no_show", 9000)
    back = undo(db, set_status(db, missed, "done"))
    assert (back["status"], back["charge_cents"], back["income_cents"]) == ("no_show", 9000, 9000)


def test_a_deleted_session_comes_back_whole(db: Db, session: Document) -> None:
    tombstone = delete(db, session)
    back = undo(db, tombstone)
    assert without_times(back) == without_times(session)
    assert back["version"] == tombstone["version"] + 1
    assert sessions.find(db, {"local_date": "2026-10-20"}) == [back]


def test_what_was_changed_since_is_not_taken_back(db: Db, session: Document) -> None:
    written = set_status(db, session, "cancelled", 100)
    edited = sessions.update(db, session["_id"], {"note": "otra"}, written["version"], NOW, LIMA)
    assert "before" not in edited
    for each in (written, edited, session):
        with pytest.raises(Stale):
            undo(db, each)
    tombstone = delete(db, edited)
    undo(db, tombstone)
    with pytest.raises(Stale):
        undo(db, tombstone)
    assert sessions.get(db, session["_id"])["note"] == "otra"


def test_only_the_last_change_is_taken_back(db: Db, session: Document) -> None:
    first = set_status(db, session, "cancelled", 100)
    second = set_status(db, first, "no_show", 200)
    with pytest.raises(Stale):
        undo(db, first)
    back = undo(db, second)
    assert (back["status"], back["charge_cents"]) == ("cancelled", 100)
    gone = delete(db, back)
    again = delete(db, undo(db, gone))
    with pytest.raises(NotFound):
        undo(db, gone)
    assert undo(db, again)["status"] == "cancelled"


@pytest.mark.parametrize("taken_back", ["cancelled", "deleted"])
def test_an_hour_that_is_taken_now_is_not_given_twice(db: Db, centre: SmallCentre, taken_back: str) -> None:
    session = centre.session("2026-10-20", "10:00", centre.lucia, centre.emard)
    written = delete(db, session) if taken_back == "deleted" else set_status(db, session, "cancelled")
    centre.session("2026-10-20", "10:30", centre.jose, centre.emard)
    with pytest.raises(Conflict, match="Ronald Emard ya atiende a José Ángel Ríos de 10:30 a 11:20"):
        undo(db, written)
    [stored] = sessions.find(db, {"local_date": "2026-10-20", "counts": True})
    assert stored["client_id"] == centre.jose


def test_a_reason_for_overbooking_covers_what_was_there_and_not_what_came_since(
    db: Db, centre: SmallCentre
) -> None:
    centre.session("2026-10-20", "10:00", centre.jose, centre.emard)
    reason = {"overbooking_reason": "Lo pidió dirección"}
    session = centre.session("2026-10-20", "10:00", centre.lucia, centre.emard, **reason)
    written = session_status.change(db, ref(session), "cancelled", 0, LATER, LIMA)
    assert undo(db, written)["overbooking_reason"] == "Lo pidió dirección"
    tombstone = delete(db, session_undo.last_known(db, session["_id"]))
    centre.session("2026-10-20", "10:10", centre.bruno, centre.emard, **reason)
    with pytest.raises(Conflict):
        undo(db, tombstone)


def test_a_client_who_was_archived_meanwhile_is_named(db: Db, centre: SmallCentre, session: Document) -> None:
    tombstone = delete(db, session)
    clients.delete(db, centre.lucia, None, NOW)
    with pytest.raises(Conflict, match="archivado"):
        undo(db, tombstone)
    outcome = session_status.undo_all(db, [Ref(session["_id"], tombstone["version"])], NOW, LIMA)
    assert [refused.session["_id"] for refused in outcome.refused] == [session["_id"]]


def test_a_day_at_the_desk_is_undone_in_any_order(db: Db, centre: SmallCentre) -> None:
    before = sessions.find(db, {"local_date": TODAY})
    written = [*(set_status(db, each, "cancelled", 1000) for each in before[:2]), delete(db, before[2])]
    refs = [Ref(each["_id"], each["version"]) for each in reversed(written)]
    outcome = session_status.undo_all(db, refs, LATER, LIMA)
    assert not outcome.refused
    after = sessions.find(db, {"local_date": TODAY})
    assert [without_times(each) for each in after] == [without_times(each) for each in before]
