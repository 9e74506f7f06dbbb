"""Days and times, typed by hand or real ones of Excel."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.sheets.cells import Cell
from service.domain.sheets.dates import EARLIEST_SESSION, LATEST_SESSION, birth_date, session_day, time_of_day
from service.domain.sheets.faults import Fault

DAY = date(2014, 2, 4)


@pytest.mark.parametrize(
    "cell",
    [
        "04/02/2014",
        "4/2/2014",
        "4/02/2014",
        "04-02-2014",
        "4.2.2014",
        "2014-02-04",
        "2014/2/4",
        " 04/02/2014\u00a0",
        "2014-02-04 00:00:00",
        "2014-02-04T00:00:00Z",
        DAY,
        datetime(2014, 2, 4),
        datetime(2014, 2, 4, 10, 44),
    ],
)
def test_a_day_is_read_in_every_style(cell: Cell) -> None:
    assert session_day(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        None,
        " ",
        "31/02/2014",
        "29/02/2023",
        "13/13/2014",
        "04/02/14",
        "04/02-2014",
        "hoy",
        "2014-02-04 10:44",
        "0/1/2014",
        "٠٤/٠٢/٢٠١٤x",
        41640.0,
        20140204,
        True,
        time(10, 44),
        "01/01/0214",
        "01/01/2414",
        date(1900, 1, 5),
    ],
)
def test_what_is_no_day_of_a_session_is_refused(cell: Cell) -> None:
    with pytest.raises(Fault) as caught:
        session_day(cell)
    assert caught.value.code == "date"
    assert caught.value.reason


STYLES = st.sampled_from(
    ["{0:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d-%m-%Y}", "{0:%Y-%m-%d}", "{0:%d.%m.%Y}"]
)


@settings(deadline=None)
@given(st.dates(EARLIEST_SESSION, LATEST_SESSION), STYLES)
def test_a_day_written_in_any_style_reads_as_itself(day: date, style: str) -> None:
    assert session_day(style.format(day)) == day


@pytest.mark.parametrize("cell", ["30/10/1960", "1960-10-30", date(1960, 10, 30), datetime(1960, 10, 30)])
def test_birth_dates_are_read(cell: Cell) -> None:
    assert birth_date(cell) == date(1960, 10, 30)


@pytest.mark.parametrize("cell", [None, "", "-", "s/d"])
def test_a_birth_date_may_be_missing(cell: Cell) -> None:
    assert birth_date(cell) is None


@pytest.mark.parametrize("cell", ["30/10/60", "31/11/1960", "1899-12-31", "niño", 22219.0])
def test_what_is_no_birth_date_is_refused(cell: Cell) -> None:
    with pytest.raises(Fault) as caught:
        birth_date(cell)
    assert caught.value.code == "birth_date"


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("10:44", time(10, 44)),
        ("9:05", time(9, 5)),
        ("00:00", time(0, 0)),
        ("23:59:30", time(23, 59, 30)),
        ("10:44 h", time(10, 44)),
        ("10:44 hrs.", time(10, 44)),
        ("10h44", time(10, 44)),
        ("11:46 a. m.", time(11, 46)),
        ("12:33 p. m.", time(12, 33)),
        ("12:05 a. m.", time(0, 5)),
        ("01:34 p.\u00a0m.", time(13, 34)),
        ("1:34pm", time(13, 34)),
        ("1:34 P.M.", time(13, 34)),
        ("3 p. m.", time(15, 0)),
        ("13:05 p. m.", time(13, 5)),
        (time(10, 44), time(10, 44)),
        (time(10, 43, 59, 981000), time(10, 44)),
        (datetime(1900, 1, 1, 10, 44), time(10, 44)),
        (timedelta(hours=10, minutes=44), time(10, 44)),
        (0.4472222222222222, time(10, 44)),
        (0.5, time(12, 0)),
        (0, time(0, 0)),
    ],
)
def test_a_time_of_day_is_read_in_every_style(cell: Cell, clock: time) -> None:
    assert time_of_day(cell, "start_time") == clock


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "10",
        "24:00",
        "10:60",
        "10:44:60",
        "25 p. m.",
        "0:30 p. m.",
        "13:00 a. m.",
        "10.44",
        "1044",
        "mañana",
        "10:44 x",
        1.5,
        -0.1,
        True,
        date(2014, 2, 4),
        timedelta(days=1),
        time(23, 59, 59, 900000),
    ],
)
def test_what_is_no_time_of_day_is_refused(cell: Cell) -> None:
    with pytest.raises(Fault) as caught:
        time_of_day(cell, "end_time")
    assert caught.value.code == "end_time"


@settings(deadline=None)
@given(st.times())
def test_a_time_in_the_twelve_hour_clock_reads_as_itself(clock: time) -> None:
    clock = clock.replace(second=0, microsecond=0)
    half = "p. m." if clock.hour >= 12 else "a. m."
    assert time_of_day(f"{clock.hour % 12 or 12:02d}:{clock.minute:02d} {half}", "start_time") == clock


@settings(deadline=None)
@given(st.integers(0, 86_399))
def test_a_fraction_of_a_day_keeps_every_second(second: int) -> None:
    clock = time(second // 3600, second // 60 % 60, second % 60)
    assert time_of_day(second / 86_400, "start_time") == clock
