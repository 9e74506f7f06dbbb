"""The calendar file, read by a parser that did not write it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import vobject
from hypothesis import given
from hypothesis import strategies as st

from service.domain.calendar_feed import calendar, window
from service.domain.sheets.words import SHOWN

AT = datetime(2026, 10, 15, 14, tzinfo=UTC)


def session(number: int = 1, **more: Any) -> dict[str, Any]:
    times = {"starts_at": AT, "ends_at": AT + timedelta(minutes=50), "updated_at": AT - timedelta(days=2)}
    facts = {"client_id": "ana", "modality": "virtual", "counts": True, "note": "llora mucho"}
    return {"_id": f"{number:032x}", "version": 3, **times, **facts, **more}


def events(content: bytes) -> list[Any]:
    """Its events, once the parser has checked every component and property."""
    parsed = vobject.readOne(content.decode(), validate=True)
    assert parsed.validate(raiseException=True)
    return list(parsed.contents.get("vevent", []))


def test_an_event_says_when_and_the_first_name() -> None:
    content = calendar("Ronald Emard", [session()], {"ana": "Ana María"}, SHOWN)
    [event] = events(content)
    assert (event.dtstart.value, event.dtend.value) == (AT, AT + timedelta(minutes=50))
    assert event.summary.value == "Ana · Virtual"
    assert event.uid.value == f"{1:032x}@consultorio"
    assert (event.sequence.value, event.status.value) == ("3", "CONFIRMED")
    for line in (b"DTSTART:20261015T140000Z", b"DTSTAMP:20261013T140000Z", b"X-WR-CALNAME:Ronald Emard"):
        assert line in content.split(b"\r\n")
    assert b"llora" not in content


def test_a_session_that_does_not_take_place_is_cancelled_and_leaves_its_hour_free() -> None:
    [event] = events(calendar("x", [session(counts=False, modality="on_site")], {}, SHOWN))
    assert (event.status.value, event.transp.value) == ("CANCELLED", "TRANSPARENT")
    assert event.summary.value == "Presencial"


def test_an_event_is_where_its_session_is() -> None:
    link, room = "https://video.example/sala?x=1;y=2", "Sala 2, piso 3"
    places = {"link": link, "room": room}
    [virtual, on_site, nowhere] = events(
        calendar("x", [session(1, **places), session(2, modality="on_site", **places), session(3)], {}, SHOWN)
    )
    assert (virtual.url.value, virtual.location.value) == (link, link)
    assert on_site.location.value == room
    assert "url" not in on_site.contents
    assert not {"url", "location"} & nowhere.contents.keys()


@given(st.lists(st.text(min_size=1), max_size=4), st.text())
def test_no_name_breaks_the_file_or_adds_a_line_to_it(names: list[str], calendar_name: str) -> None:
    sessions = [session(number, client_id=str(number)) for number in range(len(names))]
    given = {str(n): name for n, name in enumerate(names)}
    content = calendar(calendar_name, sessions, given, SHOWN)
    assert len(events(content)) == len(names)
    lines = content.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == len(names)
    assert max(map(len, lines)) <= 75
    assert calendar(calendar_name, sessions, given, SHOWN) == content


def test_a_name_cannot_end_its_line() -> None:
    [event] = events(calendar("a\r\nMETHOD:X", [session()], {"ana": "Ana\nSTATUS:X; , \\n"}, SHOWN))
    assert event.summary.value == "Ana · Virtual"
    assert event.status.value == "CONFIRMED"


def test_the_window_is_counted_in_local_days_where_the_clock_changes_too() -> None:
    since, before, months = window("2026-03-29", ZoneInfo("Europe/Madrid"))
    assert (since.isoformat(), before.isoformat()) == (
        "2026-02-26T23:00:00+00:00",
        "2027-03-28T22:00:00+00:00",
    )
    assert months == [f"2026-{month:02d}" for month in range(2, 13)] + ["2027-01", "2027-02", "2027-03"]
