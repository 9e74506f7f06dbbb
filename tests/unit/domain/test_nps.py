"""NPS, its interval, response rate and stars."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain import nps
from service.domain.nps import Answers

counts = st.integers(0, 2_000)
some_answers = st.builds(Answers, counts, counts, counts).filter(lambda answers: answers.total > 0)


@pytest.mark.parametrize(
    ("answers", "score", "low", "high"),
    [
        (Answers(3, 0, 1), 50, -34, 91),
        (Answers(18, 8, 4), 47, 18, 67),
        (Answers(60, 25, 15), 45, 29, 58),
    ],
)
def test_score_and_interval_are_the_published_ones(answers: Answers, score: int, low: int, high: int) -> None:
    assert round(nps.score(answers) or 0) == score
    assert [round(bound) for bound in nps.interval(answers) or ()] == [low, high]


def test_each_rating_is_counted_as_what_it_is() -> None:
    assert nps.count(range(11)) == Answers(promoters=2, passives=2, detractors=7)
    assert nps.count([0, 6]) == Answers(detractors=2)
    assert nps.count([7, 8]) == Answers(passives=2)
    assert nps.count([9, 10]) == Answers(promoters=2)


def test_without_answers_there_is_no_value() -> None:
    assert nps.score(Answers()) is None
    assert nps.interval(Answers()) is None
    assert nps.response_rate(0, 0) is None
    assert nps.figures(None) == {
        "score": None,
        "answers": 0,
        "promoters": 0,
        "passives": 0,
        "detractors": 0,
        "interval": None,
        "invited": 0,
        "response_rate": None,
        "enough": False,
    }


@given(some_answers)
@example(Answers(1, 0, 0))
@example(Answers(0, 0, 2_000))
def test_score_and_interval_stay_between_minus_100_and_100(answers: Answers) -> None:
    score, bounds = nps.score(answers), nps.interval(answers)
    assert score is not None and bounds is not None
    assert -100 <= score <= 100
    assert -100 <= bounds[0] <= bounds[1] <= 100


@given(some_answers)
@example(Answers(2, 0, 0))
@example(Answers(1, 0, 1))
@example(Answers(0, 0, 2))
def test_from_two_answers_on_the_interval_contains_the_score(answers: Answers) -> None:
    score, bounds = nps.score(answers), nps.interval(answers)
    assert score is not None and bounds is not None
    assert answers.total < 2 or bounds[0] <= score <= bounds[1]


def test_the_interval_of_a_single_answer_need_not_contain_it() -> None:
    bounds = nps.interval(Answers(promoters=1))
    assert bounds is not None and bounds[1] < 100


@given(some_answers)
def test_a_promoter_more_never_lowers_the_score_nor_a_detractor_raises_it(answers: Answers) -> None:
    before = nps.score(answers)
    more = nps.score(answers._replace(promoters=answers.promoters + 1))
    less = nps.score(answers._replace(detractors=answers.detractors + 1))
    assert less is not None and before is not None and more is not None
    assert less <= before <= more


@given(st.lists(st.integers(0, 10), min_size=1))
def test_the_score_is_the_share_of_nines_and_tens_less_that_of_up_to_six(ratings: list[int]) -> None:
    high = sum(1 for rating in ratings if rating in (9, 10))
    low = sum(1 for rating in ratings if rating < 7)
    assert nps.score(nps.count(ratings)) == pytest.approx(100 * (high - low) / len(ratings))


def test_figures_say_how_many_were_asked_and_whether_the_answers_are_enough() -> None:
    shown = nps.figures({"invited": 12, "promoters": 7, "passives": 1, "detractors": 1})
    assert (shown["answers"], shown["invited"], shown["response_rate"], shown["enough"]) == (
        9,
        12,
        0.75,
        False,
    )
    assert nps.figures({"invited": 12, "promoters": 8, "passives": 1, "detractors": 1})["enough"]


def test_a_mean_of_stars_is_shown_from_five_people_on() -> None:
    rows = [
        {"_id": {"month": "2026-09", "psychotherapist_id": "a"}, "answers": 4, "stars": 18, "people": 4},
        {"_id": {"month": "2026-09", "psychotherapist_id": "b"}, "answers": 5, "stars": 23, "people": 5},
        {"_id": {"month": "2026-09", "psychotherapist_id": "c"}, "answers": 9, "stars": 45, "people": 4},
        {"_id": {"month": "2026-09", "psychotherapist_id": "d"}, "answers": 8, "stars": 20, "people": 5},
    ]
    assert nps.star_figures(rows) == {
        "a": {"answers": 4, "people": 4, "mean": None},
        "b": {"answers": 5, "people": 5, "mean": 4.6},
        "c": {"answers": 9, "people": 4, "mean": None},
        "d": {"answers": 8, "people": 5, "mean": 2.5},
    }
