"""Which months and clients a write of a session marks."""

from service.domain.marks import marked

JULY = {"_id": "1", "version": 1, "month": "2026-07", "client_id": "ana"}


def test_a_new_session_marks_its_month() -> None:
    assert marked(JULY) == {**JULY, "pending": ["2026-07"]}


def test_a_move_marks_both_months_and_what_was_waiting() -> None:
    before = {**JULY, "pending": ["2026-01"]}
    after = {**before, "version": 2, "month": "2026-08"}
    assert marked(after, before)["pending"] == ["2026-01", "2026-07", "2026-08"]
    assert "pending_clients" not in marked(after, before)


def test_another_client_marks_whose_it_was_until_it_is_summed_up() -> None:
    once = marked({**JULY, "client_id": "luis"}, JULY)
    assert once["pending_clients"] == ["ana"]
    assert marked({**once, "client_id": "eva"}, once)["pending_clients"] == ["ana", "luis"]
    assert marked({**once, "client_id": "ana"}, once)["pending_clients"] == ["luis"]
    assert "pending_clients" not in marked({**JULY, "note": "x"}, JULY)


def test_a_tombstone_and_its_taking_back_mark_the_month_it_was_in() -> None:
    gone = marked({"_id": "1", "version": 2, "deleted": JULY}, {**JULY, "pending": ["2026-06"]})
    assert gone["pending"] == ["2026-06", "2026-07"]
    back = marked({**gone["deleted"], "version": 3, "pending": ["9999-01"]}, gone)
    assert back == {**JULY, "version": 3, "pending": ["2026-06", "2026-07"]}
