"""Grid lines at round numbers, bars from zero, and a place to press for every part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.charts import PRESSABLE, SEEN, Scale, from_zero, side_by_side, stacked

VALUES = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (4, (0, 1, 2, 3, 4)),
        (5, (0, 2, 4, 6)),
        (9, (0, 5, 10)),
        (180, (0, 50, 100, 150, 200)),
        (189, (0, 50, 100, 150, 200)),
        (201, (0, 100, 200, 300)),
    ],
)
def test_grid_lines_are_few_and_round(highest: int, ticks: tuple[int, ...]) -> None:
    assert from_zero(highest).ticks == ticks


def test_an_amounts_grid_lines_are_whole_units() -> None:
    assert from_zero(150, unit=100).ticks == (0, 100, 200)
    assert from_zero(4_220_000, unit=100_000, most=3).ticks == (0, 2_000_000, 4_000_000, 6_000_000)


@given(VALUES, st.sampled_from([1, 100, 100_000]), st.integers(1, 6))
def test_a_scale_begins_at_zero_reaches_the_highest_and_wastes_less_than_a_step(
    highest: int, unit: int, most: int
) -> None:
    ticks = from_zero(highest, unit, most).ticks
    step = ticks[1]
    assert ticks == tuple(range(0, ticks[-1] + 1, step))
    assert len(ticks) - 1 <= most
    assert step % unit == 0
    assert ticks[-1] - step < max(highest, 1) <= ticks[-1]
    assert str(step // unit).rstrip("0") in ("1", "2", "5")


@given(VALUES, VALUES)
def test_a_bars_height_is_its_part_of_the_scale(one: int, other: int) -> None:
    scale = from_zero(max(one, other))
    for bar in side_by_side([one, other], scale):
        assert bar.y + bar.height == pytest.approx(scale.height)
        exact = scale.height * bar.value / scale.ticks[-1]
        assert bar.height == pytest.approx(max(exact, SEEN) if bar.value else 0, abs=0.01)
        assert (bar.hit_y, bar.hit_height) == (0, scale.height)


@given(VALUES, VALUES)
def test_a_stack_is_as_tall_as_its_sum_and_each_part_can_be_pressed(lower: int, upper: int) -> None:
    scale = from_zero(lower + upper)
    below, above = stacked(lower, upper, scale)
    assert above.y + above.height == pytest.approx(below.y)
    assert below.height + above.height == pytest.approx(
        scale.height * (lower + upper) / scale.ticks[-1], abs=0.02
    )
    assert min(below.hit_height, above.hit_height) >= PRESSABLE
    if lower and upper:
        assert above.hit_y + above.hit_height == below.hit_y
        assert below.hit_y + below.hit_height == scale.height


def test_what_is_below_zero_stands_below_the_middle() -> None:
    nps = Scale((-100, -50, 0, 50, 100), 200)
    assert [nps.y(value) for value in (100, 0, -34.5, -100)] == [0, 100, 134.5, 200]
